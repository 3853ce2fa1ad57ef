package llm265.h264.cabac;

/** 9.3.3.1.3: the contexts of the bins of coeff_abs_level_minus1, given the earlier levels of the block. */
public final class LevelStates {
  /**
   * 9.3.3.1.3 as a state machine. States 0 to 3 stand for that many levels of magnitude 1 and none greater, 4 to 7 for 1 to 4
   * greater ones. Gives the state after a level, indexed by {@code state << 1 | (magnitude > 1)}.
   */
  static final byte[] NEXT = {1, 4, 2, 4, 3, 4, 3, 4, 4, 5, 5, 6, 6, 7, 7, 7};

  /** ctxIdxInc of the first bin of coeff_abs_level_minus1, indexed by state. */
  static final byte[] FIRST = {1, 2, 3, 4, 0, 0, 0, 0};

  /** ctxIdxInc of its other bins, indexed by state, before it is limited for ChromaDCLevel. */
  static final byte[] FURTHER = {5, 5, 5, 5, 6, 7, 8, 9};

  private LevelStates() {}

  /** ctxIdxInc of the first bin of coeff_abs_level_minus1 in a state. */
  public static int first(int state) {
    return FIRST[state];
  }

  /** ctxIdxInc of its other bins, before it is limited. */
  public static int further(int state) {
    return FURTHER[state];
  }
}
