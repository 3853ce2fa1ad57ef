package llm265.rate;

import java.util.Arrays;

/**
 * Shares the bytes of a file between its tensors, and shares out again what some of them left over or took too much.
 *
 * <p>What a tensor comes to depends on all sizes, never on the order in which they became known.
 */
public final class FileBudget {
  /** How bits are shared between tensors. */
  @FunctionalInterface
  public interface Allocation {
    /** The same number of bits for each value. */
    Allocation EQUAL =
        (values, bits) -> {
          double all = Arrays.stream(values).asDoubleStream().sum();
          double[] targets = new double[values.length];
          Arrays.fill(targets, bits / all);
          return targets;
        };

    /**
     * Shares bits.
     *
     * @param values number of values of each tensor
     * @param bits number of bits for all
     * @return bits a value for each tensor
     */
    double[] share(long[] values, double bits);
  }

  /** The total may miss the budget by this much; no tensor is coded again for less. */
  private static final double TOLERANCE = 0.002;

  /** A tensor that missed its own target by more than this cannot take part in what is shared out again. */
  private static final double FLEXIBILITY = 0.01;

  private static final double LEAST_FLEXIBILITY_BYTES = 16;

  /** No tensor is asked for less: its headers alone take that much. */
  private static final double LEAST_BITS = 0.02;

  private final long[] values;
  private final double[] targets;
  private final double budgetBytes;

  /**
   * A budget.
   *
   * @param values number of values of each tensor, 1 or more
   * @param budgetBytes bytes for all of them; may be less than can be had
   */
  public FileBudget(long[] values, double budgetBytes, Allocation allocation) {
    this.values = values.clone();
    this.budgetBytes = budgetBytes;
    targets = allocation.share(values, 8 * budgetBytes);
    clampTargets();
  }

  private void clampTargets() {
    for (int i = 0; i < targets.length; i++) {
      targets[i] = Math.clamp(targets[i], LEAST_BITS, 16);
    }
  }

  /** Bits a value to aim at for a tensor. */
  public double target(int tensor) {
    return targets[tensor];
  }

  /**
   * Compares what came out with the budget and moves the targets of the tensors that met theirs, each value by the same.
   *
   * @param bytes size of each tensor
   * @return which tensors are to be coded again, with their new targets; empty if the total is near enough
   */
  public int[] correct(long[] bytes) {
    double left = budgetBytes - Arrays.stream(bytes).asDoubleStream().sum();
    if (Math.abs(left) <= TOLERANCE * budgetBytes) {
      return new int[0];
    }
    int[] flexible = new int[values.length];
    int count = 0;
    double flexibleValues = 0;
    for (int i = 0; i < values.length; i++) {
      double wanted = targets[i] * values[i] / 8;
      if (Math.abs(bytes[i] - wanted) <= FLEXIBILITY * wanted + LEAST_FLEXIBILITY_BYTES) {
        flexible[count++] = i;
        flexibleValues += values[i];
      }
    }
    for (int i = 0; i < count; i++) {
      targets[flexible[i]] += 8 * left / flexibleValues;
    }
    clampTargets();
    return Arrays.copyOf(flexible, count);
  }
}
