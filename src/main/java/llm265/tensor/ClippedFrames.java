package llm265.tensor;

import java.util.Arrays;
import llm265.model.TensorView;

/**
 * A tensor as 8-bit frames, for other encoders to be measured with: clipped and scaled as ours are for a rate, laid out row by row, with
 * values out of range left to a list of exact ones.
 */
public final class ClippedFrames {
  private final TensorElements elements;
  private final TensorFraming framing;
  private final SampleQuantizer quantizer;
  private final long outliers;
  private final double outlierBits;

  private ClippedFrames(
      TensorElements elements, TensorFraming framing, SampleQuantizer quantizer, long outliers, double outlierBits) {
    this.elements = elements;
    this.framing = framing;
    this.quantizer = quantizer;
    this.outliers = outliers;
    this.outlierBits = outlierBits;
  }

  /**
   * Frames of a tensor of type F32, F16 or BF16.
   *
   * @param bitsPerValue rate that they are meant for
   * @param relativeError mean squared error that is expected at that rate, as a share of the variance
   */
  public static ClippedFrames of(TensorView tensor, double bitsPerValue, double relativeError) {
    TensorElements elements = new TensorElements(tensor.dtype(), tensor.data());
    TensorFraming framing = TensorFraming.of(tensor.shape());
    TensorStatistics statistics = TensorStatistics.of(elements, framing.values(), Workers.CALLER);
    double bits = ElementType.of(tensor.dtype()).mantissaBits() + 2.3;
    SampleRange range = SampleRange.choose(statistics, bits, bitsPerValue, relativeError, SampleRange.GREATEST_LEVEL);
    SampleQuantizer quantizer = SampleQuantizer.of(range, range.levels());
    ClippedFrames frames = new ClippedFrames(elements, framing, quantizer, 0, 0);
    long count = 0;
    for (int i = 0; i < framing.tiles(); i++) {
      count += frames.fill(i, null);
    }
    double share = (double) count / Math.max(1, framing.values());
    double each = count == 0 ? 0 : bits - SampleRange.log2(share) + 1.5;
    return new ClippedFrames(elements, framing, quantizer, count, count * each);
  }

  public int count() {
    return framing.tiles();
  }

  public int width() {
    return framing.tileWidth();
  }

  public int height() {
    return framing.tileHeight();
  }

  /** Bits that the list of outliers takes. */
  public double outlierBits() {
    return outlierBits;
  }

  /** Number of outliers. */
  public long outliers() {
    return outliers;
  }

  /** Samples of a frame, row by row. */
  public byte[] frame(int number) {
    byte[] samples = new byte[width() * height()];
    fill(number, samples);
    return samples;
  }

  /** The number of outliers; samples go to {@code samples} unless it is null. */
  private long fill(int number, byte[] samples) {
    TensorFraming.Tile tile = framing.tile(number);
    float[] row = new float[width()];
    short[] fine = new short[width()];
    long found = 0;
    if (samples != null) {
      Arrays.fill(samples, (byte) SampleQuantizer.MIDDLE);
    }
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      elements.read(framing.firstValue(tile, y), row, 0, count);
      found += quantizer.quantize(row, count, fine);
      for (int x = 0; samples != null && x < count; x++) {
        int unit = 1 << SampleQuantizer.FRACTION_BITS;
        samples[y * width() + x] = (byte) Math.clamp(fine[x] + unit / 2 >> SampleQuantizer.FRACTION_BITS, 0, 255);
      }
    }
    return found;
  }

  /**
   * Squared error of a frame's values if they are read from decoded samples by the straight line of least squares; outliers have none.
   *
   * @param decoded samples, row by row
   */
  public double squaredError(int number, byte[] decoded) {
    TensorFraming.Tile tile = framing.tile(number);
    float[] row = new float[width()];
    double n = 0;
    double sumX = 0;
    double sumS = 0;
    double sumXx = 0;
    double sumSs = 0;
    double sumXs = 0;
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      elements.read(framing.firstValue(tile, y), row, 0, count);
      for (int x = 0; x < count; x++) {
        if (!quantizer.isOutlier(row[x])) {
          double value = (double) row[x] - quantizer.centre();
          double sample = (decoded[y * width() + x] & 0xFF) - SampleQuantizer.MIDDLE;
          n++;
          sumX += value;
          sumS += sample;
          sumXx += value * value;
          sumSs += sample * sample;
          sumXs += value * sample;
        }
      }
    }
    double spread = n * sumSs - sumS * sumS;
    double product = n * sumXs - sumX * sumS;
    double total = n == 0 ? 0 : sumXx - sumX * sumX / n;
    return spread <= 0 ? total : Math.max(0, total - product * product / spread / n);
  }
}
