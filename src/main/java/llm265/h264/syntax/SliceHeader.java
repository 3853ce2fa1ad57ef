package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.3 Slice header of an I slice.
 *
 * @param opening the elements up to redundant_pic_cnt
 * @param decRefPicMarking dec_ref_pic_marking(), null if nal_ref_idc is 0
 * @param sliceQpY SliceQPY (7-30)
 * @param disableDeblockingFilterIdc disable_deblocking_filter_idc
 * @param filterOffsetA FilterOffsetA (7-32)
 * @param filterOffsetB FilterOffsetB (7-33)
 * @param sliceGroupChangeCycle slice_group_change_cycle, 0 if not sent
 * @param sliceDataBitOffset bit of the RBSP at which slice_data() begins, before any cabac_alignment_one_bit
 */
public record SliceHeader(
    SliceOpening opening,
    DecRefPicMarking decRefPicMarking,
    int sliceQpY,
    int disableDeblockingFilterIdc,
    int filterOffsetA,
    int filterOffsetB,
    int sliceGroupChangeCycle,
    int sliceDataBitOffset) {

  private static final String CLAUSE = "7.4.3";

  /** What our encoder sends for a slice of an IDR picture that has only I slices. */
  public static SliceHeader forIntra(
      int firstMbInSlice, int idrPicId, int sliceQpY, EncoderConfig.Deblocking deblocking) {
    return new SliceHeader(
        new SliceOpening(3, true, firstMbInSlice, 7, 0, 0, 0, false, false, idrPicId, 0, 0, 0, 0, 0),
        DecRefPicMarking.NONE, sliceQpY, deblocking.disableIdc(), 2 * deblocking.alphaC0OffsetDiv2(),
        2 * deblocking.betaOffsetDiv2(), 0, 0);
  }

  /** The same slice header with another start of slice_data(). */
  public SliceHeader withSliceDataBitOffset(int bitOffset) {
    return new SliceHeader(
        opening, decRefPicMarking, sliceQpY, disableDeblockingFilterIdc, filterOffsetA, filterOffsetB, sliceGroupChangeCycle,
        bitOffset);
  }

  /** The same slice header with another idr_pic_id. */
  SliceHeader withIdrPicId(int idrPicId) {
    return new SliceHeader(
        opening.withIdrPicId(idrPicId), decRefPicMarking, sliceQpY, disableDeblockingFilterIdc, filterOffsetA, filterOffsetB,
        sliceGroupChangeCycle, sliceDataBitOffset);
  }

  public int nalRefIdc() {
    return opening.nalRefIdc();
  }

  public boolean idrPicFlag() {
    return opening.idrPicFlag();
  }

  public int firstMbInSlice() {
    return opening.firstMbInSlice();
  }

  /** slice_type, 2 or 7. */
  public int sliceType() {
    return opening.sliceType();
  }

  public int ppsId() {
    return opening.ppsId();
  }

  public int colourPlaneId() {
    return opening.colourPlaneId();
  }

  public int frameNum() {
    return opening.frameNum();
  }

  public boolean fieldPicFlag() {
    return opening.fieldPicFlag();
  }

  public boolean bottomFieldFlag() {
    return opening.bottomFieldFlag();
  }

  public int idrPicId() {
    return opening.idrPicId();
  }

  public int picOrderCntLsb() {
    return opening.picOrderCntLsb();
  }

  public int deltaPicOrderCntBottom() {
    return opening.deltaPicOrderCntBottom();
  }

  public int deltaPicOrderCnt0() {
    return opening.deltaPicOrderCnt0();
  }

  public int deltaPicOrderCnt1() {
    return opening.deltaPicOrderCnt1();
  }

  public int redundantPicCnt() {
    return opening.redundantPicCnt();
  }

  /**
   * Parses slice_header() of an I slice.
   *
   * @param reader at the first bit of the RBSP; left at the first bit of slice_data()
   * @param ppsById picture parameter sets; null for a missing one
   * @param spsById sequence parameter sets; null for a missing one
   * @throws UnsupportedStreamException for P, B, SP and SI slices
   * @throws MalformedStreamException if an element is out of its range, the data ends early, or a parameter set is missing
   */
  public static SliceHeader parse(
      NalUnit nalUnit, RbspReader reader, IntFunction<PicParameterSet> ppsById, IntFunction<SeqParameterSet> spsById) {
    SliceOpening opening = SliceOpening.parseIntra(nalUnit, reader, ppsById, spsById);
    PicParameterSet pps = SliceOpening.picParameterSet(opening.ppsId(), ppsById);
    return parseRest(opening, reader, SliceOpening.seqParameterSet(pps, spsById), pps);
  }

  /**
   * Parses what follows the opening of an I slice.
   *
   * @param reader positioned after the opening; left at the first bit of slice_data()
   */
  public static SliceHeader parseRest(SliceOpening opening, RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    DecRefPicMarking marking =
        opening.nalRefIdc() == 0 ? null : DecRefPicMarking.parse(reader, opening.idrPicFlag());
    int sliceQpY = pps.picInitQp()
        + reader.readSe("slice_qp_delta", CLAUSE, -sps.qpBdOffsetY() - pps.picInitQp(), 51 - pps.picInitQp());
    int disableIdc = 0;
    int offsetA = 0;
    int offsetB = 0;
    if (pps.deblockingFilterControlPresentFlag()) {
      disableIdc = reader.readUe("disable_deblocking_filter_idc", CLAUSE, 2);
      if (disableIdc != 1) {
        offsetA = 2 * reader.readSe("slice_alpha_c0_offset_div2", CLAUSE, -6, 6);
        offsetB = 2 * reader.readSe("slice_beta_offset_div2", CLAUSE, -6, 6);
      }
    }
    int changeCycle = readSliceGroupChangeCycle(reader, sps, pps);
    return new SliceHeader(
        opening, marking, sliceQpY, disableIdc, offsetA, offsetB, changeCycle, (int) reader.bitPosition());
  }

  private static int readSliceGroupChangeCycle(RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    if (pps.sliceGroups() == null || !pps.sliceGroups().changes()) {
      return 0;
    }
    int mapUnits = sps.picSizeInMapUnits();
    int most = pps.sliceGroups().maxChangeCycle(mapUnits);
    int cycle = reader.readInt(pps.sliceGroups().bitsOfChangeCycle(mapUnits), "slice_group_change_cycle");
    if (cycle > most) {
      throw new MalformedStreamException("slice_group_change_cycle", CLAUSE, cycle + " is not in 0.." + most);
    }
    return cycle;
  }

  /**
   * Writes slice_header(). {@link #sliceDataBitOffset} is not used.
   *
   * @throws IllegalArgumentException if there are deblocking parameters that the picture parameter set has no syntax for, or
   *     if nal_ref_idc needs dec_ref_pic_marking() and there is none
   */
  public void write(RbspWriter writer, SeqParameterSet sps, PicParameterSet pps) {
    opening.write(writer, sps, pps);
    if ((nalRefIdc() == 0) != (decRefPicMarking == null)) {
      throw new IllegalArgumentException("dec_ref_pic_marking with nal_ref_idc " + nalRefIdc());
    }
    if (decRefPicMarking != null) {
      decRefPicMarking.write(writer, idrPicFlag());
    }
    writer.writeSe(sliceQpY - pps.picInitQp());
    if (pps.deblockingFilterControlPresentFlag()) {
      writer.writeUe(disableDeblockingFilterIdc);
      if (disableDeblockingFilterIdc != 1) {
        writer.writeSe(filterOffsetA / 2);
        writer.writeSe(filterOffsetB / 2);
      }
    } else if ((disableDeblockingFilterIdc | filterOffsetA | filterOffsetB) != 0) {
      throw new IllegalArgumentException("no deblocking_filter_control_present_flag, but parameters");
    }
    if (pps.sliceGroups() != null && pps.sliceGroups().changes()) {
      writer.writeBits(pps.sliceGroups().bitsOfChangeCycle(sps.picSizeInMapUnits()), sliceGroupChangeCycle);
    }
  }
}
