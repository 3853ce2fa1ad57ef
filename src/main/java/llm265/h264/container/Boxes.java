package llm265.h264.container;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;

/**
 * ISO/IEC 14496-12, 4.2 Object structure: a row of boxes in a file.
 *
 * <p>Every box lies wholly in the one around it, and every access stays within its box. Boxes are found one by one on request. At
 * the top level mdat may be cut short, since the end of a file may be missing; trailing bytes too few for a header are
 * ignored. A row ends at bytes that are no box, such as an appended tag. This gives a note, but a fault if the bytes look like
 * a box that is needed to find samples.
 *
 * @param file the whole file
 * @param start offset of the first box
 * @param end offset after the last
 * @param topLevel whether no box is around them
 * @param notes receives what it says about bytes that are no box; null if they are a fault
 */
record Boxes(MemorySegment file, long start, long end, boolean topLevel, Consumer<StreamException> notes)
    implements Iterable<Boxes.Box> {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int HEADER_BYTES = 8;
  /** Types of the boxes that files begin with, old QuickTime files without ftyp among them. */
  private static final Set<String> FIRST_TYPES = Set.of(
      "ftyp", "styp", "moov", "mdat", "wide", "free", "skip", "pnot", "moof", "sidx", "uuid", "junk", "udta", "pict", "prfl");

  /** Types of the boxes that are needed to find samples. */
  private static final Set<String> NEEDED_TYPES = Set.of(
      "moov", "trak", "tkhd", "mdia", "minf", "stbl", "stsd", "stsz", "stz2", "stsc", "stco", "co64", "avc1", "avc2",
      "avc3", "avc4", "avcC", "mvex", "trex", "moof", "traf", "tfhd", "trun");

  /**
   * A box.
   *
   * @param type its four characters
   * @param offset offset of its header
   * @param start offset of its first byte after the header
   * @param end offset after its last byte
   */
  record Box(MemorySegment file, String type, long offset, long start, long end, Consumer<StreamException> notes) {
    /** The same box; faults among the boxes in it are reported as notes. */
    Box withNotes(Consumer<StreamException> consumer) {
      return new Box(file, type, offset, start, end, consumer);
    }

    /** The boxes in it, starting at a given byte of it. */
    Boxes children(int from) {
      requireBytes(from, 0);
      return new Boxes(file, start + from, end, false, notes);
    }

    /** An unsigned number of 32 bits. */
    long unsignedInt(long at) {
      requireBytes(at, 4);
      return file.get(INT, start + at) & 0xFFFF_FFFFL;
    }

    /** A number of 64 bits. */
    long longInt(long at) {
      requireBytes(at, 8);
      return file.get(LONG, start + at);
    }

    int unsignedByte(long at) {
      requireBytes(at, 1);
      return file.get(ValueLayout.JAVA_BYTE, start + at) & 0xFF;
    }

    int unsignedShort(long at) {
      return (unsignedByte(at) << 8) | unsignedByte(at + 1);
    }

    long size() {
      return end - start;
    }

    /** Checks that a table with a given number of entries fits into the box. */
    long requireTable(long entries, long at, int entryBytes) {
      if (at > size() || entries > (size() - at) / entryBytes) {
        throw malformed(entries + " entries are more than the box holds");
      }
      return entries;
    }

    private void requireBytes(long at, int count) {
      if (at + count > size()) {
        throw malformed("the box ends early");
      }
    }

    MalformedStreamException malformed(String problem) {
      return Boxes.malformed(type, problem, offset);
    }
  }

  static MalformedStreamException malformed(String box, String problem, long offset) {
    return new MalformedStreamException(printable(box) + " box", "4.2 of ISO/IEC 14496-12", problem)
        .at(new StreamPosition(-1, offset, -1));
  }

  /** A type for messages: it may be any four bytes. */
  static String printable(String type) {
    return type.replaceAll("[^ -~]", ".");
  }

  static boolean isFile(MemorySegment bytes) {
    return bytes.byteSize() >= HEADER_BYTES && FIRST_TYPES.contains(typeAt(bytes, 4));
  }

  private static String typeAt(MemorySegment bytes, long offset) {
    return new String(bytes.asSlice(offset, 4).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  /** The row of a file, in which everything must be a box. */
  static Boxes of(MemorySegment file) {
    return new Boxes(file, 0, file.byteSize(), true, null);
  }

  /** The row that follows a box of the file. */
  static Boxes behind(Box box, Consumer<StreamException> notes) {
    return new Boxes(box.file, box.end, box.file.byteSize(), true, notes);
  }

  @Override
  public Iterator<Box> iterator() {
    return new BoxIterator();
  }

  private final class BoxIterator implements Iterator<Box> {
    private long at = start;
    /** The box that comes next; null if that is a fault, or the end. */
    private Box box;

    private MalformedStreamException fault;

    BoxIterator() {
      advance();
    }

    private void advance() {
      box = null;
      fault = null;
      if (end - at < HEADER_BYTES) {
        return;
      }
      try {
        box = boxAt(at);
        at = box.end;
      } catch (MalformedStreamException e) {
        String type = typeAt(file, at + 4);
        if (notes == null || NEEDED_TYPES.contains(type)) {
          fault = e;
        } else {
          notes.accept(topLevel ? bytesBehind(end - at, at) : e);
        }
        at = end;
      }
    }

    @Override
    public boolean hasNext() {
      return box != null || fault != null;
    }

    @Override
    public Box next() {
      if (fault != null) {
        MalformedStreamException thrown = fault;
        fault = null;
        throw thrown;
      }
      if (box == null) {
        throw new NoSuchElementException();
      }
      Box next = box;
      advance();
      return next;
    }
  }

  private static MalformedStreamException bytesBehind(long bytes, long offset) {
    return new MalformedStreamException("file", "4.2 of ISO/IEC 14496-12", "its last " + bytes + " bytes are not a box")
        .at(new StreamPosition(-1, offset, -1));
  }

  private Box boxAt(long at) {
    long size = file.get(INT, at) & 0xFFFF_FFFFL;
    String type = typeAt(file, at + 4);
    int header = HEADER_BYTES;
    if (size == 1) {
      header += 8;
      if (end - at < header) {
        throw malformed(type, "the box ends early", at);
      }
      size = file.get(LONG, at + HEADER_BYTES);
    } else if (size == 0) {
      size = end - at;
    }
    if (size < header) {
      throw malformed(type, "a size of " + size + " bytes is less than the header", at);
    }
    if (size > end - at) {
      if (!topLevel || !type.equals("mdat")) {
        throw malformed(type, size + " bytes are more than the " + (topLevel ? "file" : "box around it") + " has", at);
      }
      size = end - at;
    }
    return new Box(file, type, at, at + header, at + size, notes);
  }

  /** The first box of a type. */
  Optional<Box> first(String type) {
    for (Box box : this) {
      if (box.type.equals(type)) {
        return Optional.of(box);
      }
    }
    return Optional.empty();
  }

  /** The box at the end of a path of types, each time the first of its type. */
  Optional<Box> first(String type, String... inner) {
    Optional<Box> box = first(type);
    for (String next : inner) {
      box = box.flatMap(outer -> outer.children(0).first(next));
    }
    return box;
  }
}
