package llm265.h264.deblock;

import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.macroblock.PictureMbState;

/**
 * 8.7 Deblocking filter process for MBAFF frames, all of whose macroblocks are intra. Edges within macroblocks, and between
 * macroblocks of one kind, are filtered as in {@link DeblockingFilter}, with rows twice as far apart in field macroblocks. bS
 * is 4 on vertical macroblock edges and on horizontal ones between frame macroblocks, otherwise 3 (8.7.2.1).
 */
public final class MbaffDeblockingFilter {
  private static final boolean VERTICAL = true;

  private final DeblockingFilter filter;
  private final PictureMbState state;
  /** The plane that is being filtered. */
  private int plane;
  private short[] samples;
  private int width;
  private int height;
  /** The slice of the macroblock that is being filtered. */
  private DeblockingParameters slice;
  private int mbAddr;
  private int offset;
  private int stride;

  private MbaffDeblockingFilter(DeblockingFilter filter) {
    this.filter = filter;
    state = filter.state;
  }

  /**
   * Like {@link DeblockingFilter#filter(Picture, boolean, PictureMbState, List, StrengthListener)}, with the macroblocks at their
   * addresses in an MBAFF frame.
   */
  public static void filter(
      Picture picture, PictureMbState state, List<DeblockingParameters> slices, StrengthListener strengths) {
    if (!DeblockingFilter.anyFiltered(slices)) {
      return;
    }
    MbaffDeblockingFilter filter =
        new MbaffDeblockingFilter(new DeblockingFilter(picture.format(), false, state, slices, strengths));
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      filter.filterPlane(plane, picture);
    }
  }

  private void filterPlane(int which, Picture picture) {
    plane = which;
    samples = picture.samples(plane);
    width = plane == 0 ? 16 : picture.format().chroma().mbWidthC();
    height = plane == 0 ? 16 : picture.format().chroma().mbHeightC();
    int rowStride = picture.stride(plane);
    int mbs = state.widthInMbs * state.heightInMbs;
    for (mbAddr = 0; mbAddr < mbs; mbAddr++) {
      if (state.sliceIndex[mbAddr] < 0) {
        continue;
      }
      slice = filter.slices.get(state.sliceIndex[mbAddr]);
      if (slice.disableDeblockingFilterIdc() == DeblockingParameters.NO_EDGES) {
        continue;
      }
      int pair = mbAddr >> 1;
      int bottom = mbAddr & 1;
      boolean field = state.mbField[mbAddr];
      offset = picture.first(plane) + pair / state.widthInMbs * 2 * height * rowStride + pair % state.widthInMbs * width
          + bottom * (field ? 1 : height) * rowStride;
      stride = field ? 2 * rowStride : rowStride;
      deriveThresholds(3, mbAddr, FilterThresholds.COUNT);
      filterVerticalEdges(pair % state.widthInMbs > 0 ? (mbAddr & ~1) - 2 : -1);
      filterHorizontalEdges(pair >= state.widthInMbs ? (mbAddr & ~1) - 2 * state.widthInMbs : -1);
    }
  }

  /** Thresholds of an edge towards {@code mbP}. */
  private void deriveThresholds(int bS, int mbP, int at) {
    int qPav = (filter.qP(plane, slice, mbP) + filter.qP(plane, slice, mbAddr) + 1) >> 1;
    FilterThresholds.derive(qPav, slice, bS, filter.format.bitDepth(plane), filter.thresholds, at);
  }

  private void filterVerticalEdges(int pairA) {
    int bS = filter.filterMbEdge(slice, mbAddr, pairA) ? 4 : 0;
    boolean field = state.mbField[mbAddr];
    if (bS > 0 && state.mbField[pairA] != field) {
      // Samples across the edge are in the same row of the frame, half of them in each macroblock of the pair.
      for (int half = 0; half < 2; half++) {
        deriveThresholds(bS, pairA + half, 0);
        if (field) {
          filterMbEdge(offset + half * height / 2 * stride, 1, stride, height / 2);
        } else {
          filterMbEdge(offset + half * stride, 1, 2 * stride, height / 2);
        }
      }
      tellMbEdge(VERTICAL, bS);
      bS = 0;
    } else if (bS > 0) {
      deriveThresholds(bS, pairA + (mbAddr & 1), 0);
    }
    filter.filterEdges(plane, mbAddr, VERTICAL, bS, samples, offset, stride);
  }

  private void filterHorizontalEdges(int pairB) {
    boolean field = state.mbField[mbAddr];
    boolean bottom = (mbAddr & 1) != 0;
    int bS = 0;
    if (bottom && !field) {
      bS = 4;
      deriveThresholds(bS, mbAddr - 1, 0);
    } else if (filter.filterMbEdge(slice, mbAddr, pairB)) {
      boolean fieldAbove = state.mbField[pairB];
      bS = field || fieldAbove ? 3 : 4;
      if (field) {
        deriveThresholds(bS, fieldAbove && !bottom ? pairB : pairB + 1, 0);
      } else if (fieldAbove) {
        // The frame macroblock's even rows meet the top field above it, then its odd rows meet the bottom field.
        for (int parity = 0; parity < 2; parity++) {
          deriveThresholds(bS, pairB + parity, 0);
          filterMbEdge(offset + parity * stride, 2 * stride, 1, width);
        }
        tellMbEdge(!VERTICAL, bS);
        bS = 0;
      } else {
        deriveThresholds(bS, pairB + 1, 0);
      }
    }
    filter.filterEdges(plane, mbAddr, !VERTICAL, bS, samples, offset, stride);
  }

  /** Tells of a macroblock edge that is filtered in two parts. */
  private void tellMbEdge(boolean verticalEdges, int bS) {
    if (filter.strengths != null && plane == 0) {
      filter.strengths.edge(mbAddr, verticalEdges, 0, bS);
    }
  }

  /** Filters one macroblock edge, or half of it, with the first thresholds. */
  private void filterMbEdge(int from, int across, int along, int length) {
    int maxSample = (1 << filter.format.bitDepth(plane)) - 1;
    if (plane == 0 || filter.format.chroma() == ChromaFormat.YUV444) {
      ScalarDeblockKernels.filterLumaEdge(samples, from, across, along, length, filter.thresholds, 0, maxSample);
    } else {
      ScalarDeblockKernels.filterChromaEdge(samples, from, across, along, length, filter.thresholds, 0, maxSample);
    }
  }
}
