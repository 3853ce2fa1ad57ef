package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;

/**
 * What a delta begins with. SPEC.md, "Deltas".
 *
 * @param type of the values
 * @param values number of them
 * @param rangeValues of all ranges but the last, 1 or more
 * @param snr signal-to-noise ratio of the values in dB, as the encoder says; infinite if there is no error
 * @param checksums CRC-32C of the base's values, in its own type, by range
 * @param lengths bytes of each range's exact delta; 0 where the values are the base's, and in deltas of other kinds
 */
record DeltaHeader(Kind kind, DType type, long values, long rangeValues, double snr, int[] checksums, int[] lengths) {
  /** How values follow from the base's. */
  public enum Kind {
    /** They are the base's. */
    UNCHANGED,
    /** {@link ExactRange}. */
    EXACT,
    /** {@link DeltaSum}: what is added is a tensor stream. */
    SUM
  }

  static final String CLAUSE = "SPEC.md, Deltas";

  /** "llm265b" behind a byte that no text begins with. */
  private static final byte[] MAGIC = {(byte) 0xF5, 'l', 'l', 'm', '2', '6', '5', 'b'};

  private static final int VERSION = 1;
  private static final int CRC_BYTES = 4;
  private static final int BYTES_OF_RANGE = 8;

  /** No range has more values: they are decoded in memory. */
  static final long MOST_RANGE_VALUES = 1 << 24;

  static boolean begins(MemorySegment entry) {
    return entry.byteSize() >= MAGIC.length
        && entry.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) == -1;
  }

  int ranges() {
    return checksums.length;
  }

  static int ranges(long values, long rangeValues) {
    return Math.toIntExact(Math.ceilDiv(values, rangeValues));
  }

  long valuesIn(int range) {
    return Math.min(rangeValues, values - range * rangeValues);
  }

  int byteSize() {
    return MAGIC.length + 3 + type.name().length() + 3 * Long.BYTES + BYTES_OF_RANGE * ranges() + CRC_BYTES;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) VERSION).put((byte) kind.ordinal()).put((byte) type.name().length());
    out.put(type.name().getBytes(StandardCharsets.US_ASCII)).putLong(values).putLong(rangeValues).putDouble(snr);
    for (int i = 0; i < checksums.length; i++) {
      out.putInt(checksums[i]).putInt(lengths[i]);
    }
    return out.putInt(Checksum.crc32c(MemorySegment.ofArray(out.array()).asSlice(0, out.position()))).array();
  }

  /** Reads the header of a delta. */
  static DeltaHeader read(MemorySegment entry) {
    if (!begins(entry)) {
      throw malformed("magic", "is not that of a delta");
    }
    LengthField.Reader in = new LengthField.Reader(entry, CLAUSE);
    in.skip(MAGIC.length);
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedStreamException("version", CLAUSE, version + " is not the one that this program reads, " + VERSION);
    }
    int kind = in.u8();
    byte[] name = in.skip(in.u8()).toArray(ValueLayout.JAVA_BYTE);
    long values = in.u64();
    long rangeValues = in.u64();
    double snr = Double.longBitsToDouble(in.u64());
    if (kind >= Kind.values().length || values < 0 || rangeValues < 1 || rangeValues > MOST_RANGE_VALUES
        || Math.ceilDiv(values, rangeValues) > entry.byteSize() / BYTES_OF_RANGE) {
      throw malformed("kind", "or a number of values is out of range");
    }
    int[] checksums = new int[ranges(values, rangeValues)];
    int[] lengths = new int[checksums.length];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = in.u32();
      lengths[i] = in.u32();
      if (lengths[i] < 0) {
        throw malformed("length", "of a range is too great");
      }
    }
    if (Checksum.crc32c(entry.asSlice(0, in.position())) != in.u32()) {
      throw malformed("checksum", "does not match the header");
    }
    DType type = type(name);
    if (values % type.blockValues() != 0 || rangeValues % type.blockValues() != 0) {
      throw malformed("values", "or those of a range are not whole blocks of " + type);
    }
    return new DeltaHeader(Kind.values()[kind], type, values, rangeValues, snr, checksums, lengths);
  }

  private static DType type(byte[] name) {
    return Arrays.stream(DType.values())
        .filter(type -> Arrays.equals(type.name().getBytes(StandardCharsets.US_ASCII), name))
        .findFirst().orElseThrow(() -> malformed("type", "is not known"));
  }

  static MalformedStreamException malformed(String field, String problem) {
    return new MalformedStreamException(field, CLAUSE, problem);
  }
}
