package llm265.h264.deblock;

import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * What a slice says about deblocking.
 *
 * @param disableDeblockingFilterIdc disable_deblocking_filter_idc: 0 filters all edges, 1 none, 2 all except those that are
 *     also edges of the slice
 * @param filterOffsetA FilterOffsetA (7-34), -12 to 12
 * @param filterOffsetB FilterOffsetB (7-35), -12 to 12
 * @param chromaQpIndexOffset chroma_qp_index_offset of the slice's picture parameter set, -12 to 12
 * @param secondChromaQpIndexOffset second_chroma_qp_index_offset, -12 to 12
 */
public record DeblockingParameters(
    int disableDeblockingFilterIdc,
    int filterOffsetA,
    int filterOffsetB,
    int chromaQpIndexOffset,
    int secondChromaQpIndexOffset) {

  /** Value of disable_deblocking_filter_idc: all edges except those of the picture. */
  public static final int ALL_EDGES = 0;
  /** Value of disable_deblocking_filter_idc: no edge. */
  public static final int NO_EDGES = 1;
  /** Value of disable_deblocking_filter_idc: no edge between slices. */
  public static final int EDGES_WITHIN_SLICE = 2;

  /** Those of a slice. */
  public static DeblockingParameters of(SliceHeader header, PicParameterSet pps) {
    return new DeblockingParameters(
        header.disableDeblockingFilterIdc(), header.filterOffsetA(), header.filterOffsetB(),
        pps.chromaQpIndexOffset(), pps.secondChromaQpIndexOffset());
  }

  public DeblockingParameters {
    if (disableDeblockingFilterIdc < 0 || disableDeblockingFilterIdc > 2) {
      throw new IllegalArgumentException(
          "disable_deblocking_filter_idc " + disableDeblockingFilterIdc + " is not in 0..2");
    }
    if (Math.abs(filterOffsetA) > 12 || Math.abs(filterOffsetB) > 12) {
      throw new IllegalArgumentException(
          "filter offsets " + filterOffsetA + " and " + filterOffsetB + " are not in -12..12");
    }
  }
}
