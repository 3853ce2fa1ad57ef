package llm265.reference.decoder;

import java.util.Arrays;

/**
 * 7.3.2.1.1.1 Scaling list syntax, and the fall-back rules of Table 7-2. Lists 0 to 5 are 4x4 (Intra Y, Cb, Cr, Inter Y, Cb,
 * Cr), lists 6 to 11 are 8x8 (Intra Y, Inter Y, Intra Cb, Inter Cb, Intra Cr, Inter Cr), each in zig-zag order.
 */
final class ScalingLists {
  /** Table 7-3. */
  private static final int[] DEFAULT_4X4_INTRA = {6, 13, 13, 20, 20, 20, 28, 28, 28, 28, 32, 32, 32, 37, 37, 42};
  private static final int[] DEFAULT_4X4_INTER = {10, 14, 14, 20, 20, 20, 24, 24, 24, 24, 27, 27, 27, 30, 30, 34};

  /** Table 7-4. */
  private static final int[] DEFAULT_8X8_INTRA = {
    6, 10, 10, 13, 11, 13, 16, 16, 16, 16, 18, 18, 18, 18, 18, 23, 23, 23, 23, 23, 23, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27,
    27, 27, 27, 27, 29, 29, 29, 29, 29, 29, 29, 31, 31, 31, 31, 31, 31, 33, 33, 33, 33, 33, 36, 36, 36, 36, 38, 38, 38, 40, 40, 42
  };
  private static final int[] DEFAULT_8X8_INTER = {
    9, 13, 13, 15, 13, 15, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21, 21, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, 22, 24, 24, 24, 24,
    24, 24, 24, 24, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27, 27, 27, 28, 28, 28, 28, 28, 30, 30, 30, 30, 32, 32, 32, 33, 33, 35
  };

  /** The lists as they are sent; null for one that is not present. */
  private final int[][] sent = new int[12][];

  /** Reads what follows seq_scaling_matrix_present_flag or pic_scaling_matrix_present_flag. */
  static ScalingLists scalingMatrix(Bits bits, Watcher watcher, int count, String presentFlag) {
    ScalingLists lists = new ScalingLists();
    for (int i = 0; i < count; i++) {
      if (bits.flag(presentFlag + "[" + i + "]")) {
        watcher.begin("scaling_list", "7.3.2.1.1.1");
        lists.sent[i] = scalingList(bits, i);
        watcher.end();
      }
    }
    return lists;
  }

  /** 7.3.2.1.1.1: scaling_list( ). */
  private static int[] scalingList(Bits bits, int i) {
    int[] scalingList = new int[i < 6 ? 16 : 64];
    int lastScale = 8;
    int nextScale = 8;
    for (int j = 0; j < scalingList.length; j++) {
      if (nextScale != 0) {
        int deltaScale = bits.se("delta_scale", -128, 127);
        nextScale = (lastScale + deltaScale + 256) % 256;
        boolean useDefaultScalingMatrixFlag = j == 0 && nextScale == 0;
        if (useDefaultScalingMatrixFlag) {
          return defaultList(i);
        }
      }
      scalingList[j] = nextScale == 0 ? lastScale : nextScale;
      lastScale = scalingList[j];
    }
    return scalingList;
  }

  private static int[] defaultList(int i) {
    if (i < 6) {
      return i < 3 ? DEFAULT_4X4_INTRA : DEFAULT_4X4_INTER;
    }
    return i % 2 == 0 ? DEFAULT_8X8_INTRA : DEFAULT_8X8_INTER;
  }

  /** 7.4.2.1.1 and 7.4.2.2: the twelve lists that apply; either argument is null where its set sends no matrix. */
  static int[][] ofPicture(ScalingLists sequence, ScalingLists picture) {
    int[][] ofSequence = sequence == null ? flat() : sequence.withFallBack(null);
    if (picture == null) {
      return ofSequence;
    }
    return picture.withFallBack(sequence == null ? null : ofSequence);
  }

  /** 7.4.2.1.1: Flat_4x4_16 and Flat_8x8_16. */
  private static int[][] flat() {
    int[][] lists = new int[12][];
    for (int i = 0; i < 12; i++) {
      lists[i] = new int[i < 6 ? 16 : 64];
      Arrays.fill(lists[i], 16);
    }
    return lists;
  }

  /** Table 7-2: a list that is not sent is that before it of its kind; the first is that of fall-back rule set A or B. */
  private int[][] withFallBack(int[][] ofSequence) {
    int[][] lists = new int[12][];
    for (int i = 0; i < 12; i++) {
      boolean first = i == 0 || i == 3 || i == 6 || i == 7;
      if (sent[i] != null) {
        lists[i] = sent[i];
      } else if (first) {
        lists[i] = ofSequence == null ? defaultList(i) : ofSequence[i];
      } else {
        lists[i] = i < 6 ? lists[i - 1] : lists[i - 2];
      }
    }
    return lists;
  }
}
