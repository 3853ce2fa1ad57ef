package llm265.runtime.message;

import java.util.Arrays;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Trellis;

/**
 * Encodes a stream of values of one form at a rate that is held, where both ends expect how far each value deviates: one step for
 * all values of a segment, and for each value the law of its deviation. So values that are expected to be small take next to
 * nothing. The step follows from what is expected, corrected by how far the last message was from that. Used by one thread at a
 * time.
 */
public final class ExpectedCoder {
  private static final int MOST_ATTEMPTS = 6;

  /** How far from the rate a message may be, and the same in roots of its bits, which is what they vary by in any case. */
  private static final double TOLERANCE = 0.04;
  private static final double NOISE_TOLERANCE = 2.5;

  /** Share of a message's miss that the next one makes up for. */
  private static final double CORRECTION = 0.6;

  /** Squared steps that a bit is worth at a bit per value and more. */
  private static final double LAMBDA = 0.5;
  private static final double LEAST_LAMBDA_SHARE = 0.25;

  /** Squares of values in deviations count up to this, where the shape of laws is looked for. */
  private static final double MOST_SQUARE = 64;

  /** The first class whose values are counted there: of others nearly nothing is coded. */
  private static final int FIRST_COUNTED = 8;

  private static final double LEAST_RATE = 0.02;

  /** Bits a value and octave that a step moves at least. */
  private static final double LEAST_SLOPE = 0.02;

  /** Units that one correction may move the step by. */
  private static final double MOST_MOVE = 4 * DeviationLaws.OCTAVE;

  private final Segments segments;
  private final double bitsPerValue;
  private final int stateBits;
  private final Surplus surplus = new Surplus();
  private final LevelChunks chunks = new LevelChunks();
  private final float[] normalized;
  private final float[] levels;
  private final byte[] classes;
  private double[] rankSquares;
  private int[] rankCounts;
  private int offset;

  /**
   * @param bitsPerValue that are held, all bytes counted: 0.05 to 16
   * @param stateBits binary logarithm of the trellis's states
   */
  public ExpectedCoder(Segments segments, double bitsPerValue, int stateBits) {
    this.segments = segments;
    // Bounds are the same.
    HeldRateCoder.Settings settings = new HeldRateCoder.Settings(bitsPerValue, stateBits, true, 0);
    this.bitsPerValue = settings.bitsPerValue();
    this.stateBits = settings.stateBits();
    int padded = LevelChunks.padded(segments.values());
    normalized = new float[padded];
    levels = new float[padded];
    classes = new byte[padded];
  }

  /**
   * Encodes the values of all segments.
   *
   * @param values from {@code at} on
   * @param expected what the other end expects, too
   * @param decoded receives what any decoder makes of the message, from {@code decodedAt} on; may be {@code values}
   * @throws IllegalArgumentException if a value is not finite
   */
  public byte[] encode(float[] values, int at, Expectation expected, float[] decoded, int decodedAt) {
    SegmentScales scales = SegmentScales.of(segments.meanSquares(values, at));
    ExpectedHeader header = ExpectedHeader.empty(stateBits, expected, scales);
    int count = normalize(values, at, scales, expected);
    PayloadWriter out = new PayloadWriter();
    if (count > 0) {
      header = searched(header, expected, count, out);
    } else {
      header.write(segments.values(), out);
    }
    out.u32(out.crc32c(0));
    surplus.add(8.0 * out.length() - budget());
    header.reconstruct(levels, segments, decoded, decodedAt);
    return out.toByteArray();
  }

  private double budget() {
    return 8.0 * Math.rint(bitsPerValue * segments.values() / 8);
  }

  /** Puts the values of segments that are not silent one behind the other, over their root mean square; measures ranks. */
  private int normalize(float[] values, int at, SegmentScales scales, Expectation expected) {
    rankSquares = new double[expected.rankCount()];
    rankCounts = new int[rankSquares.length];
    int count = 0;
    for (int i = 0; i < segments.count(); i++) {
      if (!scales.isSilent(i)) {
        double inverse = 1 / (scales.factor(i) * scales.middle());
        for (int k = segments.begin(i); k < segments.end(i); k++) {
          float value = (float) (values[at + k] * inverse);
          normalized[count++] = value;
          rankSquares[expected.rank(k)] += (double) value * value;
          rankCounts[expected.rank(k)]++;
        }
      }
    }
    Arrays.fill(normalized, count, LevelChunks.padded(count), 0);
    return count;
  }

  /** Searches levels that take what the message is to take, and writes them. */
  private ExpectedHeader searched(ExpectedHeader empty, Expectation expected, int count, PayloadWriter out) {
    RankDeviations deviations = RankDeviations.of(rankSquares, rankCounts);
    PayloadWriter bytes = new PayloadWriter();
    empty.with(deviations, 0, 0, 0).write(segments.values(), bytes);
    double fixed = 8.0 * (bytes.length() + Integer.BYTES);
    double wanted = Math.max(surplus.target(budget()) - fixed, LEAST_RATE * count);
    double tolerance = Math.max(TOLERANCE * wanted, NOISE_TOLERANCE * Math.sqrt(wanted));
    double lambda = LAMBDA * Math.clamp(Math.rint(4 * wanted / count) / 4, LEAST_LAMBDA_SHARE, 1);
    int predicted = stepOf(deviations, wanted);
    int step = bounded(predicted + offset);
    int tooFine = Short.MIN_VALUE - 1;
    int tooCoarse = Short.MAX_VALUE + 1;
    for (int attempt = 1;; attempt++) {
      ExpectedHeader trial = trial(empty, deviations, expected, step, lambda, count);
      PayloadWriter written = new PayloadWriter();
      chunks.write(trial.laws(), count, written);
      double taken = 8.0 * written.length();
      double move = Math.clamp(unitsOf(deviations, step, taken - wanted), -MOST_MOVE, MOST_MOVE);
      if (attempt == MOST_ATTEMPTS || Math.abs(taken - wanted) <= tolerance) {
        offset = bounded(step + CORRECTION * move) - predicted;
        float scale = (float) (LevelChunks.gain(normalized, levels, count) * empty.scales().middle());
        ExpectedHeader header = trial.with(deviations, step, trial.family(), scale);
        header.write(segments.values(), out);
        out.bytes(written.toByteArray());
        return header;
      }
      if (taken > wanted) {
        tooFine = step;
      } else {
        tooCoarse = step;
      }
      step = bounded(step + move);
      if (step <= tooFine || step >= tooCoarse) {
        step = (tooFine + tooCoarse) / 2;
      }
    }
  }

  private static int bounded(double step) {
    return (int) Math.clamp(Math.rint(step), Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /** Bits that values of such deviations take with a step. */
  private double bits(RankDeviations deviations, int step) {
    double sum = 0;
    for (int i = 0; i < rankCounts.length; i++) {
      sum += rankCounts[i] * DeviationLaws.bits(deviations.units(i) - step);
    }
    return sum;
  }

  /** The least step whose expected bits are no more than so many. */
  private int stepOf(RankDeviations deviations, double wanted) {
    int low = Short.MIN_VALUE;
    int high = Short.MAX_VALUE;
    while (low < high) {
      int middle = (low + high) >> 1;
      if (bits(deviations, middle) <= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  /** By how many units a step is to be larger that is to take so many bits less. */
  private double unitsOf(RankDeviations deviations, int step, double bits) {
    double slope = (bits(deviations, step - DeviationLaws.CLASS) - bits(deviations, step + DeviationLaws.CLASS))
        / (2 * DeviationLaws.CLASS);
    return bits / Math.max(slope, LEAST_SLOPE * segments.values() / DeviationLaws.OCTAVE);
  }

  private ExpectedHeader trial(
      ExpectedHeader empty, RankDeviations deviations, Expectation expected, int step, double lambda, int count) {
    ExpectedHeader trial = empty.with(deviations, step, 0, 0);
    trial.classify(segments, expected, classes);
    trial = empty.with(deviations, step, family(step, count), 0);
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(0, DeviationLaws.step(step), lambda);
    chunks.search(normalized, count, quantizer, Trellis.of(stateBits), trial.laws(), classes, levels);
    return trial;
  }

  /** The family of laws by the mean magnitude of values over the deviations of their classes. */
  private int family(int step, int count) {
    double magnitudes = 0;
    double squares = 0;
    long counted = 0;
    for (int i = 0; i < count; i++) {
      if (classes[i] >= FIRST_COUNTED) {
        double z = Math.abs(normalized[i])
            / DeviationLaws.step(step + (classes[i] - DeviationLaws.UNIT_CLASS) * DeviationLaws.CLASS);
        magnitudes += z;
        squares += Math.min(z * z, MOST_SQUARE);
        counted++;
      }
    }
    return counted == 0 || squares == 0 ? 0 : DeviationLaws.family(magnitudes / Math.sqrt(squares * counted));
  }

  /** All that later messages depend on. */
  public void writeState(PayloadWriter out) {
    surplus.write(out);
    out.u32(offset);
  }

  /** Goes on from a state. */
  public void readState(PayloadReader in) {
    surplus.read(in);
    offset = bounded(in.u32("offset"));
  }
}
