package llm265.h264.syntax;

import java.util.Arrays;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.1.1.1 Scaling list syntax: the scaling lists of one parameter set as they are sent. {@link ScalingLists} applies the
 * fall-back rules to them.
 *
 * <p>Up to twelve lists: 0..5 are 4x4 (Intra Y, Cb, Cr, Inter Y, Cb, Cr), 6..11 are 8x8 (Intra Y, Inter Y, Intra Cb,
 * Inter Cb, Intra Cr, Inter Cr), each in zig-zag order. Immutable.
 */
public final class ScalingMatrix {
  /** Stands for a list whose useDefaultScalingMatrixFlag is 1. */
  private static final int[] DEFAULT = {};

  private final int[][] lists;

  private ScalingMatrix(int[][] lists) {
    this.lists = lists;
  }

  /**
   * The lists that a caller gives.
   *
   * @param lists up to 12 lists; null for one that is not present, empty for the default list, otherwise 16 or 64 scales of 1
   *     to 255 in zig-zag order. Null for no matrix at all
   * @throws IllegalArgumentException if a list has another length or a scale is out of its range
   */
  public static ScalingMatrix of(int[][] lists) {
    if (lists == null) {
      return null;
    }
    if (lists.length > 12) {
      throw new IllegalArgumentException(lists.length + " scaling lists");
    }
    int[][] copy = new int[lists.length][];
    for (int i = 0; i < lists.length; i++) {
      int[] list = lists[i];
      if (list == null) {
        continue;
      }
      boolean wrongLength = list.length != 0 && list.length != length(i);
      if (wrongLength || Arrays.stream(list).anyMatch(scale -> scale < 1 || scale > 255)) {
        throw new IllegalArgumentException("scaling list " + i);
      }
      copy[i] = list.clone();
    }
    return new ScalingMatrix(copy);
  }

  private static int length(int list) {
    return list < 6 ? 16 : 64;
  }

  /** Whether list {@code i} is sent: scaling_list_present_flag. */
  public boolean isPresent(int i) {
    return i < lists.length && lists[i] != null;
  }

  /** Whether list {@code i} is sent as the default list: useDefaultScalingMatrixFlag. */
  public boolean usesDefault(int i) {
    return isPresent(i) && lists[i].length == 0;
  }

  /** The scales of a list that is present and not the default; the caller must not change them. */
  int[] list(int i) {
    return lists[i];
  }

  /**
   * Parses what follows seq_scaling_matrix_present_flag or pic_scaling_matrix_present_flag.
   *
   * @param count number of lists: 8 or 12, or 6 in a picture parameter set without 8x8 transform
   */
  static ScalingMatrix parse(RbspReader reader, int count, String presentFlag) {
    int[][] lists = new int[count][];
    for (int i = 0; i < count; i++) {
      if (reader.readFlag(reader.indexed(presentFlag, i))) {
        int size = length(i);
        lists[i] = reader.readStructure("scaling_list", list -> parseList(list, size));
      }
    }
    return new ScalingMatrix(lists);
  }

  /** scaling_list(). */
  private static int[] parseList(RbspReader reader, int size) {
    int[] list = new int[size];
    int lastScale = 8;
    int nextScale = 8;
    for (int j = 0; j < size; j++) {
      if (nextScale != 0) {
        int deltaScale = reader.readSe("delta_scale", "7.4.2.1.1.1", -128, 127);
        nextScale = (lastScale + deltaScale + 256) & 255;
        if (j == 0 && nextScale == 0) {
          return DEFAULT;
        }
      }
      list[j] = nextScale == 0 ? lastScale : nextScale;
      lastScale = list[j];
    }
    return list;
  }

  /** Writes what {@link #parse} reads. Lists from {@code count} on are left out; missing ones are written as not present. */
  void write(RbspWriter writer, int count) {
    for (int i = 0; i < count; i++) {
      writer.writeFlag(isPresent(i));
      if (usesDefault(i)) {
        writer.writeSe(-8);
      } else if (isPresent(i)) {
        writeList(writer, lists[i]);
      }
    }
  }

  private static void writeList(RbspWriter writer, int[] list) {
    int end = list.length;
    while (end > 1 && list[end - 1] == list[end - 2]) {
      end--;
    }
    // Equal scales at the end are coded as one nextScale of 0, unless the scales, of one bit each, are shorter
    int stop = (byte) -list[end - 1];
    boolean stops = list.length - end > bits(stop);
    int last = 8;
    for (int scale : stops ? Arrays.copyOf(list, end) : list) {
      writer.writeSe((byte) (scale - last));
      last = scale;
    }
    if (stops) {
      writer.writeSe(stop);
    }
  }

  /** Number of bits of an se(v). */
  private static int bits(int value) {
    int codeNum = value > 0 ? 2 * value - 1 : -2 * value;
    return 63 - 2 * Integer.numberOfLeadingZeros(codeNum + 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScalingMatrix that && Arrays.deepEquals(lists, that.lists);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(lists);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(lists);
  }
}
