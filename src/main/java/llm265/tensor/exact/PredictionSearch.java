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
  /** Prediction is worth a trial with up to so many bits more than without. */
  private static final double PROMISING = 0.04;

  /** One of so many differences may go beyond the group of bits that matters most. */
  private static final int RARE = 128;

  /** The same with which the search goes on after a smaller excerpt. */
  private static final double HOPEFUL = 0.04;

  /** Approximate numbers of values of excerpts. */
  private static final int FEW = 1 << 13;

  private static final int SOME = 1 << 15;

  /** What shows quickly whether neighbours are alike at all. */
  private static final List<Predictor> QUICK = List.of(Predictor.PREVIOUS, Predictor.ABOVE, Predictor.SMOOTH);

  /** What may predict exponents by themselves. */
  private static final List<Predictor> OF_EXPONENTS = List.of(
      Predictor.LEFT, Predictor.ABOVE, Predictor.MEDIAN, Predictor.BLENDED, Predictor.WEIGHTED,
      Predictor.SMOOTH, Predictor.SMOOTH_ROW, Predictor.SMOOTH_COLUMN);

  private final TensorView tensor;
  private final TensorFraming framing;
  private final boolean isFolded;
  private final long varying;
  private final int width;
  private Found best;
  private double least;

  /** @param isFolded whether patterns that are not predicted are folded */
  PredictionSearch(TensorView tensor, TensorFraming framing, boolean isFolded, long varying) {
    this.tensor = tensor;
    this.framing = framing;
    this.isFolded = isFolded;
    this.varying = varying;
    width = tensor.dtype().bits();
  }

  /**
   * A prediction.
   *
   * @param low the lowest bit of the group that most differences do not go beyond
   */
  record Found(Prediction prediction, int low) {}

  /** The best prediction; null if there is none that may do better than nothing. */
  Found find() {
    double unpredicted = bits(new PatternSource(tensor, framing, isFolded, null).excerpt(FEW).all(), null, 0);
    long exponents = tensor.dtype() == DType.C64 ? 0 : BitGroups.exponents(tensor.dtype());
    int lowBits = Long.numberOfTrailingZeros(exponents) + 1;
    // White noise, which most tensors are, should not take long.
    least = HOPEFUL + unpredicted;
    for (Predictor predictor : QUICK) {
      consider(order(), 0, predictor, FEW);
    }
    if (exponents != 0) {
      consider(Prediction.Order.MAGNITUDE, lowBits, Predictor.SMOOTH, FEW);
    }
    if (best == null) {
      return null;
    }
    best = null;
    least = PROMISING + bits(new PatternSource(tensor, framing, isFolded, null).excerpt(SOME).all(), null, 0);
    for (Predictor predictor : Predictor.values()) {
      if (predictor != Predictor.NONE) {
        consider(order(), 0, predictor, SOME);
      }
    }
    if (exponents != 0) {
      for (Predictor predictor : OF_EXPONENTS) {
        consider(Prediction.Order.MAGNITUDE, lowBits, predictor, SOME);
      }
    }
    return best;
  }

  /** The same number subtracted from all, so that steps of dropped bits lie around it. */
  Found centred() {
    best = null;
    least = Double.MAX_VALUE;
    consider(order(), 0, Predictor.NONE, SOME);
    return best;
  }

  private void consider(Prediction.Order order, int lowBits, Predictor predictor, int values) {
    int predicted = bits(order) - lowBits;
    if (predicted < 1 || predictor.hasFractions() && predicted > Prediction.MOST_BITS_OF_FRACTIONS) {
      return;
    }
    PatternSource patterns = new PatternSource(tensor, framing, false, null);
    long base = predictor == Predictor.NONE
        ? middle(patterns.excerpt(values).all(), order) : order.number(patterns.first(), width) >>> lowBits;
    short[] weights = predictor.isWeighted()
        ? new WeightFit(patterns.excerpt(values), order, lowBits, predicted, width).weights() : new short[0];
    Prediction plain = new Prediction(order, lowBits, predicted, predictor, base, 0, weights);
    long[] differences = new PatternSource(tensor, framing, false, plain).excerpt(values).all();
    int low = low(differences, lowBits, predicted);
    long[] biased = new long[differences.length];
    long bias = bias(low, 0, lowBits);
    add(differences, bias, plain, biased);
    bias = bias(low, bestDropped(biased, low), lowBits);
    add(differences, bias, plain, biased);
    Prediction prediction = new Prediction(order, lowBits, predicted, predictor, base, bias, weights);
    double bits = bits(biased, prediction, low);
    if (bits < least) {
      least = bits;
      best = new Found(prediction, low);
    }
  }

  private long middle(long[] patterns, Prediction.Order order) {
    long[] numbers = new long[patterns.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = order.number(patterns[i], width);
    }
    Arrays.sort(numbers);
    return numbers.length == 0 ? 0 : numbers[numbers.length / 2];
  }

  private static void add(long[] differences, long bias, Prediction prediction, long[] biased) {
    long all = (-1L >>> (64 - prediction.bits())) << prediction.lowBits();
    for (int i = 0; i < biased.length; i++) {
      biased[i] = ((differences[i] + (bias << prediction.lowBits())) & all) | (differences[i] & ~all);
    }
  }

  /** Number of bits from the highest that differs between numbers. */
  private int bits(Prediction.Order order) {
    long top = 1L << (width - 1);
    if (order != Prediction.Order.MAGNITUDE) {
      return 64 - Long.numberOfLeadingZeros(varying);
    }
    return 64 - Long.numberOfLeadingZeros(((varying & (top - 1)) << 1) | 1);
  }

  private int bestDropped(long[] patterns, int low) {
    long[] counts = SymbolCounts.of(patterns, patterns.length, 0xFFL << low);
    int bestDropped = 0;
    for (int dropped = 1; dropped < ExactPlane.MOST_BITS; dropped++) {
      if (SymbolCounts.expectedBits(counts, dropped) < SymbolCounts.expectedBits(counts, bestDropped)) {
        bestDropped = dropped;
      }
    }
    return bestDropped;
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
    long bias = (1L << (low + ExactPlane.MOST_BITS - 1)) + (half >= lowBits ? 1L << half : 0);
    return (bias & all()) >>> lowBits;
  }

  /** The lowest bit of the eight that hold nearly all differences. */
  private int low(long[] differences, int lowBits, int predicted) {
    int[] lengths = new int[65];
    for (long difference : differences) {
      long signed = difference << (64 - lowBits - predicted) >> (64 - predicted);
      lengths[65 - Long.numberOfLeadingZeros(signed ^ (signed >> 63))]++;
    }
    int beyond = 0;
    int bits = 64;
    while (bits > ExactPlane.MOST_BITS && beyond + lengths[bits] <= differences.length / RARE) {
      beyond += lengths[bits--];
    }
    return Math.max(0, Math.min(bits, predicted) + lowBits - ExactPlane.MOST_BITS);
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
