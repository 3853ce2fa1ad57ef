package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceOpening;
import org.junit.jupiter.api.Test;

class PictureOrderCountsTest {
  private static final DecRefPicMarking FORGET_ALL =
      new DecRefPicMarking(false, false, true, List.of(new DecRefPicMarking.Operation(5, 0, 0)));

  /** frame_num and pic_order_cnt_lsb have four bits. */
  private static SeqParameterSet sps(PicOrderCnt picOrderCnt, boolean gapsAllowed) {
    return new SeqParameterSet(
        100, 0, 30, 0, false, false, null, 4, picOrderCnt, 4, gapsAllowed, false, false, true,
        PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420), null);
  }

  private static final SeqParameterSet TYPE_0 = sps(PicOrderCnt.type0(4), false);

  private static SliceOpening frame(int nalRefIdc, boolean idr, int frameNum, int lsb, int deltaBottom, int delta0, int delta1) {
    return new SliceOpening(
        nalRefIdc, idr, 0, 7, 0, 0, frameNum, false, false, 0, lsb, deltaBottom, delta0, delta1, 0);
  }

  private static SliceOpening field(int nalRefIdc, boolean idr, int frameNum, boolean bottom, int lsb) {
    return new SliceOpening(nalRefIdc, idr, 0, 7, 0, 0, frameNum, true, bottom, 0, lsb, 0, 0, 0, 0);
  }

  private static OutputOrder reference(PictureOrderCounts counts, int frameNum, int lsb) {
    return counts.next(frame(1, frameNum == 0 && lsb == 0, frameNum, lsb, 0, 0, 0), DecRefPicMarking.NONE, TYPE_0);
  }

  @Test
  void upperBitsFollowTheReferencePicturesAlone() {
    PictureOrderCounts counts = new PictureOrderCounts();
    assertThat(reference(counts, 0, 0).picOrderCnt()).isZero();
    assertThat(reference(counts, 1, 6).picOrderCnt()).isEqualTo(6);
    // A non-reference picture before it in output order, and one behind.
    assertThat(counts.next(frame(0, false, 2, 3, 0, 0, 0), null, TYPE_0).picOrderCnt()).isEqualTo(3);
    assertThat(counts.next(frame(0, false, 2, 15, 0, 0, 0), null, TYPE_0).picOrderCnt()).isEqualTo(-1);
    assertThat(reference(counts, 2, 14).picOrderCnt()).isEqualTo(14);
    assertThat(reference(counts, 3, 4).picOrderCnt()).isEqualTo(20);
    assertThat(reference(counts, 4, 15).picOrderCnt()).isEqualTo(15);
  }

  @Test
  void aFrameStandsWhereItsEarlierFieldDoes() {
    PictureOrderCounts counts = new PictureOrderCounts();
    assertThat(counts.next(frame(1, true, 0, 8, -3, 0, 0), DecRefPicMarking.NONE, TYPE_0).picOrderCnt()).isEqualTo(5);
    OutputOrder top = counts.next(field(1, false, 1, false, 12), DecRefPicMarking.NONE, TYPE_0);
    OutputOrder bottom = counts.next(field(1, false, 1, true, 11), DecRefPicMarking.NONE, TYPE_0);
    assertThat(top.withSecondField(bottom)).isEqualTo(bottom);
    assertThat(bottom.withSecondField(top)).isEqualTo(bottom);
    assertThat(bottom.picOrderCnt()).isEqualTo(11);
  }

  @Test
  void idrPicturesAndOperation5BeginAnew() {
    PictureOrderCounts counts = new PictureOrderCounts();
    reference(counts, 0, 0);
    OutputOrder before = reference(counts, 1, 6);
    OutputOrder forgetting = counts.next(frame(1, false, 2, 12, 1, 0, 0), FORGET_ALL, TYPE_0);
    assertThat(forgetting).isGreaterThan(before);
    assertThat(forgetting.picOrderCnt()).isZero();
    // It is picture 0 with order 0 now: the next reference picture is 1.
    OutputOrder next = reference(counts, 1, 2);
    assertThat(next.picOrderCnt()).isEqualTo(2);
    assertThat(next.sequence()).isEqualTo(forgetting.sequence());
    assertThat(reference(counts, 0, 0)).isGreaterThan(next);
  }

  @Test
  void whereReferencePicturesAreMissingCountsBeginAnew() {
    for (boolean gapsAllowed : new boolean[] {false, true}) {
      SeqParameterSet sps = sps(PicOrderCnt.type0(4), gapsAllowed);
      PictureOrderCounts counts = new PictureOrderCounts();
      counts.next(frame(1, true, 0, 0, 0, 0, 0), DecRefPicMarking.NONE, sps);
      OutputOrder before = counts.next(frame(1, false, 1, 4, 0, 0, 0), DecRefPicMarking.NONE, sps);
      OutputOrder behind = counts.next(frame(1, false, 4, 1, 0, 0, 0), DecRefPicMarking.NONE, sps);
      assertThat(behind.compareTo(before)).isEqualTo(gapsAllowed ? -1 : 1);
      OutputOrder sameFrameNum = counts.next(frame(1, false, 4, 0, 0, 0, 0), DecRefPicMarking.NONE, sps);
      assertThat(sameFrameNum.compareTo(behind)).isEqualTo(gapsAllowed ? -1 : 1);
    }
  }

  /** expectedDeltaPerPicOrderCntCycle 10, offset_for_non_ref_pic -1, offset_for_top_to_bottom_field -2. */
  @Test
  void type1AddsUpTheOffsetsOfReferenceFrames() {
    SeqParameterSet sps = sps(new PicOrderCnt(1, 0, false, -1, -2, List.of(4, 6)), false);
    PictureOrderCounts counts = new PictureOrderCounts();
    assertThat(counts.next(frame(1, true, 0, 0, 0, 0, 0), DecRefPicMarking.NONE, sps).picOrderCnt()).isEqualTo(-2);
    assertThat(counts.next(frame(1, false, 1, 0, 0, 0, 2), DecRefPicMarking.NONE, sps).picOrderCnt()).isEqualTo(4);
    assertThat(counts.next(frame(0, false, 2, 0, 0, 0, 2), null, sps).picOrderCnt()).isEqualTo(3);
    assertThat(counts.next(frame(1, false, 2, 0, 0, 5, 2), DecRefPicMarking.NONE, sps).picOrderCnt()).isEqualTo(15);
    for (int frameNum = 3; frameNum < 16; frameNum++) {
      counts.next(frame(1, false, frameNum, 0, 0, 0, 2), DecRefPicMarking.NONE, sps);
    }
    // frame_num has wrapped around: absFrameNum 16, eight whole cycles.
    assertThat(counts.next(frame(1, false, 0, 0, 0, 0, 2), DecRefPicMarking.NONE, sps).picOrderCnt()).isEqualTo(80);
  }

  @Test
  void type2IsDecodingOrder() {
    SeqParameterSet sps = sps(PicOrderCnt.TYPE_2, false);
    PictureOrderCounts counts = new PictureOrderCounts();
    assertThat(counts.next(frame(1, true, 0, 0, 0, 0, 0), DecRefPicMarking.NONE, sps).picOrderCnt()).isZero();
    assertThat(counts.next(frame(0, false, 1, 0, 0, 0, 0), null, sps).picOrderCnt()).isEqualTo(1);
    assertThat(counts.next(frame(1, false, 1, 0, 0, 0, 0), DecRefPicMarking.NONE, sps).picOrderCnt()).isEqualTo(2);
    assertThat(sps.maxNumReorderFrames()).isZero();
  }
}
