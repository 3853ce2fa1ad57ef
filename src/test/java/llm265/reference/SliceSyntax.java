package llm265.reference;

import java.util.List;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * One slice of a picture.
 *
 * @param number its number among the slices of the picture
 * @param mbAddresses its macroblocks in decoding order
 */
record SliceSyntax(int number, int[] mbAddresses, SliceHeader header, PicParameterSet pps) {

  SliceSyntax withHeader(SliceHeader other) {
    return new SliceSyntax(number, mbAddresses, other, pps);
  }

  SliceSyntax withPps(PicParameterSet other) {
    return new SliceSyntax(number, mbAddresses, header, other);
  }

  /** The slice with SliceQPY moved, and QPY of all of its macroblocks with it. */
  SliceSyntax withQpMovedBy(int difference) {
    return withHeader(new SliceHeader(
        header.opening(), header.decRefPicMarking(), header.sliceQpY() + difference, header.disableDeblockingFilterIdc(),
        header.filterOffsetA(), header.filterOffsetB(), header.sliceGroupChangeCycle(), 0));
  }

  /** 7.3.2.8 The slice as a NAL unit in Annex B form; macroblocks of the slices before it in order have been written. */
  byte[] write(PictureSyntax picture, SeqParameterSet sps) {
    RbspWriter rbsp = new RbspWriter();
    header.write(rbsp, sps, pps);
    int depthLuma = sps.format().bitDepthLuma();
    int depthChroma = sps.format().bitDepthChroma();
    if (pps.entropyCodingModeFlag()) {
      CabacLayerWriter writer = new CabacLayerWriter(
          picture, depthLuma, depthChroma, pps.transform8x8ModeFlag(), header.fieldPicFlag(), header.sliceQpY());
      writeMacroblocks(picture, writer);
      rbsp.alignWithOnes();
      byte[] data = writer.toByteArray();
      rbsp.writeBytes(data, 0, data.length);
    } else {
      writeMacroblocks(picture, new CavlcLayerWriter(picture, depthLuma, depthChroma, pps.transform8x8ModeFlag(), rbsp, rbsp));
    }
    int type = header.idrPicFlag() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR;
    return rbsp.toNalUnit(header.nalRefIdc(), type, number == 0);
  }

  /** 7.3.2.9 The slice in data partitions: A, and B with what is of category 3. Only with CAVLC, and not of an IDR picture. */
  List<byte[]> writePartitions(PictureSyntax picture, SeqParameterSet sps) {
    RbspWriter a = new RbspWriter();
    header.write(a, sps, pps);
    a.writeUe(number);
    RbspWriter b = new RbspWriter();
    b.writeUe(number);
    if (pps.redundantPicCntPresentFlag()) {
      b.writeUe(0);
    }
    writeMacroblocks(picture, new CavlcLayerWriter(
        picture, sps.format().bitDepthLuma(), sps.format().bitDepthChroma(), pps.transform8x8ModeFlag(), a, b));
    return List.of(a.toNalUnit(header.nalRefIdc(), NalUnit.SLICE_DATA_PARTITION_A, number == 0),
        b.toNalUnit(header.nalRefIdc(), NalUnit.SLICE_DATA_PARTITION_B, false));
  }

  private void writeMacroblocks(PictureSyntax picture, MacroblockLayerWriter writer) {
    for (int i = 0; i < mbAddresses.length; i++) {
      int mbAddr = mbAddresses[i];
      picture.slice[mbAddr] = number;
      writer.write(mbAddr);
      if (!picture.mbaff || mbAddr % 2 != 0) {
        writer.endOfMacroblock(i == mbAddresses.length - 1);
      }
    }
  }
}
