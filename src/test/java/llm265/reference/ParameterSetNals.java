package llm265.reference;

import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;

/** Parameter sets as NAL units in Annex B form. */
final class ParameterSetNals {
  private ParameterSetNals() {}

  static byte[] of(SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    return writer.toNalUnit(3, NalUnit.SPS, true);
  }

  static byte[] of(PicParameterSet pps, SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    pps.write(writer, sps.format().chroma());
    return writer.toNalUnit(3, NalUnit.PPS, true);
  }
}
