package llm265.h264.cabac;

/** The contexts of a ctxBlockCat in one kind of slice, looked up once, so that residual blocks look up nothing. */
public final class BlockContexts {
  public final int ctxBlockCat;
  public final int codedBlockFlag;
  public final int significantCoeffFlag;
  public final int lastSignificantCoeffFlag;
  public final int coeffAbsLevelMinus1;

  /** ctxIdx of the bins of coeff_abs_level_minus1 after the first, once many levels were greater than 1. */
  public final int largestLevelCtxIdx;

  public final byte[] significantIncrements;
  public final byte[] lastIncrements;

  BlockContexts(int ctxBlockCat, boolean fieldCoded, int numC8x8) {
    this.ctxBlockCat = ctxBlockCat;
    codedBlockFlag = CtxBlockCat.codedBlockFlag(ctxBlockCat);
    significantCoeffFlag = CtxBlockCat.significantCoeffFlag(ctxBlockCat, fieldCoded);
    lastSignificantCoeffFlag = CtxBlockCat.lastSignificantCoeffFlag(ctxBlockCat, fieldCoded);
    coeffAbsLevelMinus1 = CtxBlockCat.coeffAbsLevelMinus1(ctxBlockCat);
    largestLevelCtxIdx = coeffAbsLevelMinus1 + CtxBlockCat.largestLevelIncrement(ctxBlockCat);
    significantIncrements = CtxBlockCat.significantIncrements(ctxBlockCat, fieldCoded, numC8x8);
    lastIncrements = CtxBlockCat.lastIncrements(ctxBlockCat, numC8x8);
  }

  /** The contexts of every ctxBlockCat. NumC8x8 is 1 for 4:2:0, 2 for 4:2:2; formats without ChromaDCLevel pass 1. */
  public static BlockContexts[] all(boolean fieldCoded, int numC8x8) {
    BlockContexts[] contexts = new BlockContexts[CtxBlockCat.COUNT];
    for (int ctxBlockCat = 0; ctxBlockCat < contexts.length; ctxBlockCat++) {
      contexts[ctxBlockCat] = new BlockContexts(ctxBlockCat, fieldCoded, numC8x8);
    }
    return contexts;
  }
}
