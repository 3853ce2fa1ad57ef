package llm265.h264.syntax;

import java.util.Arrays;

/**
 * 7.4.2.1.1, 7.4.2.2 and 8.5.9: the scaling lists that apply to a picture, after the fall-back rules of Table 7-2.
 *
 * <p>Twelve lists: 0..5 are 4x4 (Intra Y, Cb, Cr, Inter Y, Cb, Cr), 6..11 are 8x8 (Intra Y, Inter Y, Intra Cb, Inter
 * Cb, Intra Cr, Inter Cr), each in zig-zag order. Immutable.
 */
public final class ScalingLists {
  // Tables 7-3 and 7-4
  private static final int[] DEFAULT_4X4_INTRA = {6, 13, 13, 20, 20, 20, 28, 28, 28, 28, 32, 32, 32, 37, 37, 42};
  private static final int[] DEFAULT_4X4_INTER = {10, 14, 14, 20, 20, 20, 24, 24, 24, 24, 27, 27, 27, 30, 30, 34};

  private static final int[] DEFAULT_8X8_INTRA = {
    6, 10, 10, 13, 11, 13, 16, 16, 16, 16, 18, 18, 18, 18, 18, 23,
    23, 23, 23, 23, 23, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27,
    27, 27, 27, 27, 29, 29, 29, 29, 29, 29, 29, 31, 31, 31, 31, 31,
    31, 33, 33, 33, 33, 33, 36, 36, 36, 36, 38, 38, 38, 40, 40, 42
  };
  private static final int[] DEFAULT_8X8_INTER = {
    9, 13, 13, 15, 13, 15, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21,
    21, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, 22, 24, 24, 24, 24,
    24, 24, 24, 24, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27, 27,
    27, 28, 28, 28, 28, 28, 30, 30, 30, 30, 32, 32, 32, 33, 33, 35
  };

  private final int[][] lists;

  private ScalingLists(int[][] lists) {
    this.lists = lists;
  }

  /** Flat_4x4_16 and Flat_8x8_16. */
  public static ScalingLists flat() {
    int[][] lists = new int[12][];
    for (int i = 0; i < 12; i++) {
      lists[i] = new int[i < 6 ? 16 : 64];
      Arrays.fill(lists[i], 16);
    }
    return new ScalingLists(lists);
  }

  /**
   * The lists that apply to a picture: those of the picture parameter set. They fall back to those of the sequence parameter
   * set (rule set B) or, if it sends none, to the default lists (rule set A).
   *
   * @param sequence what the sequence parameter set sends, or null
   * @param picture what the picture parameter set sends, or null
   */
  static ScalingLists resolve(ScalingMatrix sequence, ScalingMatrix picture) {
    ScalingLists ofSequence = sequence == null ? flat() : resolve(sequence, (ScalingLists) null);
    if (picture == null) {
      return ofSequence;
    }
    return resolve(picture, sequence == null ? null : ofSequence);
  }

  /** Table 7-2: rule set A if {@code ofSequence} is null, otherwise rule set B. */
  private static ScalingLists resolve(ScalingMatrix sent, ScalingLists ofSequence) {
    int[][] lists = new int[12][];
    for (int i = 0; i < 12; i++) {
      // A list that the syntax has no place for counts as not present
      if (!sent.isPresent(i)) {
        lists[i] = fallBack(i, lists, ofSequence);
      } else if (sent.usesDefault(i)) {
        lists[i] = defaultList(i);
      } else {
        lists[i] = sent.list(i);
      }
    }
    return new ScalingLists(lists);
  }

  private static int[] fallBack(int i, int[][] lists, ScalingLists ofSequence) {
    boolean firstOfItsKind = i == 0 || i == 3 || i == 6 || i == 7;
    if (!firstOfItsKind) {
      return lists[i < 6 ? i - 1 : i - 2];
    }
    return ofSequence == null ? defaultList(i) : ofSequence.lists[i];
  }

  private static int[] defaultList(int i) {
    if (i < 6) {
      return i < 3 ? DEFAULT_4X4_INTRA : DEFAULT_4X4_INTER;
    }
    return (i & 1) == 0 ? DEFAULT_8X8_INTRA : DEFAULT_8X8_INTER;
  }

  /** The 4x4 lists (Intra Y, Cb, Cr, Inter Y, Cb, Cr), 6 x 16, in zig-zag order; the caller must not change them. */
  public int[][] lists4x4() {
    return Arrays.copyOf(lists, 6);
  }

  /** The 8x8 lists (Intra Y, Inter Y, Intra Cb, Inter Cb, Intra Cr, Inter Cr), 6 x 64; the caller must not change them. */
  public int[][] lists8x8() {
    return Arrays.copyOfRange(lists, 6, 12);
  }
}
