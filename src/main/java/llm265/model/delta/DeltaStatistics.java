package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;

/**
 * Sums over the values of a tensor and of its base. Each range is summed in its order, and ranges are added in theirs, so that
 * sums do not depend on the number of threads.
 */
final class DeltaStatistics {
  private static final int BLOCK = 1 << 12;

  private long finite;
  private double sum;
  private double squares;
  private double changeSum;
  private double changeSquares;
  private double greatest;
  private double greatestChange;
  private double spacings;
  private boolean isEqual = true;
  private boolean isSummable = true;

  /** Sums of a range, whose values are of one of the types that have samples. */
  static DeltaStatistics of(DType type, MemorySegment base, MemorySegment values) {
    DeltaStatistics sums = new DeltaStatistics();
    sums.isEqual = base.mismatch(values) == -1;
    double[] from = new double[BLOCK];
    double[] to = new double[BLOCK];
    int count = Math.toIntExact(values.byteSize() / type.byteSize(1));
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(type, base, first, from, 0, some);
      ValueCodec.read(type, values, first, to, 0, some);
      for (int i = 0; i < some; i++) {
        if (Double.isFinite(to[i])) {
          sums.add(type, Double.isFinite(from[i]) ? from[i] : 0, to[i]);
        } else {
          // Only a stream can bring it.
          sums.greatestChange = from[i] == to[i] ? sums.greatestChange : Double.POSITIVE_INFINITY;
        }
      }
    }
    return sums;
  }

  /** What only says whether values are equal. */
  static DeltaStatistics ofEqual(boolean isEqual) {
    DeltaStatistics sums = new DeltaStatistics();
    sums.isEqual = isEqual;
    sums.isSummable = false;
    return sums;
  }

  private void add(DType type, double from, double to) {
    double change = to - from;
    isSummable &= type == DType.F64 ? Double.isFinite(change) : Math.abs(change) <= Float.MAX_VALUE;
    finite++;
    sum += to;
    squares += to * to;
    changeSum += change;
    changeSquares += change * change;
    greatest = Math.max(greatest, Math.abs(to));
    greatestChange = Math.max(greatestChange, Math.abs(change));
    double spacing = spacing(type, to);
    spacings += spacing * spacing;
  }

  /** Distance of a value to the next of its type; 0 where it is too small to count. */
  private static double spacing(DType type, double value) {
    return switch (type) {
      case F16 -> Math.scalb(1.0, Math.max(Math.getExponent(value), -14) - 10);
      case BF16 -> Math.scalb(1.0, Math.max(Math.getExponent(value), Float.MIN_EXPONENT) - 7);
      default -> 0;
    };
  }

  void add(DeltaStatistics range) {
    finite += range.finite;
    sum += range.sum;
    squares += range.squares;
    changeSum += range.changeSum;
    changeSquares += range.changeSquares;
    greatest = Math.max(greatest, range.greatest);
    greatestChange = Math.max(greatestChange, range.greatestChange);
    spacings += range.spacings;
    isEqual &= range.isEqual;
    isSummable &= range.isSummable;
  }

  /** Whether all values are the base's, bit for bit. */
  boolean isEqual() {
    return isEqual;
  }

  /** Whether sums with the base's values can be right. */
  boolean isSummable() {
    return isSummable;
  }

  double variance() {
    double count = Math.max(1, finite);
    return Math.max(0, squares / count - sum / count * (sum / count));
  }

  double meanSquaredChange() {
    return changeSquares / Math.max(1, finite);
  }

  double changeVariance() {
    double count = Math.max(1, finite);
    return Math.max(0, changeSquares / count - changeSum / count * (changeSum / count));
  }

  double greatest() {
    return greatest;
  }

  /** Greatest distance from the base's value; infinite if a value is not finite and not the base's. */
  double greatestChange() {
    return greatestChange;
  }

  /** Mean squared error of rounding values that lie about the tensor's to its type; 0 for types whose rounding never counts. */
  double roundingError() {
    return spacings / 12 / Math.max(1, finite);
  }
}
