package llm265.packed;

import java.util.Arrays;
import llm265.data.symbol.ByteSink;

/** Encodes planes of symbols: chooses holes, then classes. Used by one thread at a time. */
final class PlaneEncoder {
  /** Symbols of a group that has a class of its own, at least. */
  private static final int LEAST_GROUP = 32;

  private byte[] rest = new byte[0];
  private byte[] sorted = new byte[0];
  private final byte[][] places = {new byte[0], new byte[0]};

  /**
   * Encodes a plane.
   *
   * @param cells of blocks; null if the field has none
   */
  void encode(SequenceWriter out, CodeField field, byte[] symbols, int count, short[] cells) {
    int block = field.block();
    int blocks = Math.ceilDiv(count, block);
    int[] cellOf = cells == null ? null : widened(cells);
    Holes holes = new HoleSearch(symbols, count, field, cellOf).search();
    int[] starts = takeHoles(holes, symbols, count, block, blocks);
    boolean isExplicit = cells == null;
    int group = Math.max(1, LEAST_GROUP / block);
    int items = isExplicit ? Math.ceilDiv(blocks, group) : field.cells();
    ClassSearch.Classes classes = new ClassSearch(rest, starts, cellOf, group, items, isExplicit).search();
    writeHead(out, holes, classes, isExplicit, group, blocks);
    for (int hole = 0; hole < holes.count(); hole++) {
      out.write(Holes.PLACE_BITS, places[hole], 0, blocks);
    }
    if (classes.count() == 1) {
      out.write(field.bits(), rest, 0, starts[blocks]);
      return;
    }
    int[] counts = new int[classes.count() + 1];
    for (int b = 0; b < blocks; b++) {
      counts[classOf(classes, cellOf, group, b) + 1] += starts[b + 1] - starts[b];
    }
    Arrays.parallelPrefix(counts, Integer::sum);
    int[] cursors = counts.clone();
    for (int b = 0; b < blocks; b++) {
      int c = classOf(classes, cellOf, group, b);
      int length = starts[b + 1] - starts[b];
      System.arraycopy(rest, starts[b], sorted, cursors[c], length);
      cursors[c] += length;
    }
    for (int c = 0; c < classes.count(); c++) {
      out.write(field.bits(), sorted, counts[c], counts[c + 1] - counts[c]);
    }
  }

  private static int classOf(ClassSearch.Classes classes, int[] cellOf, int group, int block) {
    return classes.of()[cellOf == null ? block / group : cellOf[block]];
  }

  private static int[] widened(short[] cells) {
    int[] wide = new int[cells.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = cells[i];
    }
    return wide;
  }

  /** Takes symbols out of all blocks; returns where the rest of each block begins, and the end. */
  private int[] takeHoles(Holes holes, byte[] symbols, int count, int block, int blocks) {
    if (rest.length < count) {
      rest = new byte[count];
      sorted = new byte[count];
    }
    int[] starts = new int[blocks + 1];
    if (holes.count() == 0) {
      System.arraycopy(symbols, 0, rest, 0, count);
      for (int b = 1; b <= blocks; b++) {
        starts[b] = Math.min(count, b * block);
      }
      return starts;
    }
    for (int hole = 0; hole < holes.count(); hole++) {
      places[hole] = Holes.room(places[hole], blocks);
    }
    for (int b = 0; b < blocks; b++) {
      int length = Math.min(block, count - b * block);
      System.arraycopy(symbols, b * block, rest, starts[b], length);
      for (int hole = 0; hole < holes.count(); hole++) {
        int place = holes.take(hole, rest, starts[b], length, block);
        places[hole][b] = (byte) place;
        length -= place == holes.none(block) ? 0 : 1;
      }
      starts[b + 1] = starts[b] + length;
    }
    return starts;
  }

  private static void writeHead(
      SequenceWriter out, Holes holes, ClassSearch.Classes classes, boolean isExplicit, int group, int blocks) {
    ByteSink head = out.head();
    boolean named = isExplicit && classes.count() > 1;
    head.u8((classes.count() - 1) | ((holes.isEither() ? PlaneDecoder.EITHER : holes.count()) << PlaneDecoder.HOLES_SHIFT)
        | (named ? PlaneDecoder.EXPLICIT : 0));
    if (named) {
      head.varint(group);
    }
    if (classes.count() > 1) {
      out.write(PlaneDecoder.CLASS_BITS, classes.of(), 0, classes.of().length);
    }
    if (holes.count() > 0) {
      head.u8(holes.first());
      if (holes.count() > 1 || holes.isEither()) {
        head.u8(holes.second());
      }
    }
  }
}
