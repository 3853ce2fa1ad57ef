package llm265.checkpoint.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import llm265.dtype.LittleEndian;

/**
 * A key of a header, and its value.
 *
 * @param bytes the entry as it is in the file
 * @param type the number of the value's type
 * @param value the bytes of the value, after its type
 */
record GgufEntry(String key, MemorySegment bytes, int type, MemorySegment value) {
  static final int U32 = 4;
  static final int STRING = 8;
  static final int ARRAY = 9;
  /** Bytes of values of each type; 0 for those of variable size. */
  private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /** Whether there is a type of that number. */
  static boolean isType(int type) {
    return type >= 0 && type < SIZES.length;
  }

  /** Bytes of a value of a type that is neither string nor array. */
  static int size(int type) {
    return SIZES[type];
  }

  /** An entry with a u32. */
  static GgufEntry of(String key, int value) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    MemorySegment bytes = MemorySegment.ofArray(new byte[Long.BYTES + name.length + 2 * Integer.BYTES]);
    bytes.set(LittleEndian.LONG, 0, name.length);
    MemorySegment.copy(name, 0, bytes, LittleEndian.BYTE, Long.BYTES, name.length);
    long at = (long) Long.BYTES + name.length;
    bytes.set(LittleEndian.INT, at, U32);
    bytes.set(LittleEndian.INT, at + Integer.BYTES, value);
    return new GgufEntry(key, bytes, U32, bytes.asSlice(at + Integer.BYTES));
  }

  /** The value, if it is an integer of a type of up to 64 bits; one of 64 bits without a sign may appear negative. */
  OptionalLong integer() {
    return switch (type) {
      case 0 -> OptionalLong.of(value.get(LittleEndian.BYTE, 0) & 0xFF);
      case 1 -> OptionalLong.of(value.get(LittleEndian.BYTE, 0));
      case 2 -> OptionalLong.of(value.get(LittleEndian.SHORT, 0) & 0xFFFF);
      case 3 -> OptionalLong.of(value.get(LittleEndian.SHORT, 0));
      case U32 -> OptionalLong.of(value.get(LittleEndian.INT, 0) & 0xFFFF_FFFFL);
      case 5 -> OptionalLong.of(value.get(LittleEndian.INT, 0));
      case 10, 11 -> OptionalLong.of(value.get(LittleEndian.LONG, 0));
      default -> OptionalLong.empty();
    };
  }

  /** The value, if it is a string of at most {@code maxBytes} bytes; what is not UTF-8 in it is replaced. */
  Optional<String> text(long maxBytes) {
    if (type != STRING || value.byteSize() - Long.BYTES > maxBytes) {
      return Optional.empty();
    }
    return Optional.of(new String(value.asSlice(Long.BYTES).toArray(LittleEndian.BYTE), StandardCharsets.UTF_8));
  }

  /** The value in words, if it is a number, a truth value or a short string. */
  Optional<String> inWords(long maxBytes) {
    return switch (type) {
      case 6 -> Optional.of(Float.toString(value.get(LittleEndian.FLOAT, 0)));
      case 7 -> Optional.of(value.get(LittleEndian.BYTE, 0) == 0 ? "false" : "true");
      case STRING -> text(maxBytes);
      case ARRAY -> Optional.empty();
      case 10 -> Optional.of(Long.toUnsignedString(value.get(LittleEndian.LONG, 0)));
      case 12 -> Optional.of(Double.toString(value.get(LittleEndian.DOUBLE, 0)));
      default -> Optional.of(Long.toString(integer().getAsLong()));
    };
  }
}
