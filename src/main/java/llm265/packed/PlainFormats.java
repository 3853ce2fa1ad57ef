package llm265.packed;

import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;

/** The records of types without blocks, by layout. SPEC.md, "Records of plain types". */
final class PlainFormats {
  private static final int WORD = Integer.SIZE;

  private PlainFormats() {}

  /**
   * The format of a layout that fits the type.
   *
   * @param tile codes that have a class together, 1 or more
   * @param apart words in which codes of each number of a word have classes by themselves; 0 where all codes of words have them
   *     together
   */
  static RecordFormat of(CodeLayout layout, DType type, int tile, int apart) {
    return switch (layout) {
      case SCALES -> scales(type, tile);
      case BYTES -> one(1, 8, 1, tile, order(type), List.of(Piece.of(0, 1, 0, 8, 8, 0)));
      case NIBBLES -> one(1, 4, 2, tile, CodeField.PLAIN, List.of(Piece.of(0, 2, 0, 4, 4, 0)));
      default -> words(layout.wordBits(), tile, apart);
    };
  }

  private static RecordFormat one(int recordBytes, int bits, int perRecord, int tile, int order, List<Piece> pieces) {
    return new RecordFormat(
        recordBytes, List.of(new CodeField(bits, perRecord, tile, order, CodeField.NO_CONTEXT, pieces)), null);
  }

  private static int order(DType type) {
    return switch (type) {
      case I8 -> CodeField.SIGNED;
      case F8_E4M3, F8_E5M2 -> CodeField.SIGN_MAGNITUDE;
      default -> CodeField.PLAIN;
    };
  }

  private static RecordFormat words(int bits, int tile, int apart) {
    List<Piece> pieces = new ArrayList<>();
    if (bits == 3) {
      for (int k = 0; k < 8; k++) {
        int low = Math.min(bits, 8 - 3 * k % 8);
        pieces.add(new Piece(k, 8, 4, 3 * k, 24, low, 0));
        if (low < bits) {
          pieces.add(new Piece(k, 8, 4, 3 * k + low, 24, bits - low, low));
        }
      }
      return one(3 * WORD / 8, bits, WORD, tile, CodeField.PLAIN, pieces);
    }
    int codes = WORD / bits;
    int words = Math.max(1, apart);
    for (int k = 0; k < codes; k++) {
      pieces.add(apart == 0
          ? new Piece(k, 1, 1, k * bits, bits, bits, 0)
          : Piece.of(k * words, words, k * bits, WORD, bits, 0));
    }
    return one(words * WORD / 8, bits, words * codes, tile, CodeField.PLAIN, pieces);
  }

  /** The bytes of numbers from the highest on; a sign is behind the exponent if that has eight bits. */
  private static RecordFormat scales(DType type, int tile) {
    int bytes = Math.max(1, type.bits() / 8);
    List<CodeField> fields = new ArrayList<>();
    boolean isLongExponent = type == DType.BF16 || type == DType.F32;
    for (int i = bytes - 1; i >= 0; i--) {
      boolean isSecond = isLongExponent && i == bytes - 2;
      List<Piece> pieces = new ArrayList<>();
      if (isLongExponent && i == bytes - 1) {
        pieces.add(Piece.of(0, 1, 8 * i, 8, 7, 1));
        pieces.add(Piece.of(0, 1, 8 * i - 1, 8, 1, 0));
      } else if (isSecond) {
        pieces.add(Piece.of(0, 1, 8 * i, 8, 7, 0));
        pieces.add(Piece.of(0, 1, 8 * i + 15, 8, 1, 7));
      } else {
        pieces.add(Piece.of(0, 1, 8 * i, 8, 8, 0));
      }
      boolean isFirst = i == bytes - 1;
      boolean isConditional = isSecond || bytes == 2 && !isFirst;
      fields.add(new CodeField(8, 1, isConditional ? 1 : tile, isFirst && bytes == 1 ? order(type) : CodeField.PLAIN,
          isConditional ? 0 : CodeField.NO_CONTEXT, pieces));
    }
    return new RecordFormat(bytes, fields, null);
  }
}
