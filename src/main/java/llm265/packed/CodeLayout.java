package llm265.packed;

import llm265.dtype.DType;

/** What the bytes of a tensor are. A wrong layout costs bytes, and nothing else. SPEC.md, "Packed tensors". */
public enum CodeLayout {
  /** Blocks of a type of {@link DType.Kind#BLOCK}. */
  BLOCKS,
  /** Floating-point numbers, or exponents, that belong to groups of other values. */
  SCALES,
  /** A code, or an eight-bit float, in each byte. */
  BYTES,
  /** Two codes in each byte. */
  NIBBLES,
  /** Sixteen codes of 2 bits in each 32-bit word. */
  WORDS_OF_2,
  /** Thirty-two codes of 3 bits in three 32-bit words. */
  WORDS_OF_3,
  /** Eight codes of 4 bits in each 32-bit word. */
  WORDS_OF_4,
  /** Four codes of 8 bits in each 32-bit word. */
  WORDS_OF_8,
  /** Numbers of any kind, such as indices. */
  NUMBERS;

  /** Bits of a code in 32-bit words; 0 for layouts without them. */
  int wordBits() {
    return switch (this) {
      case WORDS_OF_2 -> 2;
      case WORDS_OF_3 -> 3;
      case WORDS_OF_4 -> 4;
      case WORDS_OF_8 -> 8;
      default -> 0;
    };
  }

  /** Whether tensors of a type may have this layout. */
  boolean fits(DType type) {
    if (type.kind() == DType.Kind.BLOCK || this == BLOCKS) {
      return type.kind() == DType.Kind.BLOCK && this == BLOCKS;
    }
    return wordBits() == 0 || type.bits() == Integer.SIZE;
  }
}
