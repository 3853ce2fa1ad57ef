package llm265.bench;

import java.util.Arrays;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.analysis.TensorStatistics;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;

/**
 * Makes 8-bit frames from a tensor, to measure other encoders with. Values are clipped and scaled like ours for a given rate,
 * and laid out row by row. Values out of range go into a list of exact ones.
 */
public final class ClippedFrames {
  private final TensorElements elements;
  private final TensorFraming framing;
  private final SampleQuantizer quantizer;
  private final double levelDeviation;
  private final long outliers;
  private final long outlierBits;

  /**
   * Frames of a tensor of type F32, F16 or BF16.
   *
   * @param bitsPerValue rate that they are meant for
   * @param relativeError expected mean squared error at that rate, as a share of the variance
   */
  public ClippedFrames(TensorView tensor, double bitsPerValue, double relativeError) {
    elements = new TensorElements(tensor.dtype(), tensor.data());
    framing = TensorFraming.of(tensor.shape());
    TensorStatistics statistics = TensorStatistics.of(elements, framing.values(), Workers.CALLER);
    SampleRange range = SampleRange.choose(
        statistics, elements.outlierBits(), bitsPerValue, relativeError, SampleRange.GREATEST_LEVEL,
        SampleDepth.EIGHT.roundingNoise());
    levelDeviation = range.levelDeviation();
    quantizer = SampleQuantizer.of(range, levelDeviation, SampleDepth.EIGHT);
    ElementType type = ElementType.of(tensor.dtype());
    long count = 0;
    long bytes = 0;
    for (int i = 0; i < framing.tiles(); i++) {
      OutlierList list = outliers(i);
      PayloadWriter written = new PayloadWriter();
      list.write(written, type);
      count += list.size();
      bytes += written.length();
    }
    outliers = count;
    outlierBits = 8 * bytes;
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

  /** The wanted standard deviation of the levels. */
  public double levelDeviation() {
    return levelDeviation;
  }

  /** Number of bits that the lists of outliers take, written as in our streams. */
  public long outlierBits() {
    return outlierBits;
  }

  /** Number of outliers. */
  public long outliers() {
    return outliers;
  }

  /** Samples of a frame, row by row. */
  public byte[] frame(int number) {
    TensorFraming.Tile tile = framing.tile(number);
    ValueRow row = new ValueRow(width());
    short[] fine = new short[width()];
    byte[] samples = new byte[width() * height()];
    Arrays.fill(samples, (byte) SampleDepth.EIGHT.middle());
    int fractionBits = SampleDepth.EIGHT.fractionBits();
    int half = (1 << fractionBits) / 2;
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      elements.read(framing.firstValue(tile, y), count, row);
      quantizer.quantize(row, count, fine, 0);
      for (int x = 0; x < count; x++) {
        samples[y * width() + x] = (byte) Math.clamp((fine[x] + half) >> fractionBits, 0, 255);
      }
    }
    return samples;
  }

  private OutlierList outliers(int number) {
    TensorFraming.Tile tile = framing.tile(number);
    float[] row = new float[width()];
    OutlierList list = new OutlierList(0);
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      long first = framing.firstValue(tile, y);
      elements.read(first, row, 0, count);
      for (int x = 0; x < count; x++) {
        if (quantizer.isOutlier(row[x])) {
          list.add(y * width() + x, elements.bits(first + x));
        }
      }
    }
    return list;
  }

  /**
   * Squared error of a frame's values, if the straight line of least squares turns decoded samples into values; outliers have
   * none.
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
          double sample = (decoded[y * width() + x] & 0xFF) - SampleDepth.EIGHT.middle();
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
