package llm265.reference.decoder;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Annex B and 7.3.1: finds the NAL units of a byte stream, and the RBSP in each of them. */
final class NalUnits {
  static final int SLICE = 1;
  static final int PARTITION_A = 2;
  static final int PARTITION_B = 3;
  static final int IDR_SLICE = 5;
  static final int SEI = 6;
  static final int SEQUENCE_PARAMETERS = 7;
  static final int PICTURE_PARAMETERS = 8;
  static final int ACCESS_UNIT_DELIMITER = 9;

  /** nal_unit( ) (7.3.1). */
  record NalUnit(int nalRefIdc, int nalUnitType, byte[] rbsp) {}

  private NalUnits() {}

  /** B.1.1: byte_stream_nal_unit( ), one after another: each follows the three bytes 0, 0, 1. */
  static List<NalUnit> byteStream(byte[] stream) {
    List<NalUnit> nalUnits = new ArrayList<>();
    int at = 0;
    while (at + 3 <= stream.length) {
      if (!isStartCodePrefix(stream, at)) {
        at++;
        continue;
      }
      int begin = at + 3;
      int end = begin;
      // B.2: a NAL unit ends before the next 0, 0, 0 or 0, 0, 1, or where the stream ends.
      while (end < stream.length && !endsBefore(stream, end)) {
        end++;
      }
      if (end > begin) {
        nalUnits.add(nalUnit(stream, begin, end));
      }
      at = end;
    }
    return nalUnits;
  }

  private static boolean isStartCodePrefix(byte[] stream, int at) {
    return stream[at] == 0 && stream[at + 1] == 0 && stream[at + 2] == 1;
  }

  private static boolean endsBefore(byte[] stream, int at) {
    for (int i = at; i < stream.length && i < at + 3; i++) {
      if (stream[i] != 0) {
        return i == at + 2 && stream[i] == 1;
      }
    }
    return true;
  }

  /** 7.3.1: nal_unit( NumBytesInNALunit ); a 3 behind two zero bytes is there to break up start codes, and is dropped. */
  private static NalUnit nalUnit(byte[] stream, int begin, int end) {
    int forbiddenZeroBit = (stream[begin] >> 7) & 1;
    int nalRefIdc = (stream[begin] >> 5) & 3;
    int nalUnitType = stream[begin] & 31;
    if (forbiddenZeroBit != 0) {
      throw new DecodingException("7.4.1", "forbidden_zero_bit is 1");
    }
    ByteArrayOutputStream rbsp = new ByteArrayOutputStream();
    int zeros = 0;
    for (int i = begin + 1; i < end; i++) {
      boolean emulationPreventionThreeByte = zeros >= 2 && stream[i] == 3;
      if (!emulationPreventionThreeByte) {
        rbsp.write(stream[i]);
      }
      zeros = stream[i] == 0 ? zeros + 1 : 0;
    }
    return new NalUnit(nalRefIdc, nalUnitType, rbsp.toByteArray());
  }
}
