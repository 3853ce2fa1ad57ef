package llm265.tensor.format;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.tensor.payload.PayloadReader;

/** The NAL unit after the slices of a tile, with the bits of its values that are on no picture. SPEC.md, "Raw bits". */
public final class RawNalUnit {
  /** A nal_unit_type that the standard leaves to applications; decoders skip it. */
  static final int TYPE = 30;

  /** Ends the bits: a NAL unit may not end in a zero byte. */
  private static final byte STOP = (byte) 0x80;

  private static final byte[] NOTHING = {};

  private RawNalUnit() {}

  /** The NAL unit in Annex B form; empty if there are no bits. */
  public static byte[] of(byte[] rawBits) {
    if (rawBits.length == 0) {
      return NOTHING;
    }
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(rawBits, 0, rawBits.length);
    writer.writeBytes(new byte[] {STOP}, 0, 1);
    return writer.toNalUnit(0, TYPE, false);
  }

  /**
   * Finds the bits in a tile's access unit.
   *
   * @param bytes number of bytes that they must have
   * @throws MalformedStreamException if they are missing, or have another number of bytes
   */
  public static byte[] find(MemorySegment accessUnit, int tile, long bytes, DecoderLimits limits) {
    if (bytes == 0) {
      return NOTHING;
    }
    for (NalUnit nalUnit : new ByteStream(accessUnit, limits)) {
      if (nalUnit.nalUnitType() == TYPE) {
        NalUnit.Rbsp rbsp = nalUnit.rbsp();
        if (rbsp.length() != bytes + 1 || rbsp.data()[(int) bytes] != STOP) {
          throw PayloadReader.malformed("raw_bits", "of tile " + tile + " are not " + bytes + " bytes");
        }
        return Arrays.copyOf(rbsp.data(), (int) bytes);
      }
    }
    throw PayloadReader.malformed("raw_bits", "of tile " + tile + " are missing");
  }
}
