package llm265.h264.coverage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.macroblock.ChromaQp;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ScalingMatrix;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.written.MacroblockLayerWriter;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;

/**
 * What the macroblocks of a picture show together: prediction modes by the neighbours that are available, transforms by qP and
 * depth, pairs of MBAFF frames. Neighbours are those of {@link PictureSyntax}, not the decoder's.
 */
final class NeighbourCoverage {
  /** Sl_8x8_Intra_Y among scaling lists. */
  private static final int FIRST_8X8_LIST = 6;

  private final Coverage coverage;
  private final EdgeCoverage edges;
  /** By number of the picture. */
  private final Map<Integer, List<Array>> arrays = new HashMap<>();
  private Array current;

  /** The macroblocks of a frame, a field, or a colour plane of either. */
  private record Array(boolean bottomField, int colourPlane, List<Seen> macroblocks) {}

  /**
   * A macroblock.
   *
   * @param coded bits of its residual: 0 luma DC, 1 luma, 2 chroma DC, 3 chroma AC
   * @param positions4x4 bit 4 * row + column of positions in 4x4 blocks with a level other than 0
   * @param positions8x8 the same of 8x8 blocks
   */
  private record Seen(int mbAddr, MacroblockSyntax mb, int sliceIndex, int coded, int positions4x4, long positions8x8) {}

  NeighbourCoverage(Coverage coverage) {
    this.coverage = coverage;
    edges = new EdgeCoverage(coverage);
  }

  void begin(int pictureIndex, boolean bottomField, int colourPlane) {
    current = new Array(bottomField, colourPlane, new ArrayList<>());
    arrays.computeIfAbsent(pictureIndex, index -> new ArrayList<>()).add(current);
  }

  void macroblock(Macroblock mb, int sliceIndex) {
    MacroblockSyntax syntax = new MacroblockSyntax();
    syntax.mbFieldDecodingFlag = mb.mbFieldDecodingFlag;
    syntax.mbType = mb.mbType;
    syntax.transformSize8x8Flag = mb.isINxN() && mb.transformSize8x8Flag;
    for (int block = 0; block < 16; block++) {
      syntax.intraPredModes[block] = mb.intraPredModes[block];
    }
    syntax.intraChromaPredMode = mb.intraChromaPredMode;
    syntax.codedBlockPattern = mb.codedBlockPattern;
    syntax.mbQpDelta = mb.mbQpDelta;
    syntax.qpY = mb.qpY;
    int positions4x4 = 0;
    long positions8x8 = 0;
    for (int i = 0; i < 256 && !mb.isPcm(); i++) {
      if (mb.levels[i] != 0 && syntax.transformSize8x8Flag) {
        positions8x8 |= 1L << i;
      } else if (mb.levels[i] != 0) {
        positions4x4 |= 1 << (i & 15);
      }
    }
    long flags = mb.codedBlockFlags;
    int coded = mb.isPcm() ? 0 : ((flags >>> Macroblock.DC_FLAG_BIT) & 1) != 0 ? 1 : 0;
    if (!mb.isPcm()) {
      coded |= (flags & 0xFFFF) != 0 ? 2 : 0;
      coded |= ((flags >>> Macroblock.CHROMA_DC_FLAG_BIT) & 3) != 0 ? 4 : 0;
      coded |= ((flags >>> 16) & 0xFFFFFFFFL) != 0 ? 8 : 0;
    }
    current.macroblocks.add(new Seen(mb.mbAddr, syntax, sliceIndex, coded, positions4x4, positions8x8));
  }

  void picture(DecodedPicture decoded) {
    List<Array> ofPicture = arrays.remove(decoded.index());
    if (ofPicture == null) {
      return;
    }
    for (Array array : ofPicture) {
      List<SliceHeader> slices = decoded.slices().stream()
          .filter(slice -> slice.bottomFieldFlag() == array.bottomField && slice.colourPlaneId() == array.colourPlane).toList();
      array(array, decoded.sps(), decoded.pps(), slices);
    }
  }

  private void array(Array array, SeqParameterSet sps, PicParameterSet pps, List<SliceHeader> slices) {
    PictureFormat format = sps.format();
    boolean field = slices.getFirst().fieldPicFlag();
    boolean mbaff = !field && sps.mbAdaptiveFrameFieldFlag();
    PictureSyntax picture = new PictureSyntax(
        format.widthInMbs(), format.heightInMbs() / (field ? 2 : 1), mbaff, sps.chromaArrayType());
    coverage.note("format", ParameterCoverage.structure(sps, slices.getFirst()) + " " + sps.chromaArrayType()
        + (pps.entropyCodingModeFlag() ? " CABAC" : " CAVLC"));
    // In order of addresses with FMO, too: what is above has been sent in an earlier slice, or is in another.
    for (Seen seen : array.macroblocks) {
      picture.mbs[seen.mbAddr] = seen.mb;
      picture.slice[seen.mbAddr] = seen.sliceIndex;
    }
    Seen previous = null;
    for (Seen seen : array.macroblocks) {
      SliceHeader slice = slices.get(Math.min(seen.sliceIndex, slices.size() - 1));
      boolean fieldMb = field || seen.mb.mbFieldDecodingFlag;
      prediction(picture, seen);
      transforms(seen, sps, pps, fieldMb);
      order(previous != null && previous.sliceIndex == seen.sliceIndex ? previous : null, seen, pps);
      if (mbaff) {
        pairs(picture, seen.mbAddr);
      }
      edges.macroblock(picture, seen.mbAddr, slice, sps, fieldMb);
      previous = seen;
    }
  }

  /** Which of A, B, C, D are available around a block of luma. */
  private static String around(PictureSyntax picture, int mbAddr, int x, int y, int size) {
    StringBuilder text = new StringBuilder();
    text.append(picture.luma(mbAddr, x - 1, y).isAvailable() ? "A" : "");
    text.append(picture.luma(mbAddr, x, y - 1).isAvailable() ? "B" : "");
    boolean decoded = size == 16 || y == 0 || isDecoded(x + size, y - 1, x, y, size);
    text.append(size < 16 && decoded && picture.luma(mbAddr, x + size, y - 1).isAvailable() ? "C" : "");
    text.append(picture.luma(mbAddr, x - 1, y - 1).isAvailable() ? "D" : "");
    return text.isEmpty() ? "none" : text.toString();
  }

  /** Whether the block above right, in the same macroblock, comes earlier in decoding order. */
  private static boolean isDecoded(int xC, int yC, int x, int y, int size) {
    return xC < 16 && index(xC / size * size, yC / size * size) < index(x, y);
  }

  /** luma4x4BlkIdx of a location. */
  private static int index(int x, int y) {
    return 8 * (y / 8) + 4 * (x / 8) + 2 * (y % 8 / 4) + x % 8 / 4;
  }

  private void prediction(PictureSyntax picture, Seen seen) {
    MacroblockSyntax mb = seen.mb;
    if (mb.isPcm()) {
      return;
    }
    String whole = around(picture, seen.mbAddr, 0, 0, 16);
    if (picture.chroma == ChromaFormat.YUV420 || picture.chroma == ChromaFormat.YUV422) {
      coverage.note("intra_chroma " + picture.chroma, mb.intraChromaPredMode + " " + whole);
    }
    if (mb.isI16x16()) {
      coverage.note("Intra16x16PredMode", (mb.mbType - 1) % 4 + " " + whole);
      return;
    }
    int step = mb.transformSize8x8Flag ? 4 : 1;
    for (int block = 0; block < 16; block += step) {
      int x = MacroblockLayerWriter.blockX(block);
      int y = MacroblockLayerWriter.blockY(block);
      coverage.note(step == 4 ? "Intra8x8PredMode" : "Intra4x4PredMode",
          mb.intraPredModes[block] + " " + around(picture, seen.mbAddr, x, y, step == 4 ? 8 : 4));
      coverage.note("predicted mode of " + (step == 4 ? "8x8" : "4x4"),
          predictor(picture, seen.mbAddr, x - 1, y) + " and " + predictor(picture, seen.mbAddr, x, y - 1));
    }
  }

  /** What kind of macroblock has the block that a mode is predicted from. */
  private static String predictor(PictureSyntax picture, int mbAddr, int x, int y) {
    PictureSyntax.Neighbour neighbour = picture.luma(mbAddr, x, y);
    if (!neighbour.isAvailable()) {
      return "none";
    }
    MacroblockSyntax mb = picture.mbs[neighbour.mbAddr()];
    String field = mb.mbFieldDecodingFlag == picture.mbs[mbAddr].mbFieldDecodingFlag ? "" : " other kind of pair";
    return (!mb.isINxN() ? "other" : mb.transformSize8x8Flag ? "8x8" : "4x4") + field;
  }

  private void transforms(Seen seen, SeqParameterSet sps, PicParameterSet pps, boolean fieldMb) {
    PictureFormat format = sps.format();
    MacroblockSyntax mb = seen.mb;
    int qp = mb.qpY + format.qpBdOffsetY();
    String scan = fieldMb ? "field scan" : "frame scan";
    for (int bits = seen.positions4x4; bits != 0; bits &= bits - 1) {
      coverage.note("4x4 " + scan, Integer.numberOfTrailingZeros(bits));
    }
    for (long bits = seen.positions8x8; bits != 0; bits &= bits - 1) {
      coverage.note("8x8 " + scan, Long.numberOfTrailingZeros(bits) & 63);
    }
    String depth = " of " + format.bitDepthLuma() + " bits";
    if ((seen.coded & 1) != 0) {
      coverage.note("qP of Intra16x16DCLevel", qp);
      coverage.note("transforms", "Intra16x16DCLevel" + depth);
    }
    if ((seen.coded & 2) != 0) {
      coverage.note(mb.transformSize8x8Flag ? "qP of 8x8" : "qP of 4x4", qp);
      coverage.note(mb.transformSize8x8Flag ? "scales of 8x8" : "scales of 4x4",
          scales(sps.scalingMatrix(), pps.scalingMatrix(), mb.transformSize8x8Flag ? FIRST_8X8_LIST : 0));
      coverage.note("transforms", (mb.transformSize8x8Flag ? "8x8" : mb.isI16x16() ? "4x4 of 16x16" : "4x4") + depth);
    }
    if (sps.chromaArrayType() == ChromaFormat.MONOCHROME) {
      return;
    }
    for (int plane = 1; plane < 3; plane++) {
      int offset = plane == 1 ? pps.chromaQpIndexOffset() : pps.secondChromaQpIndexOffset();
      int bdOffset = 6 * (format.bitDepthChroma() - 8);
      if ((seen.coded & 12) != 0 || sps.chromaArrayType() == ChromaFormat.YUV444 && seen.coded != 0) {
        coverage.note("qPI of C" + (plane == 1 ? "b" : "r"), Math.clamp(mb.qpY + offset, -bdOffset, 51));
      }
      if ((seen.coded & 4) != 0) {
        coverage.note("qP of ChromaDCLevel " + sps.chromaArrayType(), ChromaQp.qpC(mb.qpY, offset, bdOffset) + bdOffset);
      }
    }
    if ((seen.coded & 12) != 0) {
      coverage.note("transforms", "chroma " + sps.chromaArrayType() + " of " + format.bitDepthChroma() + " bits");
    }
  }

  /** Table 7-2: where a list comes from. */
  private static String scales(ScalingMatrix sequence, ScalingMatrix picture, int list) {
    if (picture == null) {
      return sequence == null ? "flat" : "sequence";
    }
    if (picture.isPresent(list)) {
      return picture.usesDefault(list) ? "default" : "picture";
    }
    boolean own = sequence != null && sequence.isPresent(list) && !sequence.usesDefault(list);
    return own ? "fall-back to sequence" : "fall-back to default";
  }

  /** What came before an mb_qp_delta. */
  private void order(Seen previous, Seen seen, PicParameterSet pps) {
    String before = previous == null ? "first of a slice" : previous.mb.isPcm() ? "after I_PCM"
        : !previous.mb.hasMbQpDelta() ? "after none" : previous.mb.mbQpDelta == 0 ? "after 0" : "after another";
    String what = seen.mb.isPcm() ? "I_PCM" : !seen.mb.hasMbQpDelta() ? "none" : seen.mb.mbQpDelta == 0 ? "0" : "not 0";
    coverage.note("mb_qp_delta in a row", (pps.entropyCodingModeFlag() ? "CABAC " : "CAVLC ") + what + " " + before);
  }

  /** Frame or field pairs: the current one, A, B, C, D; - for none. */
  private void pairs(PictureSyntax picture, int mbAddr) {
    StringBuilder text = new StringBuilder(EdgeCoverage.kind(picture, mbAddr) + (mbAddr % 2 == 0 ? " top" : " bottom"));
    for (char which : new char[] {'A', 'B', 'C', 'D'}) {
      text.append(' ').append(EdgeCoverage.kind(picture, picture.mbAddr(which, mbAddr)));
    }
    coverage.note("pairs of MBAFF frames", text.toString());
  }
}
