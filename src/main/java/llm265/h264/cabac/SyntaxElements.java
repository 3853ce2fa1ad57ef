package llm265.h264.cabac;

/** Table 9-34: ctxIdxOffset of the syntax elements of I slices that are not residual. */
final class SyntaxElements {
  static final int MB_TYPE = 3;
  static final int MB_QP_DELTA = 60;
  static final int INTRA_CHROMA_PRED_MODE = 64;
  static final int PREV_INTRA_PRED_MODE_FLAG = 68;
  static final int REM_INTRA_PRED_MODE = 69;
  static final int MB_FIELD_DECODING_FLAG = 70;
  static final int CODED_BLOCK_PATTERN_LUMA = 73;
  static final int CODED_BLOCK_PATTERN_CHROMA = 77;
  static final int TRANSFORM_SIZE_8X8_FLAG = 399;

  private SyntaxElements() {}
}
