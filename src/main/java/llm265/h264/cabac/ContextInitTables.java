package llm265.h264.cabac;

/** 9.3.1.1 Initialization process for context variables: the values m and n of I slices (Tables 9-12 to 9-33). */
public final class ContextInitTables {
  private static final byte[] M = new byte[ContextVariables.COUNT];
  private static final byte[] N = new byte[ContextVariables.COUNT];

  static {
    for (int[] row : NormativeTable.read("context-init-i.txt", 3)) {
      M[row[0]] = (byte) row[1];
      N[row[0]] = (byte) row[2];
    }
  }

  private ContextInitTables() {}

  /** m of ctxIdx; 0 for one that no syntax element of an I slice uses. */
  public static int m(int ctxIdx) {
    return M[ctxIdx];
  }

  /** n of ctxIdx; 0 for one that no syntax element of an I slice uses. */
  public static int n(int ctxIdx) {
    return N[ctxIdx];
  }
}
