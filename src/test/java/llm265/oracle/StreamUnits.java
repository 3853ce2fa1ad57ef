package llm265.oracle;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;

/** Byte streams taken apart into NAL units, and put together again. */
public final class StreamUnits {
  private StreamUnits() {}

  /** The NAL units of a stream, without start codes. */
  public static List<byte[]> split(byte[] stream) {
    List<byte[]> units = new ArrayList<>();
    for (NalUnit unit : new ByteStream(stream)) {
      units.add(Arrays.copyOfRange(stream, (int) unit.offset(), (int) unit.offset() + unit.length()));
    }
    return units;
  }

  /** Those whose nal_unit_type is as wanted. */
  public static List<byte[]> split(byte[] stream, IntPredicate types) {
    return split(stream).stream().filter(unit -> types.test(unit[0] & 0x1F)).toList();
  }

  /** A stream of NAL units, of lists of them, one after another. */
  public static byte[] join(Object... units) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object unit : units) {
      if (unit instanceof List<?> list) {
        out.writeBytes(join(list.toArray()));
      } else {
        out.writeBytes(new byte[] {0, 0, 0, 1});
        out.writeBytes((byte[]) unit);
      }
    }
    return out.toByteArray();
  }

  public static boolean isParameterSet(int nalUnitType) {
    return nalUnitType == NalUnit.SPS || nalUnitType == NalUnit.PPS;
  }

  public static boolean isSlice(int nalUnitType) {
    return nalUnitType >= NalUnit.SLICE_NON_IDR && nalUnitType <= NalUnit.SLICE_IDR;
  }
}
