package llm265.h264.coverage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.MacroblockListener;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.SeqParameterSet;

/** What the macroblocks of a stream show each by itself, or with the one on the left and the one above. */
final class MacroblockCoverage implements MacroblockListener {
  private static final List<String> KINDS = List.of("I_NxN 4x4", "I_NxN 8x8", "I_16x16", "I_PCM");
  private static final List<String> BYPASSED = List.of("4x4", "8x8", "16x16");

  private final Coverage coverage;
  /** Takes every macroblock once its picture is known; may be null. */
  private final NeighbourCoverage neighbours;

  /** Slice of each macroblock of the picture being decoded, by column and row. */
  private final Map<List<Integer>, Integer> slices = new HashMap<>();

  /** Macroblocks of pictures that have not been output: kind, whether a residual is summed up, QPY, chroma mode. */
  private final List<int[]> macroblocks = new ArrayList<>();

  MacroblockCoverage(Coverage coverage, NeighbourCoverage neighbours) {
    this.coverage = coverage;
    this.neighbours = neighbours;
  }

  @Override
  public void begin(int pictureIndex, boolean bottomField, int colourPlane) {
    if (neighbours != null) {
      neighbours.begin(pictureIndex, bottomField, colourPlane);
    }
  }

  @Override
  public void macroblock(Macroblock mb, int sliceIndex) {
    if (neighbours != null) {
      neighbours.macroblock(mb, sliceIndex);
    }
    if (mb.mbAddr == 0) {
      slices.clear();
    }
    coverage.note("slice_starts_within_row", !slices.containsValue(sliceIndex) && mb.mbX > 0);
    slices.put(List.of(mb.mbX, mb.mbY), sliceIndex);
    coverage.note("mb_type", mb.mbType);
    coverage.note("mb_field_decoding_flag", mb.mbFieldDecodingFlag);
    int kind = mb.isPcm() ? 3 : mb.isI16x16() ? 2 : mb.transformSize8x8Flag ? 1 : 0;
    coverage.note("macroblocks", KINDS.get(kind));
    if (mb.isPcm()) {
      return;
    }
    int around = (isNeighbour(mb.mbX - 1, mb.mbY, sliceIndex) ? 1 : 0) | (isNeighbour(mb.mbX, mb.mbY - 1, sliceIndex) ? 2 : 0);
    coverage.note("qp", mb.qpY);
    boolean summed = false;
    if (mb.isI16x16()) {
      coverage.note("intra16x16", mb.intra16x16PredMode);
      summed = mb.intra16x16PredMode < 2;
      if (mb.intra16x16PredMode == 2) {
        coverage.note("intra16x16_dc_neighbours", around);
      }
    } else {
      coverage.note("transform_8x8", mb.transformSize8x8Flag);
      for (int block = 0; block < 16; block++) {
        coverage.note(mb.transformSize8x8Flag ? "intra8x8" : "intra4x4", mb.intraPredModes[block]);
        summed |= mb.intraPredModes[block] < 2;
      }
      coverage.note("coded_block_pattern_luma", mb.codedBlockPattern & 15);
    }
    coverage.note("coded_block_pattern_chroma", mb.codedBlockPattern >> 4);
    coverage.note("intra_chroma", mb.intraChromaPredMode);
    if (mb.intraChromaPredMode == 0) {
      coverage.note("intra_chroma_dc_neighbours", around);
    }
    if (mb.isI16x16() || mb.codedBlockPattern != 0) {
      coverage.note("mb_qp_delta", mb.mbQpDelta);
    }
    residual(mb);
    macroblocks.add(new int[] {kind, summed ? 1 : 0, mb.qpY, mb.intraChromaPredMode});
  }

  private boolean isNeighbour(int mbX, int mbY, int sliceIndex) {
    return slices.getOrDefault(List.of(mbX, mbY), -1) == sliceIndex;
  }

  private void residual(Macroblock mb) {
    long flags = mb.codedBlockFlags;
    if (((flags >>> Macroblock.DC_FLAG_BIT) & 1) != 0) {
      coverage.note("block_cat", 0);
    }
    if ((flags & 0xFFFF) != 0) {
      coverage.note("block_cat", MbType.isI16x16(mb.mbType) ? 1 : mb.transformSize8x8Flag ? 5 : 2);
    }
    if (((flags >>> Macroblock.CHROMA_DC_FLAG_BIT) & 3) != 0) {
      coverage.note("block_cat", 3);
    }
    if (((flags >>> 16) & 0xFFFFFFFFL) != 0) {
      coverage.note("block_cat", 4);
    }
    int largest = Math.max(
        Arrays.stream(mb.levels).map(Math::abs).max().orElse(0), Arrays.stream(mb.dcLevels).map(Math::abs).max().orElse(0));
    if (largest > 0) {
      // Levels from 15 on have an Exp-Golomb suffix.
      coverage.note("log2_level", 31 - Integer.numberOfLeadingZeros(largest));
    }
  }

  void picture(DecodedPicture decoded) {
    SeqParameterSet sps = decoded.sps();
    for (int[] mb : macroblocks) {
      int qpPrimeY = mb[2] + sps.qpBdOffsetY();
      coverage.note("qp_prime_y", qpPrimeY);
      if (qpPrimeY == 0 && sps.qpprimeYZeroTransformBypassFlag()) {
        coverage.note("bypassed", BYPASSED.get(mb[0]) + (mb[1] == 1 ? " summed" : ""));
        if (mb[3] == 1 || mb[3] == 2) {
          coverage.note("bypassed", "chroma summed");
        }
      }
    }
    macroblocks.clear();
    if (neighbours != null) {
      neighbours.picture(decoded);
    }
  }
}
