package llm265.data;

import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;

/**
 * A way to take values, which an encoder measures.
 *
 * @param width of a value in bytes
 * @param transform a number of {@link Transform}
 * @param distance as in {@link BlockLayout}
 * @param head bits of a word that are looked at by themselves before the rest: an exponent
 */
record LayoutCandidate(int width, int transform, int distance, int head) {
  private static final LayoutCandidate BYTES = new LayoutCandidate(1, Transform.PLAIN, 0, 0);
  private static final LayoutCandidate BF16 = new LayoutCandidate(2, Transform.ROTATED, 0, 8);
  private static final LayoutCandidate F16 = new LayoutCandidate(2, Transform.ROTATED, 0, 5);
  private static final LayoutCandidate F32 = new LayoutCandidate(4, Transform.ROTATED, 0, 8);
  private static final LayoutCandidate F64 = new LayoutCandidate(8, Transform.ROTATED, 0, 11);

  /** Those for values of a type; of all types for bytes of any kind, where it is null. */
  static List<LayoutCandidate> of(DType type) {
    if (type == null) {
      List<LayoutCandidate> all = new ArrayList<>(List.of(BYTES, BF16, F16, F32, F64));
      for (int distance : new int[] {1, 2, 3, 4}) {
        all.add(new LayoutCandidate(1, Transform.PLAIN, distance, 0));
      }
      for (int width = 2; width <= 8; width *= 2) {
        all.addAll(ofIntegers(width));
      }
      return all;
    }
    return switch (type) {
      case BF16 -> List.of(BF16);
      case F16 -> List.of(F16);
      case F32, C64 -> List.of(F32);
      case F64 -> List.of(F64);
      case I16, U16, I32, U32, I64, U64 -> ofIntegers(type.bits() / 8);
      default -> List.of(BYTES, new LayoutCandidate(1, Transform.PLAIN, 1, 0));
    };
  }

  private static List<LayoutCandidate> ofIntegers(int width) {
    return List.of(
        new LayoutCandidate(width, Transform.PLAIN, 0, 0),
        new LayoutCandidate(width, Transform.ZIGZAG, 0, 0),
        new LayoutCandidate(width, Transform.ZIGZAG, 1, 0));
  }
}
