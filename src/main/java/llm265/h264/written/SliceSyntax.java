package llm265.h264.written;

import java.util.List;
import java.util.SplittableRandom;
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
public record SliceSyntax(int number, int[] mbAddresses, SliceHeader header, PicParameterSet pps) {

  public SliceSyntax withHeader(SliceHeader other) {
    return new SliceSyntax(number, mbAddresses, other, pps);
  }

  public SliceSyntax withPps(PicParameterSet other) {
    return new SliceSyntax(number, mbAddresses, header, other);
  }

  /** The slice with SliceQPY moved, and QPY of all of its macroblocks with it. */
  public SliceSyntax withQpMovedBy(int difference) {
    return withHeader(new SliceHeader(
        header.opening(), header.decRefPicMarking(), header.sliceQpY() + difference, header.disableDeblockingFilterIdc(),
        header.filterOffsetA(), header.filterOffsetB(), header.sliceGroupChangeCycle(), 0));
  }

  /** 7.3.2.8 The slice as a NAL unit in Annex B form; macroblocks of the slices before it in order have been written. */
  public byte[] write(PictureSyntax picture, SeqParameterSet sps) {
    RbspWriter rbsp = new RbspWriter();
    header.write(rbsp, sps, pps);
    if (pps.entropyCodingModeFlag()) {
      CabacLayerWriter writer = cabac(picture, sps);
      writeMacroblocks(picture, writer, 0);
      rbsp.alignWithOnes();
      byte[] data = writer.toByteArray();
      rbsp.writeBytes(data, 0, data.length);
    } else {
      writeMacroblocks(picture, cavlc(picture, sps, rbsp, rbsp), 0);
    }
    int type = header.idrPicFlag() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR;
    return rbsp.toNalUnit(header.nalRefIdc(), type, number == 0);
  }

  /** 7.3.2.9 The slice in data partitions: A, and B with what is of category 3. Only with CAVLC, and not of an IDR picture. */
  public List<byte[]> writePartitions(PictureSyntax picture, SeqParameterSet sps) {
    RbspWriter a = new RbspWriter();
    header.write(a, sps, pps);
    a.writeUe(number);
    RbspWriter b = new RbspWriter();
    b.writeUe(number);
    if (pps.redundantPicCntPresentFlag()) {
      b.writeUe(0);
    }
    writeMacroblocks(picture, cavlc(picture, sps, a, b), 0);
    return List.of(a.toNalUnit(header.nalRefIdc(), NalUnit.SLICE_DATA_PARTITION_A, number == 0),
        b.toNalUnit(header.nalRefIdc(), NalUnit.SLICE_DATA_PARTITION_B, false));
  }

  /**
   * Makes levels smaller where a macroblock has more bits than it may have (A.3.1). Macroblocks of the slices before it in order
   * have been written.
   */
  public void fit(PictureSyntax picture, SeqParameterSet sps, int mostBits) {
    RbspWriter rbsp = new RbspWriter();
    writeMacroblocks(
        picture, pps.entropyCodingModeFlag() ? cabac(picture, sps) : cavlc(picture, sps, rbsp, rbsp), mostBits);
  }

  /**
   * Chooses levels anew, such that an arithmetic encoder has long runs of bits that hang on a carry, which comes or does not. In
   * each block their magnitudes come to no more in all than before. Macroblocks of the slices before it in order have been
   * written; entropy_coding_mode_flag is 1.
   */
  public void steerCarries(PictureSyntax picture, SeqParameterSet sps, SplittableRandom random) {
    CabacLayerWriter writer = cabac(picture, sps);
    writer.steer(random);
    writeMacroblocks(picture, writer, 0);
  }

  private CabacLayerWriter cabac(PictureSyntax picture, SeqParameterSet sps) {
    return new CabacLayerWriter(picture, sps.format().bitDepthLuma(), sps.format().bitDepthChroma(),
        pps.transform8x8ModeFlag(), header.fieldPicFlag(), header.sliceQpY());
  }

  private CavlcLayerWriter cavlc(PictureSyntax picture, SeqParameterSet sps, RbspWriter writer, RbspWriter residualWriter) {
    return new CavlcLayerWriter(picture, sps.format().bitDepthLuma(), sps.format().bitDepthChroma(),
        pps.transform8x8ModeFlag(), writer, residualWriter);
  }

  /** @param mostBits bits that a macroblock may have; 0 for any number */
  private void writeMacroblocks(PictureSyntax picture, MacroblockLayerWriter writer, int mostBits) {
    for (int i = 0; i < mbAddresses.length; i++) {
      int mbAddr = mbAddresses[i];
      picture.slice[mbAddr] = number;
      if (mostBits > 0 && !picture.mbs[mbAddr].isPcm()) {
        LevelReduction.fit(picture.mbs[mbAddr], () -> writer.bits(mbAddr), mostBits);
      }
      writer.write(mbAddr);
      if (!picture.mbaff || mbAddr % 2 != 0) {
        writer.endOfMacroblock(i == mbAddresses.length - 1);
      }
    }
  }
}
