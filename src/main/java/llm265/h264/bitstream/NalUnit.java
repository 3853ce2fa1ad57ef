package llm265.h264.bitstream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntFunction;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamPosition;

/**
 * 7.3.1 NAL unit: where one lies in a byte stream, and what its header says. The payload is unescaped on request. Safe for use
 * by many threads if the stream is.
 *
 * @param stream the byte stream
 * @param offset offset of the NAL unit's first byte in the stream, after the start code
 * @param length NumBytesInNALunit, 1 or more
 * @param index number of the NAL unit in the stream, from 0
 * @param accessUnit number of its access unit if a file around the stream gives it; {@link #NOT_TOLD} in a byte stream
 */
public record NalUnit(MemorySegment stream, long offset, int length, int index, int accessUnit) {
  /** Stands for an unknown number of the access unit. */
  public static final int NOT_TOLD = -1;

  public static final int SLICE_NON_IDR = 1;
  public static final int SLICE_DATA_PARTITION_A = 2;
  public static final int SLICE_DATA_PARTITION_B = 3;
  public static final int SLICE_DATA_PARTITION_C = 4;
  public static final int SLICE_IDR = 5;
  public static final int SEI = 6;
  public static final int SPS = 7;
  public static final int PPS = 8;
  public static final int ACCESS_UNIT_DELIMITER = 9;
  public static final int END_OF_SEQUENCE = 10;
  public static final int END_OF_STREAM = 11;
  public static final int FILLER_DATA = 12;
  public static final int AUXILIARY_SLICE = 19;

  /** Zero bytes after the end of an unescaped payload, so that the arithmetic decoder may read ahead. */
  public static final int SLACK = 16;

  private static final String[] NAMES = {
    "unspecified",
    "slice_layer_without_partitioning_rbsp",
    "slice_data_partition_a_layer_rbsp",
    "slice_data_partition_b_layer_rbsp",
    "slice_data_partition_c_layer_rbsp",
    "slice_layer_without_partitioning_rbsp (IDR)",
    "sei_rbsp",
    "seq_parameter_set_rbsp",
    "pic_parameter_set_rbsp",
    "access_unit_delimiter_rbsp",
    "end_of_seq_rbsp",
    "end_of_stream_rbsp",
    "filler_data_rbsp",
    "seq_parameter_set_extension_rbsp",
    "prefix_nal_unit_rbsp",
    "subset_seq_parameter_set_rbsp",
    "depth_parameter_set_rbsp",
    "reserved",
    "reserved",
    "slice_layer_without_partitioning_rbsp (auxiliary)",
    "slice_layer_extension_rbsp",
    "slice_layer_extension_rbsp (depth)"
  };

  /** A NAL unit of a byte stream. */
  public NalUnit(MemorySegment stream, long offset, int length, int index) {
    this(stream, offset, length, index, NOT_TOLD);
  }

  private int header() {
    return stream.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
  }

  public boolean forbiddenZeroBit() {
    return (header() & 0x80) != 0;
  }

  /**
   * Checks the header of the NAL unit.
   *
   * @throws MalformedStreamException when forbidden_zero_bit is 1
   */
  public void requireHeader() {
    if (forbiddenZeroBit()) {
      throw new MalformedStreamException("forbidden_zero_bit", "7.4.1", "is 1").at(position());
    }
  }

  public int nalRefIdc() {
    return (header() >> 5) & 3;
  }

  public int nalUnitType() {
    return header() & 0x1F;
  }

  /** IdrPicFlag (7-1). */
  public boolean isIdr() {
    return nalUnitType() == SLICE_IDR;
  }

  /** The RBSP syntax structure in the NAL unit, Table 7-1. */
  public String structureName() {
    int type = nalUnitType();
    return type < NAMES.length ? NAMES[type] : type < 24 ? "reserved" : "unspecified";
  }

  public StreamPosition position() {
    return new StreamPosition(index, offset, -1);
  }

  /**
   * The payload without header and emulation prevention bytes.
   *
   * @throws MalformedStreamException when forbidden_zero_bit is 1
   */
  public Rbsp rbsp() {
    return rbspPrefix(length);
  }

  /**
   * Like {@link #rbsp()}, in an array that the caller provides.
   *
   * @param rooms returns an array of at least the given number of bytes
   */
  public Rbsp rbsp(IntFunction<byte[]> rooms) {
    return unescape(length, rooms);
  }

  /** The payload of the first {@code maxBytes} bytes: enough for a slice header, without the cost of the slice data. */
  public Rbsp rbspPrefix(int maxBytes) {
    return unescape(maxBytes, byte[]::new);
  }

  private Rbsp unescape(int maxBytes, IntFunction<byte[]> rooms) {
    requireHeader();
    int bytes = Math.min(length, maxBytes) - 1;
    byte[] data = rooms.apply(bytes + SLACK);
    MemorySegment.copy(stream, ValueLayout.JAVA_BYTE, offset + 1, data, 0, bytes);
    Arrays.fill(data, bytes, bytes + SLACK, (byte) 0);
    return new Rbsp(data, unescape(data, bytes));
  }

  /**
   * Removes emulation_prevention_three_bytes in place and clears the bytes after the new end.
   *
   * @return the new length
   */
  private static int unescape(byte[] data, int length) {
    int from = firstEmulationPrevention(data, 0, length);
    if (from == length) {
      return length;
    }
    int to = from;
    while (from < length) {
      from++;
      int next = firstEmulationPrevention(data, from, length);
      System.arraycopy(data, from, data, to, next - from);
      to += next - from;
      from = next;
    }
    Arrays.fill(data, to, length, (byte) 0);
    return to;
  }

  /** Index of the first 0x03 at or after {@code from} that follows two zero bytes, or {@code length}. */
  private static int firstEmulationPrevention(byte[] data, int from, int length) {
    int i = from + 2;
    while (i < length) {
      if (data[i] > 3 || data[i] < 0) {
        i += 3;
      } else if (data[i] == 3 && data[i - 1] == 0 && data[i - 2] == 0) {
        return i;
      } else {
        i++;
      }
    }
    return length;
  }

  /**
   * 7.4.1 Raw byte sequence payload.
   *
   * @param data the bytes, with at least {@link #SLACK} zero bytes after them
   * @param length number of bytes, rbsp_trailing_bits included
   */
  public record Rbsp(byte[] data, int length) {
    public RbspReader reader() {
      return new RbspReader(data, 0, length);
    }
  }
}
