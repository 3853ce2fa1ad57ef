package llm265.reference.network;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The index of TensorFlow's tensor bundle ({@code variables.index}): an uncompressed LevelDB table from names to messages
 * BundleEntryProto. A table ends with a footer that says where its index block is; that block's values say where blocks of
 * entries are; a key shares its beginning with the key before.
 *
 * @param entries in the order of their names
 */
record TensorBundle(List<Entry> entries) {
  /** Of the footer: two handles of blocks, padded to 40 bytes, and a magic number. */
  private static final int FOOTER = 48;

  /** A tensor of float32: its place in the file of data. */
  record Entry(String name, long[] shape, long offset, long size) {}

  static TensorBundle read(byte[] file) {
    Reader footer = new Reader(file, file.length - FOOTER, file.length);
    footer.varint();
    footer.varint();
    List<Entry> entries = new ArrayList<>();
    for (Pair block : pairs(file, (int) footer.varint(), (int) footer.varint())) {
      Reader handle = block.value;
      for (Pair pair : pairs(file, (int) handle.varint(), (int) handle.varint())) {
        // The entry of the empty name is the header of the bundle.
        if (!pair.key.isEmpty()) {
          entries.add(entry(pair.key, pair.value));
        }
      }
    }
    return new TensorBundle(entries);
  }

  private record Pair(String key, Reader value) {}

  private static List<Pair> pairs(byte[] file, int offset, int size) {
    // A block ends with the offsets of its keys that are whole, and their number.
    int restarts = (int) new Reader(file, offset + size - Integer.BYTES, offset + size).fixed(Integer.BYTES);
    Reader block = new Reader(file, offset, offset + size - Integer.BYTES * (1 + restarts));
    List<Pair> pairs = new ArrayList<>();
    byte[] key = {};
    while (block.has()) {
      int shared = (int) block.varint();
      int more = (int) block.varint();
      int length = (int) block.varint();
      key = Arrays.copyOf(key, shared + more);
      System.arraycopy(file, block.at, key, shared, more);
      block.at += more;
      pairs.add(new Pair(new String(key, StandardCharsets.UTF_8), block.part(length)));
    }
    return pairs;
  }

  /** BundleEntryProto: dtype 1, shape 2, shard_id 3, offset 4, size 5, crc32c 6. */
  private static Entry entry(String name, Reader fields) {
    long[] shape = {};
    long offset = 0;
    long size = 0;
    while (fields.has()) {
      int tag = (int) fields.varint();
      switch (tag >> 3) {
        case 2 -> shape = shape(fields.part((int) fields.varint()));
        case 4 -> offset = fields.varint();
        case 5 -> size = fields.varint();
        default -> fields.skip(tag & 7);
      }
    }
    return new Entry(name, shape, offset, size);
  }

  /** TensorShapeProto: messages Dim 2, each with its size 1. */
  private static long[] shape(Reader fields) {
    List<Long> sizes = new ArrayList<>();
    while (fields.has()) {
      int tag = (int) fields.varint();
      if (tag >> 3 == 2) {
        Reader dimension = fields.part((int) fields.varint());
        dimension.varint();
        sizes.add(dimension.varint());
      } else {
        fields.skip(tag & 7);
      }
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  /** Numbers of LevelDB and of protocol buffers, one after the other. */
  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.end = end;
      at = from;
    }

    boolean has() {
      return at < end;
    }

    long varint() {
      long result = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[at++];
        result |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return result;
        }
      }
    }

    long fixed(int size) {
      long result = 0;
      for (int i = 0; i < size; i++) {
        result |= (bytes[at++] & 0xFFL) << 8 * i;
      }
      return result;
    }

    Reader part(int length) {
      at += length;
      return new Reader(bytes, at - length, at);
    }

    void skip(int wireType) {
      switch (wireType) {
        case 0 -> varint();
        case 1 -> fixed(Long.BYTES);
        case 5 -> fixed(Integer.BYTES);
        default -> part((int) varint());
      }
    }
  }
}
