package llm265.h264.deblock;

import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.ChromaQp;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;

/**
 * 8.7 Deblocking filter process, for frames of frame macroblocks and for fields, all of them intra. bS is 3 inside macroblocks
 * and 4 on their edges, except on horizontal edges in fields, where it is 3 (8.7.2.1).
 *
 * <p>Planes are independent and are filtered one after the other. Within a plane, macroblocks are filtered in the order of their
 * addresses, vertical edges before horizontal ones, each on the results of those before.
 */
public final class DeblockingFilter {
  private static final int ALL_INTERNAL_EDGES = 0b1110;
  private static final int INTERNAL_EDGE_8X8 = 0b0100;

  final PictureMbState state;
  final List<DeblockingParameters> slices;
  final PictureFormat format;
  private final int bSOfTopMbEdge;

  /** Thresholds of a macroblock edge, then of internal edges, in the layout of {@link DeblockKernels}. */
  final int[] thresholds = new int[2 * FilterThresholds.COUNT];

  private final short[] scratch = new short[DeblockKernels.SCRATCH];

  /** Receives bS of luma edges; null for nobody. */
  final StrengthListener strengths;

  DeblockingFilter(
      PictureFormat format, boolean field, PictureMbState state, List<DeblockingParameters> slices,
      StrengthListener strengths) {
    this.strengths = strengths;
    this.format = format;
    bSOfTopMbEdge = field ? 3 : 4;
    this.state = state;
    this.slices = slices;
  }

  /**
   * Filters a picture whose macroblocks are all constructed.
   *
   * @param picture the constructed samples; filtered in place
   * @param state mbType, transformSize8x8Flag, qpY and sliceIndex of its macroblocks; a macroblock with slice -1 was not
   *     decoded and stays as it is
   * @param slices indexed by slice
   */
  public static void filter(Picture picture, PictureMbState state, List<DeblockingParameters> slices) {
    filter(picture, false, state, slices, null);
  }

  /**
   * Like the other method, but for fields too.
   *
   * @param field field_pic_flag of the picture
   * @param strengths receives bS of every luma edge that is filtered; null for nobody
   */
  public static void filter(
      Picture picture, boolean field, PictureMbState state, List<DeblockingParameters> slices, StrengthListener strengths) {
    if (anyFiltered(slices)) {
      DeblockingFilter filter = new DeblockingFilter(picture.format(), field, state, slices, strengths);
      for (int plane = 0; plane < picture.format().planes(); plane++) {
        filter.filterPlane(plane, picture.samples(plane), picture.first(plane), picture.stride(plane));
      }
    }
  }

  static boolean anyFiltered(List<DeblockingParameters> slices) {
    return slices.stream().anyMatch(slice -> slice.disableDeblockingFilterIdc() != DeblockingParameters.NO_EDGES);
  }

  private void filterPlane(int plane, short[] samples, int first, int stride) {
    int width = plane == 0 ? 16 : format.chroma().mbWidthC();
    int height = plane == 0 ? 16 : format.chroma().mbHeightC();
    for (int mbY = 0; mbY < state.heightInMbs; mbY++) {
      for (int mbX = 0; mbX < state.widthInMbs; mbX++) {
        int mbAddr = mbY * state.widthInMbs + mbX;
        int sliceIndex = state.sliceIndex[mbAddr];
        if (sliceIndex < 0) {
          continue;
        }
        DeblockingParameters slice = slices.get(sliceIndex);
        if (slice.disableDeblockingFilterIdc() != DeblockingParameters.NO_EDGES) {
          int mbA = mbX > 0 ? mbAddr - 1 : -1;
          int mbB = mbY > 0 ? mbAddr - state.widthInMbs : -1;
          int offset = first + mbY * height * stride + mbX * width;
          filterMacroblock(plane, slice, mbAddr, mbA, mbB, samples, offset, stride);
        }
      }
    }
  }

  /**
   * Filters one plane of a macroblock.
   *
   * @param mbA address of the macroblock on the left, -1 outside the picture
   * @param mbB address of the macroblock above, -1 outside the picture
   */
  private void filterMacroblock(int plane, DeblockingParameters slice, int mbAddr, int mbA, int mbB,
      short[] samples, int offset, int stride) {
    boolean filterLeftMbEdge = filterMbEdge(slice, mbAddr, mbA);
    boolean filterTopMbEdge = filterMbEdge(slice, mbAddr, mbB);
    int bitDepth = format.bitDepth(plane);
    int qPq = qP(plane, slice, mbAddr);
    FilterThresholds.derive(qPq, slice, 3, bitDepth, thresholds, FilterThresholds.COUNT);
    if (filterLeftMbEdge) {
      FilterThresholds.derive((qP(plane, slice, mbA) + qPq + 1) >> 1, slice, 4, bitDepth, thresholds, 0);
    }
    boolean verticalEdges = true;
    filterEdges(plane, mbAddr, verticalEdges, filterLeftMbEdge ? 4 : 0, samples, offset, stride);
    if (filterTopMbEdge) {
      FilterThresholds.derive((qP(plane, slice, mbB) + qPq + 1) >> 1, slice, bSOfTopMbEdge, bitDepth, thresholds, 0);
    }
    filterEdges(plane, mbAddr, !verticalEdges, filterTopMbEdge ? bSOfTopMbEdge : 0, samples, offset, stride);
  }

  /** filterLeftMbEdgeFlag or filterTopMbEdgeFlag; the current macroblock's slice decides, not the neighbour's. */
  boolean filterMbEdge(DeblockingParameters slice, int mbAddr, int neighbour) {
    if (neighbour < 0 || state.sliceIndex[neighbour] < 0) {
      return false;
    }
    return slice.disableDeblockingFilterIdc() == DeblockingParameters.ALL_EDGES
        || state.sliceIndex[neighbour] == state.sliceIndex[mbAddr];
  }

  /** qPp or qPq: QPY, or the QPC that belongs to it under the current slice's parameter set (8.7.2.2). */
  int qP(int plane, DeblockingParameters slice, int mbAddr) {
    // I_PCM counts as QP'Y = 0, whatever QPY the next mb_qp_delta starts from
    int qpY = state.mbType[mbAddr] == MbType.I_PCM ? -format.qpBdOffsetY() : state.qpY[mbAddr];
    if (plane == 0) {
      return qpY;
    }
    int indexOffset = plane == 1 ? slice.chromaQpIndexOffset() : slice.secondChromaQpIndexOffset();
    return ChromaQp.qpC(qpY, indexOffset, format.qpBdOffsetC());
  }

  /**
   * Filters all internal edges of one direction in a plane of a macroblock, and its own edge.
   *
   * @param bSOfMbEdge bS of the macroblock's own edge; 0 if that is not filtered
   */
  void filterEdges(int plane, int mbAddr, boolean verticalEdges, int bSOfMbEdge,
      short[] samples, int offset, int stride) {
    int across = verticalEdges ? 1 : stride;
    int along = verticalEdges ? stride : 1;
    int maxSample = (1 << format.bitDepth(plane)) - 1;
    int first = bSOfMbEdge > 0 ? 1 : 0;
    if (plane == 0 || format.chroma() == ChromaFormat.YUV444) {
      int internal = state.transformSize8x8Flag[mbAddr] ? INTERNAL_EDGE_8X8 : ALL_INTERNAL_EDGES;
      if (strengths != null && plane == 0) {
        tellStrengths(mbAddr, verticalEdges, bSOfMbEdge, internal);
      }
      DeblockKernels.ACTIVE.filterLuma(
          samples, offset, across, along, first | internal, thresholds, maxSample, scratch);
      return;
    }
    // Chroma blocks are 4x4 whatever transform_size_8x8_flag is: an edge every 4 chroma samples
    int extent = verticalEdges ? format.chroma().mbWidthC() : format.chroma().mbHeightC();
    int length = verticalEdges ? format.chroma().mbHeightC() : format.chroma().mbWidthC();
    int internal = ALL_INTERNAL_EDGES & ((1 << extent / 4) - 1);
    DeblockKernels.ACTIVE.filterChroma(
        samples, offset, across, along, length, first | internal, thresholds, maxSample);
  }

  private void tellStrengths(int mbAddr, boolean verticalEdges, int bSOfMbEdge, int internal) {
    if (bSOfMbEdge > 0) {
      strengths.edge(mbAddr, verticalEdges, 0, bSOfMbEdge);
    }
    for (int edge = 1; edge < 4; edge++) {
      if (((internal >> edge) & 1) != 0) {
        strengths.edge(mbAddr, verticalEdges, edge, 3);
      }
    }
  }
}
