package llm265.packed;

import java.util.List;

/**
 * A part of every record, which becomes a plane of symbols.
 *
 * @param bits of a symbol, 1 to 8
 * @param perRecord symbols of a record
 * @param block symbols, one behind the other on the plane, that have a class and holes together
 * @param order {@link #PLAIN}, {@link #SIGNED} or {@link #SIGN_MAGNITUDE}: how codes become symbols
 * @param context what a block's cell is taken from: {@link #NO_CONTEXT}, {@link #STEPS}, or the number of an earlier field
 * @param pieces all bits of the field
 */
record CodeField(int bits, int perRecord, int block, int order, int context, List<Piece> pieces) {
  static final int NO_CONTEXT = -1;

  /** Cells are taken from the steps of blocks. */
  static final int STEPS = -2;

  static final int PLAIN = 0;

  /** The highest bit is inverted: the least number becomes symbol 0. */
  static final int SIGNED = 1;

  /** Codes with the highest bit come first, with their other bits inverted; those without it come behind. */
  static final int SIGN_MAGNITUDE = 2;

  /** Cells of a context that is an earlier field. */
  static final int SYMBOL_CELLS = 256;

  CodeField {
    pieces = List.copyOf(pieces);
  }

  int cells() {
    return switch (context) {
      case NO_CONTEXT -> 0;
      case STEPS -> StepRule.CELLS;
      default -> SYMBOL_CELLS;
    };
  }

  /** Makes symbols of codes in place. */
  void toSymbols(byte[] plane, int count) {
    if (order == SIGNED) {
      int top = 1 << (bits - 1);
      for (int i = 0; i < count; i++) {
        plane[i] ^= (byte) top;
      }
    } else if (order == SIGN_MAGNITUDE) {
      int top = 1 << (bits - 1);
      for (int i = 0; i < count; i++) {
        int code = plane[i];
        plane[i] = (byte) ((code & top) != 0 ? ~code & (top - 1) : code | top);
      }
    }
  }

  /** Makes codes of symbols in place. */
  void toCodes(byte[] plane, int count) {
    if (order == SIGN_MAGNITUDE) {
      int top = 1 << (bits - 1);
      for (int i = 0; i < count; i++) {
        int symbol = plane[i];
        plane[i] = (byte) ((symbol & top) != 0 ? symbol & (top - 1) : ~symbol & (2 * top - 1));
      }
    } else {
      toSymbols(plane, count);
    }
  }
}
