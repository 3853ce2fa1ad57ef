package llm265.h264.syntax;

import java.lang.foreign.MemorySegment;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/** RBSPs and NAL units for tests. */
final class SyntaxFixtures {
  private SyntaxFixtures() {}

  /** A reader of bits given as zeros and ones, blanks between them ignored. */
  static RbspReader bits(String bits) {
    RbspWriter writer = new RbspWriter();
    for (char bit : bits.replaceAll("\\s", "").toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
    writer.writeTrailingBits();
    return reader(writer);
  }

  static RbspReader reader(RbspWriter writer) {
    return new RbspReader(writer.toByteArray(), 0, writer.size());
  }

  static byte[] bytes(SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    return writer.toByteArray();
  }

  static byte[] bytes(PicParameterSet pps, SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    pps.write(writer, sps.format().chroma());
    return writer.toByteArray();
  }

  static RbspReader reader(byte[] rbsp) {
    return new RbspReader(rbsp, 0, rbsp.length);
  }

  /** A NAL unit of its own, without payload. */
  static NalUnit nalUnit(int nalRefIdc, int nalUnitType) {
    return new NalUnit(MemorySegment.ofArray(new byte[] {(byte) ((nalRefIdc << 5) | nalUnitType)}), 0, 1, 0);
  }
}
