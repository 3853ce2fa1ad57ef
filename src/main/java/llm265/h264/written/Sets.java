package llm265.h264.written;

import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ScalingMatrix;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;

/** Parameter sets like others but for some elements, and as NAL units in Annex B form. */
public final class Sets {
  private Sets() {}

  public static SeqParameterSet with(SeqParameterSet sps, int profileIdc, boolean separateColourPlaneFlag, PictureFormat format) {
    return new SeqParameterSet(profileIdc, sps.constraintFlags(), sps.levelIdc(), sps.id(), separateColourPlaneFlag,
        sps.qpprimeYZeroTransformBypassFlag(), sps.scalingMatrix(), sps.log2MaxFrameNum(), sps.picOrderCnt(),
        sps.maxNumRefFrames(),
        sps.gapsInFrameNumValueAllowedFlag(), sps.frameMbsOnlyFlag(), sps.mbAdaptiveFrameFieldFlag(),
        sps.direct8x8InferenceFlag(),
        format, sps.vui());
  }

  public static SeqParameterSet withScaling(SeqParameterSet sps, ScalingMatrix scalingMatrix) {
    return new SeqParameterSet(sps.profileIdc(), sps.constraintFlags(), sps.levelIdc(), sps.id(), sps.separateColourPlaneFlag(),
        sps.qpprimeYZeroTransformBypassFlag(), scalingMatrix, sps.log2MaxFrameNum(), sps.picOrderCnt(), sps.maxNumRefFrames(),
        sps.gapsInFrameNumValueAllowedFlag(), sps.frameMbsOnlyFlag(), sps.mbAdaptiveFrameFieldFlag(),
        sps.direct8x8InferenceFlag(),
        sps.format(), sps.vui());
  }

  public static PicParameterSet withOffsets(PicParameterSet pps, int cbQpIndexOffset, int crQpIndexOffset) {
    return with(pps, pps.sliceGroups(), pps.redundantPicCntPresentFlag(), cbQpIndexOffset, pps.scalingMatrix(), crQpIndexOffset);
  }

  public static PicParameterSet withScaling(PicParameterSet pps, ScalingMatrix scalingMatrix) {
    return with(pps, pps.sliceGroups(), pps.redundantPicCntPresentFlag(), pps.chromaQpIndexOffset(), scalingMatrix,
        pps.secondChromaQpIndexOffset());
  }

  public static PicParameterSet withSliceGroups(PicParameterSet pps, SliceGroups sliceGroups) {
    return with(pps, sliceGroups, pps.redundantPicCntPresentFlag(), pps.chromaQpIndexOffset(), pps.scalingMatrix(),
        pps.secondChromaQpIndexOffset());
  }

  public static PicParameterSet withRedundantPicCnt(PicParameterSet pps) {
    return withRedundantPicCnt(pps, true);
  }

  public static PicParameterSet withRedundantPicCnt(PicParameterSet pps, boolean redundantPicCntPresentFlag) {
    return with(pps, pps.sliceGroups(), redundantPicCntPresentFlag, pps.chromaQpIndexOffset(), pps.scalingMatrix(),
        pps.secondChromaQpIndexOffset());
  }

  private static PicParameterSet with(PicParameterSet pps, SliceGroups sliceGroups, boolean redundantPicCntPresentFlag,
      int cbQpIndexOffset, ScalingMatrix scalingMatrix, int crQpIndexOffset) {
    return new PicParameterSet(pps.id(), pps.spsId(), pps.entropyCodingModeFlag(), pps.bottomFieldPicOrderInFramePresentFlag(),
        sliceGroups, 1, 1, false, 0, pps.picInitQp(), pps.picInitQs(), cbQpIndexOffset, pps.deblockingFilterControlPresentFlag(),
        pps.constrainedIntraPredFlag(), redundantPicCntPresentFlag, pps.transform8x8ModeFlag(), scalingMatrix, crQpIndexOffset);
  }

  public static byte[] nalUnit(SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    return writer.toNalUnit(3, NalUnit.SPS, true);
  }

  public static byte[] nalUnit(PicParameterSet pps, SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    pps.write(writer, sps.format().chroma());
    return writer.toNalUnit(3, NalUnit.PPS, true);
  }
}
