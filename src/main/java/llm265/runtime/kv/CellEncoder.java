package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.data.DataEncoder;
import llm265.dtype.ValueCodec;
import llm265.runtime.message.DeviationLaws;
import llm265.runtime.transform.ChannelTransform;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadWriter;

/**
 * Encodes cells: coefficients of the model, one step for all of them, laws by what the model expects. The step follows from
 * expected deviations; a few tries correct it. Used by one thread at a time.
 */
public final class CellEncoder {
  /** Tries of a step for a bound, and for a mean. */
  private static final int BOUND_TRIES = 5;
  private static final int MEAN_TRIES = 3;

  /** Share of a bound that a try is to fill, and share of a mean that is near enough. */
  private static final double FILLED = 0.985;

  /** Share that the first try is to fill: learned deviations say up to a hundredth too little. */
  private static final double FIRST = 0.987;

  private static final double NEAR = 0.04;

  /** The same of cells of more values, of which there are few to make up for it. */
  private static final double NEARER = 0.01;
  private static final int MOST_SMALL = 1 << 15;

  /** Bytes of a chunk's states over what its bits say, at most in general: what tries leave. */
  private static final int MARGIN = 6;

  /** About the values that a gain is measured on where nobody asks for the error; their distance is odd. */
  private static final int GAIN_SAMPLE = 4096;

  /** Kind, step, gain and shift. */
  private static final int HEAD_BYTES = 5;

  /** Decibels by which a quality may be missed. */
  private static final double SNR_SLACK = 0.02;

  private final CellFormat format;
  private final int tokens;
  private final float[] rows;
  private final float[] levels;
  private final LevelCoder coder;
  private final TokenTransform tokenTransform;
  private final CellScales scales;
  private byte[] out = new byte[0];
  private ExactValues exact;
  private CellModel model;
  private int count;
  private int values;
  private int bodyBytes;
  private int searched;
  private double squaredError;
  private boolean measuresError;

  /**
   * @param format of the cells
   * @param tokens of a page
   */
  public CellEncoder(CellFormat format, int tokens) {
    this.format = format;
    this.tokens = tokens;
    int padded = Math.ceilDiv(format.values(tokens), 16) * 16;
    rows = new float[padded];
    levels = new float[padded];
    coder = format.hasPictures() ? new PictureLevels(format, tokens) : new ChunkLevels(format, tokens);
    tokenTransform = new TokenTransform(format.channels());
    scales = new CellScales(format.channels(), tokens);
  }

  /** Bytes into which any tokens fit whose values are finite. */
  public static int leastBytes(CellFormat format, int tokens) {
    return RangeCell.leastBytes(format, tokens);
  }

  /** Whether cells of a kind are those of the last resort. */
  public static boolean isLastResort(int kind) {
    return kind == CellFormat.RANGE;
  }

  /**
   * A cell.
   *
   * @param body its bytes
   * @param lastResort whether nothing but levels of a fixed width did fit
   */
  public record Encoded(byte[] body, boolean lastResort) {}

  /**
   * Encodes a cell.
   *
   * @param keys {@code ofTokens x channels} decoded keys of the same heads, behind what is done to them before axes, where the
   *     model {@linkplain CellModel#isPredicted predicts} by them; else null
   * @param patterns {@code ofTokens x channels} values, little-endian
   * @param ofTokens number of tokens, 0 or more
   * @param position of the first token
   * @param refusesNotFinite whether values that are not finite are an error
   * @throws IllegalArgumentException if values are not finite, and refused, or too many for the target
   */
  public Encoded encode(
      CellModel cellModel, float[] keys, MemorySegment patterns, int ofTokens, long position, CellTarget target,
      boolean refusesNotFinite) {
    if (ofTokens > tokens) {
      throw new IllegalArgumentException(ofTokens + " tokens are more than " + tokens);
    }
    if (ofTokens == 0) {
      return new Encoded(new byte[] {CellFormat.RAW}, false);
    }
    if (target instanceof CellTarget.Lossless && !refusesNotFinite) {
      return new Encoded(lossless(patterns, ofTokens), false);
    }
    ValueCodec.read(format.dtype(), patterns, 0, rows, 0, format.values(ofTokens));
    exact = ExactValues.take(format, patterns, rows, format.values(ofTokens));
    if (refusesNotFinite && !exact.isEmpty()) {
      throw new IllegalArgumentException("there are values that are not finite");
    }
    if (target instanceof CellTarget.Lossless) {
      return new Encoded(lossless(patterns, ofTokens), false);
    }
    if (!prepare(cellModel, keys, ofTokens, position, target instanceof CellTarget.Snr)) {
      return withoutModel(patterns, ofTokens, target);
    }
    boolean fits = switch (target) {
      case CellTarget.Most most -> atMost(most);
      case CellTarget.About about -> about(about.bytes());
      case CellTarget.Snr snr -> atSnr(snr.decibels());
      case CellTarget.Step step -> atStep(step.units());
      case CellTarget.Lossless _ -> throw new IllegalStateException();
    };
    boolean isWorth = fits && bodyBytes <= format.rawBytes(ofTokens);
    return isWorth ? new Encoded(Arrays.copyOf(out, bodyBytes), false) : withoutModel(patterns, ofTokens, target);
  }

  private double variance() {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < values; i++) {
      sum += rows[i];
      squares += (double) rows[i] * rows[i];
    }
    return Math.max(0, squares - sum * sum / values) / values;
  }

  /** Values without loss where they fit, or else in the range of each token. */
  private Encoded withoutModel(MemorySegment patterns, int count, CellTarget target) {
    byte[] lossless = lossless(patterns, count);
    if (!(target instanceof CellTarget.Most most) || lossless.length <= most.most()) {
      return new Encoded(lossless, false);
    }
    return new Encoded(RangeCell.encode(format, patterns, count, most.most()), true);
  }

  private byte[] lossless(MemorySegment patterns, int count) {
    MemorySegment data = patterns.asSlice(0, format.rawBytes(count));
    byte[] blocks = DataEncoder.of(format.dtype()).encodeBlocks(data);
    boolean isRaw = blocks.length >= data.byteSize();
    byte[] body = new byte[1 + (isRaw ? (int) data.byteSize() : blocks.length)];
    body[0] = (byte) (isRaw ? CellFormat.RAW : CellFormat.BLOCKS);
    MemorySegment.copy(isRaw ? data : MemorySegment.ofArray(blocks), 0, MemorySegment.ofArray(body), 1, body.length - 1);
    return body;
  }

  /** Makes coefficients; returns whether all of them are finite. */
  private boolean prepare(CellModel cellModel, float[] keys, int ofTokens, long position, boolean measures) {
    model = cellModel;
    measuresError = measures;
    count = ofTokens;
    values = format.values(count);
    searched = Integer.MIN_VALUE;
    if (measures) {
      scales.variance(variance());
    }
    ChannelTransform transform = model.transform();
    if (transform != null) {
      transform.forward(rows, 0, count, position);
    }
    if (model.isPredicted()) {
      model.prediction().subtract(keys, rows, count);
    }
    float[] means = model.means();
    int channels = format.channels();
    for (int at = 0; at < values; at += channels) {
      for (int c = 0; c < channels; c++) {
        rows[at + c] -= means[c];
      }
    }
    if (model.transformsTokens()) {
      tokenTransform.forward(rows, count);
    }
    Arrays.fill(rows, values, Math.ceilDiv(values, 16) * 16, 0f);
    return scales.measure(model, rows, count);
  }

  private boolean atMost(CellTarget.Most target) {
    int room = target.most() - headBytes() - MARGIN;
    if (room <= 0) {
      return false;
    }
    double wanted = 8.0 * room * (1 + FILLED) / 2;
    int fitting = Integer.MAX_VALUE;
    double most = -1;
    int step = scales.stepOf(8.0 * room * FIRST);
    for (int i = 0; i < BOUND_TRIES; i++) {
      double bytes = trial(step) / 8;
      if (bytes <= room && bytes > most) {
        fitting = step;
        most = bytes;
      }
      if (bytes <= room && (!target.fill() || bytes >= FILLED * room)) {
        break;
      }
      int next = scales.corrected(step, 8 * bytes, wanted);
      if (next == step) {
        break;
      }
      step = next;
    }
    if (fitting == Integer.MAX_VALUE) {
      return false;
    }
    write(fitting);
    // States take a few bytes more or less than their bits say.
    for (int i = 0; bodyBytes > target.most() && i < BOUND_TRIES; i++) {
      fitting += 1 << i;
      write(fitting);
    }
    return bodyBytes <= target.most();
  }

  private boolean about(double bytes) {
    double room = Math.max(1, bytes - headBytes() - MARGIN / 2);
    int step = scales.stepOf(8 * room);
    double taken = trial(step) / 8;
    double near = values > MOST_SMALL ? NEARER : NEAR;
    for (int i = 1; i < MEAN_TRIES && Math.abs(taken - room) > near * room; i++) {
      int next = scales.corrected(step, 8 * taken, 8 * room);
      if (next == step) {
        break;
      }
      step = next;
      taken = trial(step) / 8;
    }
    write(step);
    return true;
  }

  private boolean atSnr(double decibels) {
    double most = scales.variance() * values / StrictMath.pow(10, decibels / 10);
    int step = scales.stepOfError(most);
    for (int i = 0; i < BOUND_TRIES; i++) {
      trial(step);
      reconstruct(step);
      double missed = 10 * StrictMath.log10(squaredError / most);
      if (missed <= SNR_SLACK && missed > -10 * SNR_SLACK || squaredError == 0) {
        break;
      }
      int finer = (int) StrictMath.ceil((missed + SNR_SLACK / 2) * DeviationLaws.OCTAVE / 6.02);
      step = Math.max(CellModel.LEAST_UNITS, step - finer);
    }
    write(step);
    return true;
  }

  private boolean atStep(int step) {
    write(Math.clamp(step, CellModel.LEAST_UNITS, CellModel.GREATEST_UNITS));
    return true;
  }

  /** Bytes of the body beside what levels take. */
  private int headBytes() {
    return HEAD_BYTES + exact.bytes() + scales.rowBytes() + coder.sideBytes(values);
  }

  /** Searches the levels of a step; returns their bits. */
  private double trial(int step) {
    searched = step;
    return coder.search(model, scales, rows, count, step);
  }

  /** Finds the gain of a step's levels; returns it in units, and leaves the squared error. */
  private int reconstruct(int step) {
    coder.levels(levels);
    double scale = DeviationLaws.step(step);
    double products = 0;
    double levelSquares = 0;
    double squares = 0;
    int stride = measuresError ? 1 : (values / GAIN_SAMPLE) | 1;
    for (int i = 0; i < values; i += stride) {
      double level = levels[i];
      products += rows[i] * level;
      levelSquares += level * level;
      squares += (double) rows[i] * rows[i];
    }
    double best = levelSquares == 0 ? 1 : products / (scale * levelSquares);
    int gain = (int) Math.clamp(StrictMath.rint(best * CellFormat.GAIN_UNIT), CellFormat.LEAST_GAIN, CellFormat.LEAST_GAIN + 255);
    double factor = scale * gain / CellFormat.GAIN_UNIT;
    squaredError = Math.max(0, squares - 2 * factor * products + factor * factor * levelSquares);
    return gain;
  }

  /** Writes the body of a step. */
  private void write(int step) {
    if (step != searched) {
      trial(step);
    }
    int gain = reconstruct(step);
    PayloadWriter head = new PayloadWriter();
    head.u8(coder.kind() | (scales.hasRows() ? CellFormat.ROWS_FLAG : 0) | (exact.isEmpty() ? 0 : CellFormat.EXACT_FLAG));
    head.u8(step);
    head.u8(step >> 8);
    head.u8(gain - CellFormat.LEAST_GAIN);
    head.u8(scales.shift());
    if (scales.hasRows()) {
      BitWriter.signedRice(head, scales.rows(), scales::row, 7);
    }
    exact.write(head);
    int length = head.length();
    if (out.length < length + coder.mostBytes()) {
      out = new byte[length + coder.mostBytes()];
    }
    System.arraycopy(head.toByteArray(), 0, out, 0, length);
    bodyBytes = coder.write(out, length);
  }
}
