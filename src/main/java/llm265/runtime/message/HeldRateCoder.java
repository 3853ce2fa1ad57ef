package llm265.runtime.message;

import java.util.Arrays;
import java.util.List;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Histogram;
import llm265.trinity.Law;
import llm265.trinity.LawFit;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/**
 * Encodes a stream of values of one form at a rate that is held: each message is coded once, with the step and the law that the
 * one before it left, and tells the law that fits it best. Only the first message, and one far from the rate, is coded again.
 * A message decodes by itself. A
 * coder takes about 30 bytes per value. Used by one thread at a time.
 */
public final class HeldRateCoder {
  /** How far from the rate a message may be, and how often it is coded at most. */
  private static final double TOLERANCE = 0.04;

  /** The same in roots of the message's bits, which is what its bits vary by in any case. */
  private static final double NOISE_TOLERANCE = 2.5;

  private static final int MOST_ATTEMPTS = 8;

  /** What a bit is worth in squared steps: measured on Gaussian and Laplacian values, within .005 bits of the best. */
  private static final double FINE_LAMBDA = 0.45;
  private static final double COARSE_LAMBDA = 0.12;
  private static final double COARSEST_LAMBDA = 0.03;

  /** Rate below which a bit is worth least: were it worth more, laws and levels would take turns in becoming zeros. */
  private static final double COARSEST_RATE = 0.5;

  /** Rate below which most levels of Gaussian values are best 0, and how much it is more for peaked ones. */
  private static final double COARSE_RATE = 0.6;
  private static final double COARSE_BY_PEAK = 13;
  private static final double GAUSSIAN_MEAN = 0.798;
  private static final double MOST_PEAK = 0.1;

  /** The least rate at which messages are made, whatever their headers take. */
  private static final double LEAST_RATE = 0.02;

  /**
   * How values are coded.
   *
   * @param bitsPerValue all bytes of a message counted, 0.05 to 16
   * @param stateBits binary logarithm of the trellis's states: 0, or 2 to 8
   * @param scaled whether each segment has a scale of its own
   * @param exactShare share of the values, those of the greatest magnitude, that are kept exactly: 0 to 0.1
   */
  public record Settings(double bitsPerValue, int stateBits, boolean scaled, double exactShare) {
    public static final int DEFAULT_STATE_BITS = 4;

    public Settings {
      if (!(bitsPerValue >= 0.05 && bitsPerValue <= 16) || !Trellis.isKnown(stateBits)
          || !(exactShare >= 0 && exactShare <= 0.1)) {
        throw new IllegalArgumentException(
            "no messages of " + bitsPerValue + " bits per value, 2^" + stateBits + " states and a share of " + exactShare);
      }
    }

    public static Settings of(double bitsPerValue) {
      return new Settings(bitsPerValue, DEFAULT_STATE_BITS, false, 0);
    }

    public Settings withScales() {
      return new Settings(bitsPerValue, stateBits, true, exactShare);
    }
  }

  private final Segments segments;
  private final Settings settings;
  private final Trellis trellis;
  private final LevelChunks chunks = new LevelChunks();
  private final float[] normalized;
  private final float[] levels;
  private StepControl control = new StepControl();

  public HeldRateCoder(Segments segments, Settings settings) {
    this.segments = segments;
    this.settings = settings;
    trellis = Trellis.of(settings.stateBits);
    int padded = LevelChunks.padded(segments.values());
    normalized = new float[padded];
    levels = new float[padded];
  }

  static Laws laws(Law law) {
    return new Laws(List.of(law));
  }

  /**
   * Encodes the values of all segments.
   *
   * @param values from {@code at} on
   * @param decoded receives what any decoder makes of the message, from {@code decodedAt} on; may be {@code values}
   * @throws IllegalArgumentException if a value is not finite
   */
  public byte[] encode(float[] values, int at, float[] decoded, int decodedAt) {
    double[] meanSquares = segments.meanSquares(values, at);
    SegmentScales scales = settings.scaled ? SegmentScales.of(meanSquares) : null;
    LargestValues largest = largest(values, at, scales);
    double deviation = deviation(meanSquares, scales);
    int count = normalize(values, at, scales, largest, deviation);
    PayloadWriter out = new PayloadWriter();
    MessageHeader header = new MessageHeader(segments.values(), settings.stateBits, 0, null, scales, largest);
    if (count == 0 || !isAnyCoded(count)) {
      header.write(out);
    } else {
      header = codeLevels(header, deviation, count, out);
    }
    out.u32(out.crc32c(0));
    header.reconstruct(levels, segments, decoded, decodedAt);
    return out.toByteArray();
  }

  /** Root mean square of what is coded, segments divided by their scales. */
  private double deviation(double[] meanSquares, SegmentScales scales) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < meanSquares.length; i++) {
      if (scales == null || !scales.isSilent(i)) {
        int values = segments.end(i) - segments.begin(i);
        double factor = scales == null ? 1 : scales.factor(i);
        sum += meanSquares[i] / (factor * factor) * values;
        count += values;
      }
    }
    return count == 0 ? 0 : Math.sqrt(sum / count);
  }

  private LargestValues largest(float[] values, int at, SegmentScales scales) {
    int count = (int) (settings.exactShare * segments.values());
    if (count == 0) {
      return LargestValues.NONE;
    }
    float[] all = Arrays.copyOfRange(values, at, at + segments.values());
    float[] magnitudes = new float[all.length];
    for (int i = 0; i < segments.count(); i++) {
      double factor = scales == null || scales.isSilent(i) ? 1 : scales.factor(i) * scales.middle();
      for (int k = segments.begin(i); k < segments.end(i); k++) {
        magnitudes[k] = (float) (Math.abs(all[k]) / factor);
      }
    }
    return LargestValues.of(all, magnitudes, count);
  }

  /** Puts the values of segments that are not silent one behind the other, over their deviation; returns their number. */
  private int normalize(float[] values, int at, SegmentScales scales, LargestValues largest, double deviation) {
    int count = 0;
    int exact = 0;
    for (int i = 0; i < segments.count() && deviation > 0; i++) {
      if (scales != null && scales.isSilent(i)) {
        continue;
      }
      double inverse = 1 / (deviation * (scales == null ? 1 : scales.factor(i)));
      int first = segments.begin(i);
      int shift = count - first;
      for (int k = first; k < segments.end(i); k++) {
        normalized[k + shift] = (float) (values[at + k] * inverse);
      }
      for (; exact < largest.places().length && largest.places()[exact] < segments.end(i); exact++) {
        normalized[largest.places()[exact] + shift] = 0;
      }
      count += segments.end(i) - first;
    }
    Arrays.fill(normalized, count, LevelChunks.padded(count), 0);
    return count;
  }

  private boolean isAnyCoded(int count) {
    for (int i = 0; i < count; i++) {
      if (normalized[i] != 0) {
        return true;
      }
    }
    return false;
  }

  /** Mean magnitude of what is coded: .8 of Gaussian values, the less the more peaked they are. */
  private double meanMagnitude(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.abs(normalized[i]);
    }
    return sum / count;
  }

  private MessageHeader codeLevels(MessageHeader empty, double deviation, int count, PayloadWriter out) {
    double rate = settings.bitsPerValue * segments.values() / count;
    double coarseRate =
        COARSE_RATE + COARSE_BY_PEAK * Math.clamp(GAUSSIAN_MEAN - meanMagnitude(count), 0, MOST_PEAK);
    boolean coarse = rate < coarseRate;
    boolean isFirst = control.isNew();
    control.begin(rate, coarse);
    double budget = 8.0 * Math.rint(settings.bitsPerValue * segments.values() / 8);
    double goal = isFirst ? budget : control.target(budget);
    double lambda = rate < COARSEST_RATE ? COARSEST_LAMBDA : coarse ? COARSE_LAMBDA : FINE_LAMBDA;
    for (int attempt = 1;; attempt++) {
      double step = control.step();
      Law law = search(step, lambda, count);
      PayloadWriter trial = new PayloadWriter();
      float scale = (float) (LevelChunks.gain(normalized, levels, count) * deviation);
      boolean isAny = scale > 0;
      MessageHeader header = isAny
          ? new MessageHeader(empty.values(), empty.stateBits(), scale, law, empty.scales(), empty.largest()) : empty;
      header.write(trial);
      double fixed = 8.0 * (trial.length() + Integer.BYTES);
      if (isAny) {
        chunks.write(laws(law), count, trial);
      }
      double taken = 8.0 * (trial.length() + Integer.BYTES);
      double wanted = Math.max(goal - fixed, LEAST_RATE * count);
      double tolerance = Math.max(TOLERANCE * wanted, NOISE_TOLERANCE * Math.sqrt(wanted));
      control.learn(law);
      if (attempt == MOST_ATTEMPTS || Math.abs(taken - fixed - wanted) <= tolerance) {
        control.sent(taken - fixed, wanted, rate, taken - budget);
        out.bytes(trial.toByteArray());
        return header;
      }
      control.correct(taken - fixed, wanted, rate);
    }
  }

  /** Searches the levels with the law at hand; returns the law that they take fewest bits with. */
  private Law search(double step, double lambda, int count) {
    Histogram histogram = new Histogram(1);
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(0, (float) step, lambda);
    chunks.search(normalized, count, quantizer, trellis, laws(control.law()), null, levels);
    chunks.addTo(histogram, count);
    return control.isLawDue() ? new LawFit(histogram, 0).from(control.law()) : control.law();
  }

  /** All that later messages depend on. */
  public void writeState(PayloadWriter out) {
    control.write(out);
  }

  /** Goes on from a state. */
  public void readState(PayloadReader in) {
    control = StepControl.read(in);
  }
}
