package llm265.runtime.training;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import llm265.runtime.exchange.TensorLink;

/**
 * Boundaries whose tensors go over links, one link for each boundary and direction. Measures bits, signal-to-noise ratios, and
 * how far values of the gradients are apart as training goes on.
 */
public final class CompressedBoundaries implements StageBoundary {
  /** Parts of a run that ranges are told of. */
  static final int PARTS = 10;

  private static final double LEAST_ROW = 0.01;

  private final TensorLink[] forward;
  private final TensorLink[] backward;
  private final Sums[] forwardSums;
  private final Sums[] backwardSums;
  private final Ranges[] ranges = new Ranges[PARTS];
  private final int steps;
  private int step;

  /** Sums over tensors of one boundary and direction. */
  private static final class Sums {
    private double bits;
    private double values;
    private double signal;
    private double noise;

    private void add(TensorLink link, float[] tensor, int rows, int columns) {
      float[] sent = tensor.clone();
      for (float value : sent) {
        if (!Float.isFinite(value)) {
          // Training has diverged, and links carry only what is finite.
          return;
        }
      }
      bits += link.send(tensor, rows, columns);
      values += tensor.length;
      for (int i = 0; i < sent.length; i++) {
        double error = (double) tensor[i] - sent[i];
        signal += (double) sent[i] * sent[i];
        noise += error * error;
      }
    }

    private double snr() {
      return 10 * StrictMath.log10(signal / noise);
    }
  }

  /** How far values of gradients are apart, in one part of the run. */
  private static final class Ranges {
    private double peaks;
    private double rows;
    private int tensors;

    private void add(float[] tensor, int rowCount, int columns) {
      double[] squares = new double[rowCount];
      double greatest = 0;
      for (int i = 0; i < tensor.length; i++) {
        double square = (double) tensor[i] * tensor[i];
        squares[i / columns] += square;
        greatest = Math.max(greatest, square);
      }
      double sum = Arrays.stream(squares).sum();
      Arrays.sort(squares);
      if (sum > 0) {
        peaks += Math.sqrt(greatest / (sum / tensor.length));
        double least = squares[(int) (LEAST_ROW * rowCount)];
        rows += StrictMath.log10(squares[rowCount - 1] / Math.max(least, Float.MIN_NORMAL)) / 2;
        tensors++;
      }
    }
  }

  /**
   * @param boundaries number of boundaries
   * @param steps that training will take
   */
  public CompressedBoundaries(int boundaries, int steps, Supplier<TensorLink> forward, Supplier<TensorLink> backward) {
    this.forward = links(boundaries, forward);
    this.backward = links(boundaries, backward);
    this.forwardSums = sums(boundaries);
    this.backwardSums = sums(boundaries);
    this.steps = steps;
    Arrays.setAll(ranges, part -> new Ranges());
  }

  private static TensorLink[] links(int boundaries, Supplier<TensorLink> link) {
    TensorLink[] links = new TensorLink[boundaries];
    Arrays.setAll(links, boundary -> link.get());
    return links;
  }

  private static Sums[] sums(int boundaries) {
    Sums[] sums = new Sums[boundaries];
    Arrays.setAll(sums, boundary -> new Sums());
    return sums;
  }

  @Override
  public void forward(int boundary, float[] values, int rows, int columns) {
    forwardSums[boundary].add(forward[boundary], values, rows, columns);
  }

  @Override
  public void backward(int boundary, float[] values, int rows, int columns) {
    ranges[Math.min(PARTS - 1, PARTS * step / steps)].add(values, rows, columns);
    backwardSums[boundary].add(backward[boundary], values, rows, columns);
  }

  /** A step is over. */
  public void stepped() {
    step++;
  }

  /**
   * Adds what was measured: bits of each direction over all boundaries; SNR in dB at each boundary; of the gradients, for each
   * tenth of the run, the greatest magnitude over the RMS, and the orders of magnitude between the RMS of the greatest token and
   * of the one that 1 % of them do not exceed.
   */
  public void addTo(Map<String, Double> figures) {
    figures.put("forward", bits(forwardSums));
    figures.put("backward", bits(backwardSums));
    for (int i = 0; i < forwardSums.length; i++) {
      figures.put("forward-snr-" + i, forwardSums[i].snr());
      figures.put("backward-snr-" + i, backwardSums[i].snr());
    }
    for (int part = 0; part < PARTS; part++) {
      if (ranges[part].tensors > 0) {
        figures.put("peak-" + part, ranges[part].peaks / ranges[part].tensors);
        figures.put("rows-" + part, ranges[part].rows / ranges[part].tensors);
      }
    }
  }

  private static double bits(Sums[] sums) {
    return Arrays.stream(sums).mapToDouble(sum -> sum.bits).sum() / Arrays.stream(sums).mapToDouble(sum -> sum.values).sum();
  }
}
