package llm265.tensor.exact;

import java.util.Arrays;
import java.util.List;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.Prediction;
import llm265.tensor.tools.Predictor;

/** Finds the predictor with which the patterns of an excerpt have the least entropy. */
final class PredictionSearch {
  /** Prediction is worth a trial up to this ratio of its entropy to that of the patterns themselves. */
  private static final double PROMISING = 1.01;

  /** One of so many differences may go beyond the group of bits that matters most. */
  private static final int RARE = 128;

  /** What may predict exponents by themselves. */
  private static final List<Predictor> OF_EXPONENTS = List.of(
      Predictor.LEFT, Predictor.ABOVE, Predictor.MEDIAN, Predictor.SMOOTH, Predictor.SMOOTH_ROW, Predictor.SMOOTH_COLUMN);

  private final TensorView tensor;
  private final TensorFraming framing;
  private final int width;
  private Found best;
  private double least;

  PredictionSearch(TensorView tensor, TensorFraming framing) {
    this.tensor = tensor;
    this.framing = framing;
    width = tensor.dtype().bits();
  }

  /**
   * A prediction.
   *
   * @param low the lowest bit of the group that most differences do not go beyond
   */
  record Found(Prediction prediction, int low) {}

  /** The best prediction; null if there is none that may do better than {@code unpredicted}. */
  Found find(PatternExcerpt unpredicted) {
    least = PROMISING * bits(unpredicted.all(), null, 0);
    best = null;
    for (Predictor predictor : Predictor.values()) {
      if (!predictor.isWeighted()) {
        consider(order(), 0, predictor);
      }
    }
    if (best != null) {
      consider(order(), 0, Predictor.WEIGHTED);
      consider(order(), 0, Predictor.WEIGHTED_WITHIN);
    }
    long exponents = BitGroups.exponents(tensor.dtype());
    if (exponents != 0 && tensor.dtype() != DType.C64) {
      int lowBits = Long.numberOfTrailingZeros(exponents) + 1;
      for (Predictor predictor : OF_EXPONENTS) {
        consider(Prediction.Order.MAGNITUDE, lowBits, predictor);
      }
    }
    return best;
  }

  private void consider(Prediction.Order order, int lowBits, Predictor predictor) {
    if (predictor.hasFractions() && width - lowBits > Prediction.MOST_BITS_OF_FRACTIONS) {
      return;
    }
    long base = order.number(new PatternSource(tensor, framing, false, null).first(), width) >>> lowBits;
    short[] weights = predictor.isWeighted() ? weights(order, lowBits) : new short[0];
    Prediction plain = new Prediction(order, lowBits, predictor, base, 0, weights);
    long[] differences = new PatternSource(tensor, framing, false, plain).excerpt().all();
    int low = low(differences, lowBits);
    long biased[] = new long[differences.length];
    for (int dropped = 0; dropped < ExactPlane.MOST_BITS; dropped++) {
      Prediction prediction = new Prediction(order, lowBits, predictor, base, bias(low, dropped, lowBits), weights);
      for (int i = 0; i < biased.length; i++) {
        biased[i] = differences[i] + (prediction.bias() << lowBits) & all();
      }
      double bits = bits(biased, prediction, low);
      if (bits < least) {
        least = bits;
        best = new Found(prediction, low);
      }
    }
  }

  private short[] weights(Prediction.Order order, int lowBits) {
    return new WeightFit(new PatternSource(tensor, framing, false, null).excerpt(), order, lowBits, width).weights();
  }

  private Prediction.Order order() {
    DType type = tensor.dtype();
    return type.isFloat() ? Prediction.Order.FLOAT
        : type.kind() == DType.Kind.SIGNED ? Prediction.Order.SIGNED : Prediction.Order.UNSIGNED;
  }

  private long all() {
    return width == 64 ? -1 : (1L << width) - 1;
  }

  /** Small differences have the middle of the group of eight bits; so have half of the steps that dropped bits leave. */
  private long bias(int low, int dropped, int lowBits) {
    int half = low + dropped - 1;
    return ((1L << (low + ExactPlane.MOST_BITS - 1)) + (half >= lowBits ? 1L << half : 0) & all()) >>> lowBits;
  }

  /** The lowest bit of the eight that hold nearly all differences. */
  private int low(long[] differences, int lowBits) {
    int[] lengths = new int[65];
    for (long difference : differences) {
      long signed = difference << (64 - width) >> (64 - width + lowBits);
      lengths[65 - Long.numberOfLeadingZeros(signed ^ (signed >> 63))]++;
    }
    int beyond = 0;
    int bits = 64;
    while (bits > ExactPlane.MOST_BITS && beyond + lengths[bits] <= differences.length / RARE) {
      beyond += lengths[bits--];
    }
    return Math.max(0, Math.min(bits + lowBits, width) - ExactPlane.MOST_BITS);
  }

  /** Bits per value that patterns may take; {@code prediction} is null for those that are not predicted. */
  private double bits(long[] patterns, Prediction prediction, int low) {
    long any = 0;
    long every = -1;
    for (long pattern : patterns) {
      any |= pattern;
      every &= pattern;
    }
    long varying = any & ~every;
    List<Long> groups =
        prediction == null ? BitGroups.of(tensor.dtype(), varying) : BitGroups.ofDifferences(low, width, varying);
    double bits = Long.bitCount(varying);
    double[] savings = new double[groups.size()];
    for (int i = 0; i < savings.length; i++) {
      long[] counts = SymbolCounts.of(patterns, patterns.length, groups.get(i));
      for (int dropped = 0; dropped < Long.bitCount(groups.get(i)); dropped++) {
        double saved = Long.bitCount(groups.get(i)) - SymbolCounts.expectedBits(counts, dropped);
        savings[i] = Math.max(savings[i], saved);
      }
    }
    Arrays.sort(savings);
    for (int i = Math.max(0, savings.length - ExactValues.MOST_PLANES); i < savings.length; i++) {
      bits -= savings[i];
    }
    return bits;
  }
}
