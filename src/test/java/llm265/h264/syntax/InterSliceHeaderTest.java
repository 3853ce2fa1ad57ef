package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import org.junit.jupiter.api.Test;

class InterSliceHeaderTest {
  private static final int P = 0;
  private static final int B = 1;
  private static final int SI = 4;
  private static final SeqParameterSet COLOUR = sps(ChromaFormat.YUV420);
  private static final SeqParameterSet GRAY = sps(ChromaFormat.MONOCHROME);

  private static SeqParameterSet sps(ChromaFormat chroma) {
    return SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 64, chroma), null);
  }

  /** Two entries in list 0 and one in list 1 by default. */
  private static PicParameterSet pps(boolean weightedPred, int weightedBipredIdc) {
    return new PicParameterSet(
        0, 0, true, false, null, 2, 1, weightedPred, weightedBipredIdc, 26, 26, 0, false, false, false, false, null, 0);
  }

  private static SliceOpening opening(int sliceType, int nalRefIdc) {
    return new SliceOpening(nalRefIdc, false, 0, sliceType, 0, 0, 1, false, false, 0, 0, 0, 0, 0, 0);
  }

  private static DecRefPicMarking read(int sliceType, String header, SeqParameterSet sps, PicParameterSet pps) {
    return InterSliceHeader.readMarking(opening(sliceType, 1), bits(header), sps, pps);
  }

  /** adaptive_ref_pic_marking_mode_flag 1, memory_management_control_operation 5, then 0. */
  private static final String FORGET_ALL = "1 00110 1";

  @Test
  void markingStandsBehindTheListsOfAPSlice() {
    assertThat(read(P, "0 0 " + FORGET_ALL, COLOUR, pps(false, 0)).forgetsAllPictures()).isTrue();
    assertThat(read(P, "0 0 0", COLOUR, pps(false, 0)).forgetsAllPictures()).isFalse();
    // num_ref_idx_l0_active_minus1 3; modification_of_pic_nums_idc 0 with 6, 2 with 0, 3
    assertThat(read(P, "1 00100 1 1 00111 011 1 00100" + FORGET_ALL, COLOUR, pps(false, 0)).forgetsAllPictures()).isTrue();
    assertThat(read(SI, FORGET_ALL, COLOUR, pps(true, 1)).forgetsAllPictures()).isTrue();
  }

  @Test
  void markingStandsBehindBothListsOfABSlice() {
    // direct_spatial_mv_pred_flag; both lists overridden with one entry; list 1 modified
    assertThat(read(B, "1 1 1 1 0 1 010 1 00100" + FORGET_ALL, COLOUR, pps(false, 2)).forgetsAllPictures()).isTrue();
  }

  @Test
  void weightsOfEveryEntryAreSteppedOver() {
    // Denominators 5 and 0; entry 0 with luma -1 and 2 and chroma 0 0 1 0, entry 1 with neither.
    String colour = "0 0 00110 1 1 011 00100 1 1 1 010 1 0 0";
    assertThat(read(P, colour + FORGET_ALL, COLOUR, pps(true, 0)).forgetsAllPictures()).isTrue();
    String gray = "0 0 00110 1 011 00100 0";
    assertThat(read(P, gray + FORGET_ALL, GRAY, pps(true, 0)).forgetsAllPictures()).isTrue();
    // Three entries of a B slice, of which the last has luma weight 3 and offset 0.
    String both = "0 0 0 0 1 1 0 0 0 0 1 00110 1 0";
    assertThat(read(B, both + FORGET_ALL, COLOUR, pps(false, 1)).forgetsAllPictures()).isTrue();
    assertThat(read(B, "0 0 0 0 " + FORGET_ALL, COLOUR, pps(true, 2)).forgetsAllPictures()).isTrue();
  }

  @Test
  void nonReferencePicturesHaveNoMarking() {
    assertThat(InterSliceHeader.readMarking(opening(P, 0), bits("0 0"), COLOUR, pps(false, 0))).isNull();
  }

  @Test
  void listsWithoutEndAndDataThatEndsAreErrors() {
    assertThatThrownBy(() -> read(P, "0 1 " + "1 1 ".repeat(40), COLOUR, pps(false, 0)))
        .isInstanceOf(MalformedStreamException.class).hasMessageContaining("more than 32");
    assertThatThrownBy(() -> read(P, "0", COLOUR, pps(false, 0))).isInstanceOf(MalformedStreamException.class);
  }
}
