package llm265.rate;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The bytes of a file and the share of each of its tensors. Redistributes what some tensors left over or took too much.
 *
 * <p>The result for a tensor depends on all sizes, never on the order in which they became known.
 */
public final class FileBudget {
  /** The size of the file may be off by this much; within it no tensor is coded again. */
  private static final double TOLERANCE = 0.003;

  /** A tensor that missed its own target by more than this is left out when bits are redistributed. */
  private static final double FLEXIBILITY = 0.03;

  private static final double LEAST_FLEXIBILITY_BYTES = 16;

  /** Tensors are moved by at most this share of their bits if more of them can take part. */
  private static final double GREATEST_MOVE = 0.03;

  /** The least target of a tensor: its headers alone take that much. */
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
   * @param budgetBytes bytes for all of them; may be too few
   * @param fileBytes bytes of the file that contains them
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

  /** The target of a tensor, in bits per value. */
  public double target(int tensor) {
    return targets[tensor];
  }

  /** Fixes the size of a tensor: it no longer takes part when bits are redistributed. */
  public void fix(int tensor, long bytes) {
    targets[tensor] = 8.0 * bytes / values[tensor];
    unmovable[tensor] = true;
  }

  /**
   * Compares the sizes with the budget, and moves the targets of tensors that met theirs. Each of their values gets the same
   * change. It moves as few tensors as can take the change without moving far, the largest first.
   *
   * @param bytes size of each tensor
   * @return the tensors to code again, with their new targets; empty if the total is near enough
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
      // The actual size counts, not the target.
      targets[again[p]] = 8.0 * bytes[again[p]] / values[again[p]];
      move(again[p], 8 * left / moved);
    }
    Arrays.sort(again);
    return again;
  }
}
