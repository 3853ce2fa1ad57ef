package llm265.h264.syntax;

import java.lang.foreign.MemorySegment;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * Puts IDR pictures that were coded one by one, with the same parameter sets, into one stream: idr_pic_id of neighbours differs
 * (7.4.3). CABAC slice data begins at a whole byte, so that nothing but slice headers changes.
 */
public final class IdrSequence {
  private SeqParameterSet sps;
  private PicParameterSet pps;

  /**
   * Reads the parameter sets of all pictures.
   *
   * @param parameterSets an Annex B stream of one sequence and one picture parameter set
   * @throws MalformedStreamException if it is not
   */
  public IdrSequence(byte[] parameterSets) {
    for (NalUnit unit : new ByteStream(MemorySegment.ofArray(parameterSets), DecoderLimits.DEFAULT)) {
      if (unit.nalUnitType() == NalUnit.SPS) {
        sps = SeqParameterSet.parse(unit.rbsp().reader());
      } else if (unit.nalUnitType() == NalUnit.PPS) {
        pps = PicParameterSet.parse(unit.rbsp().reader(), id -> sps);
      }
    }
    if (sps == null || pps == null || !pps.entropyCodingModeFlag()) {
      throw new MalformedStreamException("pic_parameter_set_rbsp", "7.3.2.2", "there are no parameter sets of CABAC pictures");
    }
  }

  /**
   * The slice of a picture of one slice, with a start code, as it stands in the stream.
   *
   * @param nalUnit the NAL unit without a start code
   * @param number of the picture in the stream
   * @throws MalformedStreamException if it is no slice of an IDR picture
   */
  public byte[] slice(byte[] nalUnit, int number) {
    NalUnit unit = new NalUnit(MemorySegment.ofArray(nalUnit), 0, nalUnit.length, number);
    if (!unit.isIdr()) {
      throw new MalformedStreamException("nal_unit_type", "7.4.1", "is " + unit.nalUnitType() + " of an IDR picture");
    }
    NalUnit.Rbsp rbsp = unit.rbsp();
    RbspReader reader = rbsp.reader();
    SliceHeader header = SliceHeader.parse(unit, reader, id -> pps, id -> sps);
    int data = (int) ((reader.bitPosition() + 7) / 8);
    RbspWriter writer = new RbspWriter();
    header.withIdrPicId(number & 1).write(writer, sps, pps);
    writer.alignWithOnes();
    writer.writeBytes(rbsp.data(), data, rbsp.length() - data);
    return writer.toNalUnit(unit.nalRefIdc(), NalUnit.SLICE_IDR, false);
  }
}
