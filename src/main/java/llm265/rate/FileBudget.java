package llm265.rate;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The bytes of a file and what each of its tensors has of them; shares out again what some of them left over or took too much.
 *
 * <p>What a tensor comes to depends on all sizes, never on the order in which they became known.
 */
public final class FileBudget {
  /** The file may miss its size by this much; no tensor is coded again for less. */
  private static final double TOLERANCE = 0.003;

  /** A tensor that missed its own target by more than this cannot take part in what is shared out again. */
  private static final double FLEXIBILITY = 0.03;

  private static final double LEAST_FLEXIBILITY_BYTES = 16;

  /** By how much of their bits tensors are moved at most, if more of them can share. */
  private static final double GREATEST_MOVE = 0.03;

  /** No tensor is asked for less: its headers alone take that much. */
  private static final double LEAST_BITS = 0.02;

  private static final double GREATEST_BITS = 16;

  private final long[] values;
  private final double[] targets;
  private final boolean[] unmovable;
  private final double budgetBytes;
  private final double toleranceBytes;

  /**
   * A budget.
   *
   * @param values number of values of each tensor, 1 or more
   * @param targets bits per value for each tensor
   * @param unmovable tensors whose targets do not change
   * @param budgetBytes bytes for all of them; may be less than can be had
   * @param fileBytes bytes of the file that they are a part of
   */
  public FileBudget(long[] values, double[] targets, boolean[] unmovable, double budgetBytes, double fileBytes) {
    this.values = values.clone();
    this.targets = targets.clone();
    this.unmovable = unmovable.clone();
    this.budgetBytes = budgetBytes;
    this.toleranceBytes = TOLERANCE * fileBytes;
    for (int i = 0; i < targets.length; i++) {
      move(i, 0);
    }
  }

  private void move(int tensor, double bits) {
    targets[tensor] = Math.clamp(targets[tensor] + bits, LEAST_BITS, GREATEST_BITS);
  }

  /** Bits per value to aim at for a tensor. */
  public double target(int tensor) {
    return targets[tensor];
  }

  /** Leaves a tensor as it has come out: it takes part no more in what is shared out again. */
  public void fix(int tensor, long bytes) {
    targets[tensor] = 8.0 * bytes / values[tensor];
    unmovable[tensor] = true;
  }

  /**
   * Compares what came out with the budget and moves the targets of tensors that met theirs, each value by the same: of as few
   * tensors, the largest first, as can take it without moving far.
   *
   * @param bytes size of each tensor
   * @return which tensors are to be coded again, with their new targets; empty if the total is near enough
   */
  public int[] correct(long[] bytes) {
    double left = budgetBytes - Arrays.stream(bytes).asDoubleStream().sum();
    if (Math.abs(left) <= toleranceBytes) {
      return new int[0];
    }
    Integer[] flexible = new Integer[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      double wanted = targets[i] * values[i] / 8;
      if (!unmovable[i] && Math.abs(bytes[i] - wanted) <= FLEXIBILITY * wanted + LEAST_FLEXIBILITY_BYTES) {
        flexible[count++] = i;
      }
    }
    Arrays.sort(flexible, 0, count, Comparator.comparingLong(i -> -values[i]));
    double room = 0;
    double moved = 0;
    int taken = 0;
    while (taken < count && room < Math.abs(left)) {
      int i = flexible[taken++];
      room += GREATEST_MOVE * bytes[i];
      moved += values[i];
    }
    int[] again = new int[taken];
    for (int p = 0; p < taken; p++) {
      again[p] = flexible[p];
      // What it came to counts, not what it was to come to.
      targets[again[p]] = 8.0 * bytes[again[p]] / values[again[p]];
      move(again[p], 8 * left / moved);
    }
    Arrays.sort(again);
    return again;
  }
}
