package llm265.packed;

import java.util.Arrays;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;

/** Decodes planes of symbols. Used by one thread at a time. SPEC.md, "Planes". */
final class PlaneDecoder {
  static final int MOST_CLASSES = 32;
  static final int CLASS_BITS = 5;
  static final int HOLES_SHIFT = 5;
  static final int EXPLICIT = 1 << 7;

  /** In bits 5 and 6 of the mode: a hole that is either of two symbols. */
  static final int EITHER = 3;

  private byte[] classes = new byte[0];
  private final byte[][] places = {new byte[0], new byte[0]};
  private byte[] sorted = new byte[0];
  private final int[] counts = new int[MOST_CLASSES];
  private final int[] cursors = new int[MOST_CLASSES];

  /**
   * Decodes a plane.
   *
   * @param cells of blocks; null if the field has none
   * @param out has room for {@link #room} bytes
   */
  void decode(SequenceReader in, CodeField field, int count, short[] cells, byte[] out) {
    ByteSource head = in.head();
    int mode = head.u8("mode");
    int classCount = (mode & (MOST_CLASSES - 1)) + 1;
    int block = field.block();
    int blocks = Math.ceilDiv(count, block);
    boolean isExplicit = (mode & EXPLICIT) != 0;
    if (isExplicit ? classCount == 1 : classCount > 1 && cells == null) {
      throw head.fault("mode", "has classes of no kind that there is");
    }
    if (classCount > 1) {
      readClasses(in, isExplicit ? null : cells, field.cells(), classCount, blocks);
    }
    Holes holes = readHoles(in, (mode >> HOLES_SHIFT) & 3, field, blocks);
    if (classCount == 1 && holes.count() == 0) {
      in.read(field.bits(), count, out, 0);
      return;
    }
    Arrays.fill(counts, 0);
    for (int b = 0; b < blocks; b++) {
      int length = Math.min(block, count - b * block);
      int c = classCount == 1 ? 0 : classes[b];
      counts[c] += length - taken(head, holes, b, block, length);
    }
    readSorted(in, field, classCount);
    if (block == 1 && holes.count() == 0) {
      for (int b = 0; b < blocks; b++) {
        out[b] = sorted[cursors[classes[b]]++];
      }
      return;
    }
    for (int b = 0; b < blocks; b++) {
      int length = Math.min(block, count - b * block);
      int c = classCount == 1 ? 0 : classes[b];
      cursors[c] += fill(holes, b, block, length, cursors[c], out, b * block);
    }
  }

  /** Bytes of a plane's symbols with what decoding may write behind them. */
  static int room(int count) {
    return count + DataKernels.MOST_LANES + DataKernels.SLACK;
  }

  private void readClasses(SequenceReader in, short[] cells, int cellCount, int classCount, int blocks) {
    ByteSource head = in.head();
    if (classes.length < room(blocks)) {
      classes = new byte[room(blocks)];
    }
    if (cells == null) {
      int group = head.varint("group", Integer.MAX_VALUE);
      if (group == 0) {
        throw head.fault("group", "is 0");
      }
      int groups = Math.ceilDiv(blocks, group);
      in.read(CLASS_BITS, groups, classes, 0);
      requireBelow(head, classes, groups, classCount);
      // From the last one on, for a group's class lies before its blocks' ones.
      for (int b = blocks - 1; b >= 0 && group > 1; b--) {
        classes[b] = classes[b / group];
      }
    } else {
      byte[] map = new byte[room(cellCount)];
      in.read(CLASS_BITS, cellCount, map, 0);
      requireBelow(head, map, cellCount, classCount);
      for (int b = 0; b < blocks; b++) {
        classes[b] = map[cells[b]];
      }
    }
  }

  private static void requireBelow(ByteSource head, byte[] symbols, int count, int limit) {
    for (int i = 0; i < count; i++) {
      if (symbols[i] >= limit) {
        throw head.fault("class", "is none that there is");
      }
    }
  }

  private Holes readHoles(SequenceReader in, int code, CodeField field, int blocks) {
    if (code == 0) {
      return Holes.NONE;
    }
    ByteSource head = in.head();
    boolean isEither = code == EITHER;
    Holes holes = new Holes(isEither ? 1 : code, isEither, head.u8("symbol"), code > 1 ? head.u8("symbol") : 0);
    if (!holes.fit(field.block()) || (holes.first() | holes.second()) >> field.bits() != 0) {
      throw head.fault("symbol", "has too many bits, or too many places");
    }
    for (int hole = 0; hole < holes.count(); hole++) {
      places[hole] = Holes.room(places[hole], room(blocks));
      in.read(Holes.PLACE_BITS, blocks, places[hole], 0);
    }
    return holes;
  }

  /** Symbols that are taken out of a block; checks their places. */
  private int taken(ByteSource head, Holes holes, int block, int size, int length) {
    int taken = 0;
    for (int hole = 0; hole < holes.count(); hole++) {
      int place = places[hole][block] & 0xFF;
      if (place != holes.none(size)) {
        if (holes.index(place) >= length - taken) {
          throw head.fault("place", "is none of the block");
        }
        taken++;
      }
    }
    return taken;
  }

  private void readSorted(SequenceReader in, CodeField field, int classCount) {
    int room = 0;
    for (int c = 0; c < classCount; c++) {
      cursors[c] = room;
      room += in.padded(counts[c]);
    }
    if (sorted.length < room(room)) {
      sorted = new byte[room(room)];
    }
    for (int c = 0; c < classCount; c++) {
      in.read(field.bits(), counts[c], sorted, cursors[c]);
    }
  }

  /** Puts a block together; returns how many of the sorted symbols it has. */
  private int fill(Holes holes, int block, int size, int length, int from, byte[] out, int at) {
    int none = holes.none(size);
    int place0 = holes.count() > 0 ? places[0][block] & 0xFF : none;
    int place1 = holes.count() > 1 ? places[1][block] & 0xFF : none;
    int index0 = place0 == none ? length : holes.index(place0);
    int index1 = place1 == none ? length : holes.index(place1);
    if (place0 != none && place1 != none && index1 >= index0) {
      // It counts from where the first hole was closed.
      index1++;
    }
    int low = Math.min(index0, index1);
    int high = Math.max(index0, index1);
    System.arraycopy(sorted, from, out, at, low);
    int next = from + low;
    if (low < length) {
      out[at + low] = low == index0 ? holes.symbol(0, place0) : holes.symbol(1, place1);
      System.arraycopy(sorted, next, out, at + low + 1, high - low - 1);
      next += high - low - 1;
      if (high < length) {
        out[at + high] = high == index0 ? holes.symbol(0, place0) : holes.symbol(1, place1);
        System.arraycopy(sorted, next, out, at + high + 1, length - high - 1);
        next += length - high - 1;
      }
    }
    return next - from;
  }
}
