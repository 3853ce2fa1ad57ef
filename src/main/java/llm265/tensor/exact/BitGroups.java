package llm265.tensor.exact;

import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;
import llm265.tensor.tools.ExactPlane;

/** Groups of up to eight bits that are examined together. */
public final class BitGroups {
  private BitGroups() {}

  /** Groups of bits that are examined together; those with the most order come first. */
  public static List<Long> of(DType type, long varying) {
    List<Long> groups = new ArrayList<>();
    long exponents = exponents(type) & varying;
    while (exponents != 0) {
      // The low bits of a long exponent carry more information than the high ones.
      long group = lowest(exponents);
      groups.add(group);
      exponents &= ~group;
    }
    long rest = varying & ~exponents(type);
    while (rest != 0) {
      long group = Long.reverse(lowest(Long.reverse(rest)));
      groups.add(group);
      rest &= ~group;
    }
    return groups;
  }

  /**
   * Groups of the bits of differences.
   *
   * @param low the lowest bit of the group that most differences do not go beyond
   */
  static List<Long> ofDifferences(int low, int width, long varying) {
    List<Long> groups = new ArrayList<>();
    for (int from = low; from < width; from += ExactPlane.MOST_BITS) {
      groups.add((0xFFL << from) & varying);
    }
    for (int to = low; to > 0; to -= ExactPlane.MOST_BITS) {
      groups.add(((1L << to) - (1L << Math.max(0, to - ExactPlane.MOST_BITS))) & varying);
    }
    groups.removeIf(group -> group == 0);
    return groups;
  }

  static long exponents(DType type) {
    return switch (type) {
      case F32 -> 0x7F80_0000L;
      case F16 -> 0x7C00;
      case BF16 -> 0x7F80;
      case F64 -> 0x7FFL << 52;
      case C64 -> 0x7F80_0000_7F80_0000L;
      default -> 0;
    };
  }

  private static long lowest(long bits) {
    long rest = bits;
    for (int i = 0; i < ExactPlane.MOST_BITS; i++) {
      rest &= rest - 1;
    }
    return bits & ~rest;
  }
}
