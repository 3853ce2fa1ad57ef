package llm265.h264.coverage;

import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;

/** 8.7: which edges of a macroblock the deblocking filter takes, and by which parameters. */
final class EdgeCoverage {
  private final Coverage coverage;

  EdgeCoverage(Coverage coverage) {
    this.coverage = coverage;
  }

  void macroblock(PictureSyntax picture, int mbAddr, SliceHeader slice, SeqParameterSet sps, boolean fieldMb) {
    int idc = slice.disableDeblockingFilterIdc();
    if (idc == 1) {
      coverage.note("edges", "none");
      return;
    }
    MacroblockSyntax mb = picture.mbs[mbAddr];
    int qp = mb.isPcm() ? 0 : mb.qpY;
    coverage.note("indexA", Math.clamp(qp + slice.filterOffsetA(), 0, 51));
    coverage.note("indexB", Math.clamp(qp + slice.filterOffsetB(), 0, 51));
    String kind = (sps.chromaArrayType() + (mb.transformSize8x8Flag ? " 8x8" : " 4x4")) + (fieldMb ? " field" : " frame");
    coverage.note("edges", "inner " + kind + " of " + sps.format().bitDepthLuma() + " bits");
    int unit = picture.mbaff ? mbAddr / 2 : mbAddr;
    edge(picture, mbAddr, unit % picture.widthInMbs == 0 ? -1 : unit - 1, "left", idc);
    edge(picture, mbAddr, topOf(picture, mbAddr, unit), "top", idc);
  }

  /** Unit of macroblocks above the edge at the top; the macroblock's own if that is in the same pair. */
  private static int topOf(PictureSyntax picture, int mbAddr, int unit) {
    boolean insidePair = picture.mbaff && mbAddr % 2 != 0 && !picture.mbs[mbAddr].mbFieldDecodingFlag;
    return insidePair ? unit : unit - picture.widthInMbs;
  }

  private void edge(PictureSyntax picture, int mbAddr, int unit, String side, int idc) {
    if (unit < 0) {
      coverage.note("edges", side + " of the picture");
      return;
    }
    int beside = picture.mbaff ? 2 * unit : unit;
    boolean sameSlice = picture.slice[beside] == picture.slice[mbAddr];
    String slices = sameSlice ? "" : idc == 2 ? ", other slice, not filtered" : ", other slice";
    String pair = !picture.mbaff ? "" : " " + kind(picture, mbAddr) + (mbAddr % 2 == 0 ? " top" : " bottom")
        + " beside " + kind(picture, beside);
    coverage.note("edges", side + pair + slices);
    if (sameSlice || idc == 0) {
      MacroblockSyntax other = picture.mbs[beside];
      coverage.note("edges", side + (other.isPcm() ? " beside I_PCM" : other.qpY == picture.mbs[mbAddr].qpY ? " of one QP"
          : " of two QPs"));
    }
  }

  /** What kind of pair a macroblock of an MBAFF frame is in; - for an address below 0. */
  static String kind(PictureSyntax picture, int mbAddr) {
    return mbAddr < 0 ? "-" : picture.mbs[mbAddr].mbFieldDecodingFlag ? "field" : "frame";
  }
}
