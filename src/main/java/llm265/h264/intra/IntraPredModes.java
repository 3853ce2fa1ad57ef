package llm265.h264.intra;

/** Tables 8-2, 8-3, 8-4 and 8-5: the prediction modes, and the neighbours that each mode needs. */
public final class IntraPredModes {
  public static final int VERTICAL = 0;
  public static final int HORIZONTAL = 1;
  public static final int DC = 2;
  public static final int DIAGONAL_DOWN_LEFT = 3;
  public static final int DIAGONAL_DOWN_RIGHT = 4;
  public static final int VERTICAL_RIGHT = 5;
  public static final int HORIZONTAL_DOWN = 6;
  public static final int VERTICAL_LEFT = 7;
  public static final int HORIZONTAL_UP = 8;

  /** Intra16x16PredMode 3. */
  public static final int PLANE_16X16 = 3;

  public static final int CHROMA_DC = 0;
  public static final int CHROMA_HORIZONTAL = 1;
  public static final int CHROMA_VERTICAL = 2;
  public static final int CHROMA_PLANE = 3;

  private IntraPredModes() {}

  /** Whether Intra_4x4 or Intra_8x8 mode 0..8 may be used with these neighbours (8.3.1.2, 8.3.2.2). */
  public static boolean isPossibleNxN(int mode, boolean left, boolean above, boolean corner) {
    return switch (mode) {
      case VERTICAL, DIAGONAL_DOWN_LEFT, VERTICAL_LEFT -> above;
      case HORIZONTAL, HORIZONTAL_UP -> left;
      case DC -> true;
      default -> left && above && corner;
    };
  }

  /** Whether Intra16x16PredMode 0..3 may be used with these neighbours (8.3.3). */
  public static boolean isPossible16x16(int mode, boolean left, boolean above, boolean corner) {
    return switch (mode) {
      case VERTICAL -> above;
      case HORIZONTAL -> left;
      case DC -> true;
      default -> left && above && corner;
    };
  }

  /** Whether intra_chroma_pred_mode 0..3 may be used with these neighbours (8.3.4). */
  public static boolean isPossibleChroma(int mode, boolean left, boolean above, boolean corner) {
    return switch (mode) {
      case CHROMA_DC -> true;
      case CHROMA_HORIZONTAL -> left;
      case CHROMA_VERTICAL -> above;
      default -> left && above && corner;
    };
  }
}
