package llm265.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;

/**
 * Walks the fields of one message in the protocol buffers wire format, in place.
 *
 * <p>It builds only what is requested, so that a file of any size and content costs no heap. The library's generated classes
 * would hold whole messages, stop at 2 GiB, and use sun.misc.Unsafe.
 */
final class ProtobufReader {
  static final int VARINT = 0;
  static final int FIXED_64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int FIXED_32 = 5;

  private static final int MAX_VARINT_BYTES = 10;

  private final Path path;
  private final MemorySegment message;
  private final long end;
  private long position;
  /** Where the current field begins, with its tag. */
  private long start;
  private int field;
  private int wireType;
  /** The value of a number, or the start of a length-delimited field. */
  private long value;

  ProtobufReader(Path path, MemorySegment message) {
    this.path = path;
    this.message = message;
    this.end = message.byteSize();
  }

  /**
   * Moves to the next field, past the whole of the current one.
   *
   * @return whether there is one
   * @throws ModelFormatException if what follows is no field that ends within the message
   */
  boolean next() {
    if (position == end) {
      return false;
    }
    start = position;
    long tag = readVarint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw bad("bad field tag");
    }
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    switch (wireType) {
      case VARINT -> value = readVarint();
      case FIXED_64 -> {
        require(8);
        value = message.get(LittleEndian.LONG, position);
        position += 8;
      }
      case LENGTH_DELIMITED -> {
        long length = readVarint();
        require(length);
        value = position;
        position += length;
      }
      case FIXED_32 -> {
        require(4);
        value = message.get(LittleEndian.INT, position);
        position += 4;
      }
      default -> throw bad("wire type " + wireType + " of field " + field + " is not supported");
    }
    return true;
  }

  /** The current field's number. */
  int field() {
    return field;
  }

  /** Its wire type. */
  int wireType() {
    return wireType;
  }

  /** Its value; it must be a varint. */
  long varint() {
    expect(VARINT);
    return value;
  }

  /** Its value, of any numeric wire type: its bits, with the sign of 32-bit ones extended. */
  long number() {
    if (wireType == LENGTH_DELIMITED) {
      throw bad("field " + field + " is not a number");
    }
    return value;
  }

  /** Its bytes; it must be length-delimited. */
  MemorySegment bytes() {
    expect(LENGTH_DELIMITED);
    return message.asSlice(value, position - value);
  }

  /** All of the field, its tag included. */
  MemorySegment whole() {
    return message.asSlice(start, position - start);
  }

  /** The message that it holds. */
  ProtobufReader message() {
    return new ProtobufReader(path, bytes());
  }

  /** The text that it holds. */
  String string() {
    MemorySegment bytes = bytes();
    if (bytes.byteSize() > Integer.MAX_VALUE / 4) {
      throw bad("text of " + bytes.byteSize() + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path, "field " + field + " is not UTF-8", e);
    }
  }

  /** Whether a packed array of varints, which this message is taken for, has another number; {@link #nextPacked} reads it. */
  boolean hasPacked() {
    return position < end;
  }

  long nextPacked() {
    return readVarint();
  }

  private long readVarint() {
    long result = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      require(1);
      byte b = message.get(LittleEndian.BYTE, position++);
      result |= (long) (b & 0x7F) << 7 * i;
      if (b >= 0) {
        return result;
      }
    }
    throw bad("a number takes more than " + MAX_VARINT_BYTES + " bytes");
  }

  private void require(long bytes) {
    if (bytes < 0 || bytes > end - position) {
      throw bad("a field reaches beyond the end of its message");
    }
  }

  private void expect(int type) {
    if (wireType != type) {
      throw bad("field " + field + " has wire type " + wireType + ", not " + type);
    }
  }

  ModelFormatException bad(String problem) {
    return new ModelFormatException(path, "not a well-formed ONNX model: " + problem);
  }
}
