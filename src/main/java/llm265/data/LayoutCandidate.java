package llm265.data;

import java.util.ArrayList;
import java.util.List;
import llm265.data.symbol.DataKernels;
import llm265.dtype.DType;

/**
 * A way to take values, which an encoder measures.
 *
 * @param width of a value in bytes
 * @param transform as {@link DataKernels} numbers them
 * @param distance as in {@link BlockLayout}
 * @param head bits of a word that are looked at by themselves before the rest: an exponent
 */
record LayoutCandidate(int width, int transform, int distance, int head) {
  private static final LayoutCandidate BYTES = new LayoutCandidate(1, DataKernels.PLAIN, 0, 0);

  /** Those for values of a type, the narrowest first; of all types for bytes of any kind, where it is null. */
  static List<LayoutCandidate> of(DType type) {
    if (type == null) {
      List<LayoutCandidate> all = new ArrayList<>(List.of(BYTES));
      for (int distance : new int[] {1, 2, 3, 4}) {
        all.add(new LayoutCandidate(1, DataKernels.PLAIN, distance, 0));
      }
      for (DType known : new DType[] {DType.BF16, DType.F32, DType.F64, DType.I16, DType.I32, DType.I64}) {
        all.addAll(of(known));
      }
      return all;
    }
    return switch (type) {
      case BF16 -> ofFloats(2, 8);
      case F16 -> ofFloats(2, 5);
      case F32, C64 -> ofFloats(4, 8);
      case F64 -> ofFloats(8, 11);
      case I16, U16, I32, U32, I64, U64 -> ofIntegers(type.bits() / 8);
      default -> List.of(BYTES, new LayoutCandidate(1, DataKernels.PLAIN, 1, 0));
    };
  }

  /** Exponents by themselves, or with the first bits of the mantissa, which are not quite as good as noise. */
  private static List<LayoutCandidate> ofFloats(int width, int exponentBits) {
    return List.of(
        new LayoutCandidate(width, DataKernels.ROTATED, 0, exponentBits),
        new LayoutCandidate(width, DataKernels.ROTATED, 0, 0));
  }

  private static List<LayoutCandidate> ofIntegers(int width) {
    return List.of(
        new LayoutCandidate(width, DataKernels.PLAIN, 0, 0),
        new LayoutCandidate(width, DataKernels.ZIGZAG, 0, 0),
        new LayoutCandidate(width, DataKernels.ZIGZAG, 1, 0));
  }
}
