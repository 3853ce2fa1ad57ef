package llm265.data;

import java.util.ArrayList;
import java.util.List;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;

/**
 * How the values of a block become words, and these fields. SPEC.md, "Data files".
 *
 * @param width of a value, 1, 2, 4 or 8 bytes
 * @param transform as {@link DataKernels} numbers them
 * @param distance of the value that each is taken from, 0 to 255; 0 where values stand for themselves
 * @param fields all bits of a word, the highest first
 */
record BlockLayout(int width, int transform, int distance, List<Field> fields) {
  /** Bytes of a block's values at most. */
  static final int MOST_BYTES = 1 << 18;

  /** The body's first byte where the values follow as they are. */
  static final int STORED = 0x80;

  static final int TRANSFORM_SHIFT = 2;
  static final int DELTA = 1 << 4;
  static final int WIDE = 1 << 5;
  static final int EXCEPTIONS = 1 << 6;

  static final int FIELD_KIND_SHIFT = 6;

  /** Values of a block at least that have 64 lanes. */
  static final int WIDE_VALUES = 1 << 16;

  /** The state of a lane's coder that has coded nothing, but for the raw bits that it brings along. */
  static final int FIRST_STATE = 1 << 16;

  /** Bytes of raw bits that a lane's first state has in its lowest bits. */
  static final int STATE_BYTES = 2;

  /** Bits of a symbol at most. */
  static final int SYMBOL_BITS = 8;

  BlockLayout {
    fields = List.copyOf(fields);
  }

  int bits() {
    return 8 * width;
  }

  BlockLayout withFields(List<Field> others) {
    return new BlockLayout(width, transform, distance, others);
  }

  /** Bytes of all planes of raw bits. */
  int rawBytes(int count) {
    int bits = 0;
    for (Field field : fields) {
      bits += field.kind() == Field.Kind.RAW ? field.bits() : 0;
    }
    return 2 * bits * Math.ceilDiv(count, DataKernels.GROUP);
  }

  /**
   * Reads a layout.
   *
   * @param mode the body's first byte, other than {@link #STORED}
   * @param size bytes of the block's values
   */
  static BlockLayout read(ByteSource in, int mode, int size) {
    int width = 1 << (mode & 3);
    int transform = (mode >> TRANSFORM_SHIFT) & 3;
    if ((mode & STORED) != 0 || transform > DataKernels.ZIGZAG || size % width != 0) {
      throw ByteSource.malformed("mode", "is none that there is, or not for that many bytes");
    }
    int distance = 0;
    if ((mode & DELTA) != 0) {
      distance = in.u8("distance");
      if (distance == 0) {
        throw ByteSource.malformed("distance", "is 0");
      }
    }
    List<Field> fields = new ArrayList<>();
    for (int top = 8 * width; top > 0; ) {
      int code = in.u8("field");
      Field.Kind kind = Field.Kind.values()[code >> FIELD_KIND_SHIFT];
      int bits = (code & ((1 << FIELD_KIND_SHIFT) - 1)) + 1;
      top -= bits;
      Field field = new Field(kind, bits, top);
      boolean isSplit = top < Field.HALF && top + bits > Field.HALF;
      if (top < 0 || field.isCoded() && (bits > SYMBOL_BITS || isSplit)) {
        throw ByteSource.malformed("field", "has too many bits, or bits of both halves of a word");
      }
      fields.add(field);
    }
    return new BlockLayout(width, transform, distance, fields);
  }

  /** Writes a layout and its mode. */
  void write(ByteSink out, boolean isWide, boolean hasExceptions) {
    out.u8(Integer.numberOfTrailingZeros(width) | (transform << TRANSFORM_SHIFT)
        | (distance > 0 ? DELTA : 0) | (isWide ? WIDE : 0) | (hasExceptions ? EXCEPTIONS : 0));
    if (distance > 0) {
      out.u8(distance);
    }
    for (Field field : fields) {
      out.u8((field.kind().ordinal() << FIELD_KIND_SHIFT) | (field.bits() - 1));
    }
  }
}
