package llm265.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSource;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.parallel.Workers;

/**
 * Decodes what {@link DataEncoder} encodes. SPEC.md, "Data files". Immutable.
 *
 * <p>On damaged input nothing but {@link MalformedStreamException} and {@link UnsupportedStreamException} is thrown. What is
 * written to a stream before that is right, but not all.
 */
public final class DataDecoder {
  private final Workers workers;

  private DataDecoder(Workers workers) {
    this.workers = workers;
  }

  /** A decoder on the calling thread alone. */
  public static DataDecoder create() {
    return new DataDecoder(Workers.CALLER);
  }

  /**
   * The same with more threads.
   *
   * @param threads number of threads at most, the calling one included
   */
  public DataDecoder withThreads(Executor executor, int threads) {
    return new DataDecoder(new Workers(executor, threads));
  }

  /** Whether some bytes begin as a data file does. */
  public static boolean isDataFile(MemorySegment bytes) {
    return bytes.byteSize() >= DataFile.MAGIC.length
        && bytes.asSlice(0, DataFile.MAGIC.length).mismatch(MemorySegment.ofArray(DataFile.MAGIC)) == -1;
  }

  private record Place(long at, Blocks.Header header, long valuesAt) {}

  /**
   * Decodes blocks that {@link DataEncoder#encodeBlocks} has made.
   *
   * @param blocks nothing but the blocks
   * @param values receives the values; as many bytes as were encoded
   */
  public void decodeBlocks(MemorySegment blocks, MemorySegment values) {
    List<Place> places = places(blocks, 0, values.byteSize());
    Place last = places.isEmpty() ? null : places.getLast();
    if ((last == null ? 0 : last.at + last.header.bytes()) != blocks.byteSize()) {
      throw ByteSource.malformed("blocks", "are more than the values take");
    }
    decode(blocks, places, values, (i, part) -> { });
  }

  /**
   * Decodes some of the values of blocks that {@link DataEncoder#encodeBlocks} has made: no more than the blocks that have them.
   *
   * @param blocks nothing but the blocks
   * @param from number of bytes before those wanted
   * @param values receives those from there on
   * @throws MalformedStreamException if there are not as many, too
   */
  public void decodeBlocks(MemorySegment blocks, long from, MemorySegment values) {
    if (from < 0) {
      throw new IllegalArgumentException("from " + from);
    }
    long end = from + values.byteSize();
    List<Place> places = new ArrayList<>();
    long at = 0;
    for (long done = 0; done < end;) {
      Blocks.Header header = Blocks.header(blocks, at);
      if (done + header.size() > from) {
        places.add(new Place(at, header, done));
      }
      at += header.bytes();
      done += header.size();
    }
    workers.forEachInOrder(places.size(), i -> {
      Place place = places.get(i);
      long first = Math.max(from, place.valuesAt);
      long count = Math.min(end, place.valuesAt + place.header.size()) - first;
      MemorySegment whole = count == place.header.size()
          ? values.asSlice(first - from, count) : MemorySegment.ofArray(new byte[place.header.size()]);
      Blocks.decode(blocks, place.at, place.header, whole);
      if (count < place.header.size()) {
        MemorySegment.copy(whole, first - place.valuesAt, values, first - from, count);
      }
      return place;
    }, (i, place) -> { });
  }

  /** Where the blocks are of a number of values' bytes. */
  private static List<Place> places(MemorySegment bytes, long from, long size) {
    List<Place> places = new ArrayList<>();
    long at = from;
    for (long done = 0; done < size;) {
      Blocks.Header header = Blocks.header(bytes, at);
      if (header.size() > size - done) {
        throw ByteSource.malformed("size", "is not that of the values");
      }
      places.add(new Place(at, header, done));
      at += header.bytes();
      done += header.size();
    }
    return places;
  }

  private void decode(
      MemorySegment bytes, List<Place> places, MemorySegment values, Workers.Consumer<MemorySegment> consumer) {
    workers.forEachInOrder(places.size(), i -> {
      Place place = places.get(i);
      MemorySegment part = values.asSlice(place.valuesAt, place.header.size());
      Blocks.decode(bytes, place.at, place.header, part);
      return part;
    }, consumer);
  }

  /**
   * Decodes a file in memory.
   *
   * @param mostBytes of values that the caller has room for
   * @throws UnsupportedStreamException if there are more
   */
  public byte[] decode(MemorySegment file, int mostBytes) {
    DataFile.requireHeader(first(file, 0, DataFile.HEADER_BYTES));
    if (file.byteSize() < DataFile.HEADER_BYTES + DataFile.TRAILER_BYTES) {
      throw ByteSource.malformed("file", "ends early");
    }
    long end = file.byteSize() - DataFile.TRAILER_BYTES;
    byte[] trailer = first(file, end, DataFile.TRAILER_BYTES);
    long size = DataFile.requireTrailer(trailer);
    if (size < 0 || size > mostBytes) {
      throw new UnsupportedStreamException(
          "total size", "SPEC.md, Data files", Long.toUnsignedString(size) + " is greater than " + mostBytes);
    }
    MemorySegment blocks = file.asSlice(0, end);
    List<Place> places = places(blocks, DataFile.HEADER_BYTES, size);
    Place last = places.isEmpty() ? null : places.getLast();
    if ((last == null ? DataFile.HEADER_BYTES : last.at + last.header.bytes()) != end || trailer[0] != 0) {
      throw ByteSource.malformed("blocks", "do not end where the trailer begins");
    }
    byte[] values = new byte[(int) size];
    CRC32C crc = new CRC32C();
    decode(blocks, places, MemorySegment.ofArray(values), (i, part) -> crc.update(part.asByteBuffer()));
    DataFile.requireWhole(trailer, size, crc);
    return values;
  }

  private static byte[] first(MemorySegment bytes, long at, int count) {
    return bytes.asSlice(at, Math.min(count, bytes.byteSize() - at)).toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * Decodes a file from a stream, to its end; keeps no more of it in memory than some blocks for each thread.
   *
   * @return number of bytes written
   * @throws IOException if one cannot be read or the other not be written
   */
  public long decode(InputStream stream, OutputStream out) throws IOException {
    InputStream in = new BufferedInputStream(stream, 1 << 16);
    DataFile.requireHeader(in.readNBytes(DataFile.HEADER_BYTES));
    CRC32C crc = new CRC32C();
    long size = 0;
    byte[] trailer = null;
    while (trailer == null) {
      List<byte[]> blocks = new ArrayList<>();
      while (trailer == null && blocks.size() < 2 * workers.threads()) {
        byte[] block = nextBlock(in);
        if (block[0] == 0) {
          trailer = block;
        } else {
          blocks.add(block);
        }
      }
      size += decodeTo(blocks, out, crc);
    }
    DataFile.requireWhole(trailer, size, crc);
    if (in.read() >= 0) {
      throw ByteSource.malformed("file", "has bytes behind its end");
    }
    return size;
  }

  /** The bytes of the next block, or the trailer. */
  private static byte[] nextBlock(InputStream in) throws IOException {
    in.mark(Blocks.MOST_HEADER_BYTES);
    byte[] first = in.readNBytes(Blocks.MOST_HEADER_BYTES);
    in.reset();
    if (first.length == 0) {
      throw ByteSource.malformed("file", "ends early");
    }
    if (first[0] == 0) {
      byte[] trailer = in.readNBytes(DataFile.TRAILER_BYTES);
      if (trailer.length < DataFile.TRAILER_BYTES) {
        throw ByteSource.malformed("file", "ends early");
      }
      return trailer;
    }
    Blocks.Header header = Blocks.header(first);
    byte[] block = in.readNBytes(header.bytes());
    if (block.length < header.bytes()) {
      throw ByteSource.malformed("file", "ends early");
    }
    return block;
  }

  private long decodeTo(List<byte[]> blocks, OutputStream out, CRC32C crc) throws IOException {
    long[] size = {0};
    try {
      workers.forEachInOrder(blocks.size(), i -> {
        MemorySegment block = MemorySegment.ofArray(blocks.get(i));
        Blocks.Header header = Blocks.header(block, 0);
        byte[] values = new byte[header.size()];
        Blocks.decode(block, 0, header, MemorySegment.ofArray(values));
        return values;
      }, (i, values) -> {
        crc.update(values);
        size[0] += values.length;
        write(out, values);
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return size[0];
  }

  private static void write(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
