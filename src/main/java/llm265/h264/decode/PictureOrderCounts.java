package llm265.h264.decode;

import java.util.List;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceOpening;

/**
 * 8.2.1 Decoding process for picture order count. Must see every picture of the stream, even those that are not decoded.
 *
 * <p>A gap in frame_num that 7.4.3 does not allow means that pictures are missing. Their counts are unknown, so the counts start
 * anew there. This keeps the order in a stream of intra pictures that were cut out of another stream.
 */
final class PictureOrderCounts {
  private int sequence;
  private SeqParameterSet active;
  private long prevPicOrderCntMsb;
  private long prevPicOrderCntLsb;
  private long prevFrameNumOffset;
  private int prevFrameNum;
  private int prevRefFrameNum;
  /** The last frame or field; null before the first. */
  private SliceOpening previous;

  /**
   * The place of the next frame or field in output order.
   *
   * @param slice any slice of it
   * @param marking its dec_ref_pic_marking(), null if nal_ref_idc is 0
   */
  OutputOrder next(SliceOpening slice, DecRefPicMarking marking, SeqParameterSet sps) {
    if (slice.idrPicFlag() || sps != active || !follows(slice, sps)) {
      sequence++;
      forget();
      active = sps;
    }
    previous = slice;
    PicOrderCnt syntax = sps.picOrderCnt();
    long msb = 0;
    long frameNumOffset = prevFrameNum > slice.frameNum() ? prevFrameNumOffset + (1L << sps.log2MaxFrameNum())
        : prevFrameNumOffset;
    long top;
    long bottom;
    switch (syntax.type()) {
      case 0 -> {
        msb = picOrderCntMsb(slice.picOrderCntLsb(), 1L << syntax.log2MaxPicOrderCntLsb());
        top = msb + slice.picOrderCntLsb();
        bottom = top + slice.deltaPicOrderCntBottom();
      }
      case 1 -> {
        long expected = expectedPicOrderCnt(slice, syntax, frameNumOffset + slice.frameNum());
        top = expected + slice.deltaPicOrderCnt0();
        bottom = top + syntax.offsetForTopToBottomField() + slice.deltaPicOrderCnt1();
      }
      default -> {
        // 8.2.1.3
        top = 2 * (frameNumOffset + slice.frameNum()) - (slice.nalRefIdc() == 0 ? 1 : 0);
        bottom = top;
      }
    }
    long picOrderCnt = !slice.fieldPicFlag() ? Math.min(top, bottom) : slice.bottomFieldFlag() ? bottom : top;
    if (marking != null && marking.forgetsAllPictures()) {
      sequence++;
      forget();
      // tempPicOrderCnt (8-1 and below) is subtracted; the next picture counts on from TopFieldOrderCnt.
      prevPicOrderCntLsb = slice.fieldPicFlag() ? 0 : top - picOrderCnt;
      return new OutputOrder(sequence, 0);
    }
    if (slice.nalRefIdc() != 0) {
      prevPicOrderCntMsb = msb;
      prevPicOrderCntLsb = slice.picOrderCntLsb();
      prevRefFrameNum = slice.frameNum();
    }
    prevFrameNumOffset = frameNumOffset;
    prevFrameNum = slice.frameNum();
    return new OutputOrder(sequence, picOrderCnt);
  }

  /** 7.4.3, frame_num: whether no picture is missing before a picture that is not an IDR picture. */
  private boolean follows(SliceOpening slice, SeqParameterSet sps) {
    if (sps.gapsInFrameNumValueAllowedFlag()
        || slice.frameNum() == ((prevRefFrameNum + 1) & ((1 << sps.log2MaxFrameNum()) - 1))) {
      return true;
    }
    boolean secondField = slice.fieldPicFlag() && previous.fieldPicFlag()
        && slice.bottomFieldFlag() != previous.bottomFieldFlag();
    return secondField && slice.frameNum() == prevRefFrameNum;
  }

  private void forget() {
    prevPicOrderCntMsb = 0;
    prevPicOrderCntLsb = 0;
    prevFrameNumOffset = 0;
    prevFrameNum = 0;
    prevRefFrameNum = 0;
  }

  /** (8-3). */
  private long picOrderCntMsb(int lsb, long maxPicOrderCntLsb) {
    if (lsb < prevPicOrderCntLsb && prevPicOrderCntLsb - lsb >= maxPicOrderCntLsb / 2) {
      return prevPicOrderCntMsb + maxPicOrderCntLsb;
    }
    if (lsb > prevPicOrderCntLsb && lsb - prevPicOrderCntLsb > maxPicOrderCntLsb / 2) {
      return prevPicOrderCntMsb - maxPicOrderCntLsb;
    }
    return prevPicOrderCntMsb;
  }

  /** 8.2.1.2: expectedPicOrderCnt (8-9). */
  private static long expectedPicOrderCnt(SliceOpening slice, PicOrderCnt syntax, long frameNumber) {
    List<Integer> offsets = syntax.offsetForRefFrame();
    long absFrameNum = offsets.isEmpty() ? 0 : frameNumber;
    if (slice.nalRefIdc() == 0 && absFrameNum > 0) {
      absFrameNum--;
    }
    long expected = slice.nalRefIdc() == 0 ? syntax.offsetForNonRefPic() : 0;
    if (absFrameNum == 0) {
      return expected;
    }
    long cycles = (absFrameNum - 1) / offsets.size();
    int frameNumInCycle = (int) ((absFrameNum - 1) % offsets.size());
    for (int i = 0; i < offsets.size(); i++) {
      expected += offsets.get(i) * (cycles + (i <= frameNumInCycle ? 1 : 0));
    }
    return expected;
  }
}
