package llm265.h264.syntax;

import java.util.Arrays;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.1.1.1 Scaling list syntax and 7.4.2.1.1.1, 7.4.2.2: the lists as sent, and what they come to with the fall-back rules.
 *
 * <p>Twelve lists: 0..5 are 4x4 (Intra Y, Cb, Cr, Inter Y, Cb, Cr), 6..11 are 8x8 (Intra Y, Inter Y, Intra Cb, Inter Cb, Intra Cr,
 * Inter Cr), each in zig-zag order.
 */
public final class ScalingLists {
  /** A list in the place of one that says: use the default list. */
  public static final int[] DEFAULT = {};

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
   * The lists that apply to a picture (Table 7-2): those of the picture parameter set, falling back to those of the sequence
   * parameter set (rule B) or the defaults (rule A).
   *
   * @param sequence lists as sent in the sequence parameter set, or null
   * @param picture lists as sent in the picture parameter set, or null
   */
  public static ScalingLists resolve(int[][] sequence, int[][] picture) {
    ScalingLists ofSequence = sequence == null ? flat() : resolve(sequence, (ScalingLists) null);
    if (picture == null) {
      return ofSequence;
    }
    return resolve(picture, sequence == null ? null : ofSequence);
  }

  /** Fall-back rule set A when {@code fallBack} is null, else rule set B. */
  private static ScalingLists resolve(int[][] sent, ScalingLists fallBack) {
    int[][] lists = new int[12][];
    for (int i = 0; i < 12; i++) {
      int[] list = i < sent.length ? sent[i] : null;
      if (list == null) {
        lists[i] = fallBack(i, lists, fallBack);
      } else if (list.length == 0) {
        lists[i] = defaultList(i);
      } else {
        lists[i] = list;
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

  /** The 4x4 lists (Intra Y, Cb, Cr, Inter Y, Cb, Cr) in zig-zag order; not to be written to. */
  public int[][] lists4x4() {
    return Arrays.copyOf(lists, 6);
  }

  /** The 8x8 lists (Intra Y, Inter Y, Intra Cb, Inter Cb, Intra Cr, Inter Cr) in zig-zag order; not to be written to. */
  public int[][] lists8x8() {
    return Arrays.copyOfRange(lists, 6, 12);
  }

  /**
   * The flags and lists of a parameter set: null for a list that is not present, {@link #DEFAULT} where
   * useDefaultScalingMatrixFlag comes out as 1.
   *
   * @param count number of lists: 8 or 12, or 6 in a picture parameter set without 8x8 transform
   */
  static int[][] parse(RbspReader reader, int count, String presentFlag) {
    int[][] lists = new int[count][];
    for (int i = 0; i < count; i++) {
      if (reader.readFlag(presentFlag + "[" + i + "]")) {
        lists[i] = parseList(reader, i < 6 ? 16 : 64);
      }
    }
    return lists;
  }

  /** scaling_list() (7.3.2.1.1.1). */
  private static int[] parseList(RbspReader reader, int size) {
    int[] list = new int[size];
    int lastScale = 8;
    int nextScale = 8;
    for (int j = 0; j < size; j++) {
      if (nextScale != 0) {
        int deltaScale = reader.readSe("delta_scale", "7.4.2.1.1.1", -128, 127);
        nextScale = lastScale + deltaScale + 256 & 255;
        if (j == 0 && nextScale == 0) {
          return DEFAULT;
        }
      }
      list[j] = nextScale == 0 ? lastScale : nextScale;
      lastScale = list[j];
    }
    return list;
  }

  /** Writes what {@link #parse} reads. */
  static void write(RbspWriter writer, int[][] lists, int count) {
    for (int i = 0; i < count; i++) {
      int[] list = i < lists.length ? lists[i] : null;
      writer.writeFlag(list != null);
      if (list != null) {
        writeList(writer, list);
      }
    }
  }

  private static void writeList(RbspWriter writer, int[] list) {
    if (list.length == 0) {
      writer.writeSe(-8);
      return;
    }
    int last = 8;
    // A run of equal scales at the end is one nextScale of 0.
    int end = list.length;
    while (end > 1 && list[end - 1] == list[end - 2]) {
      end--;
    }
    for (int j = 0; j < end; j++) {
      writer.writeSe((byte) (list[j] - last));
      last = list[j];
    }
    if (end < list.length) {
      writer.writeSe((byte) -last);
    }
  }

  /** Checks lists that a caller hands in: 6, 8 or 12 lists of the right lengths with scales of 1 to 255. */
  static void check(int[][] lists) {
    for (int i = 0; i < lists.length; i++) {
      int[] list = lists[i];
      if (list == null || list.length == 0) {
        continue;
      }
      if (list.length != (i < 6 ? 16 : 64) || Arrays.stream(list).anyMatch(scale -> scale < 1 || scale > 255)) {
        throw new IllegalArgumentException("scaling list " + i);
      }
    }
  }
}
