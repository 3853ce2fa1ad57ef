package llm265.h264.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.HrdParameters;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.VuiParameters;

/**
 * D.1.2 and D.1.3: the buffering_period and pic_timing messages of a stream's access units, one after another. Access units are
 * removed from the coded picture buffer as they are shown: a field for a tick, a frame for as many as its pic_struct has.
 */
final class TimingMessages {
  private static final int BUFFERING_PERIOD = 0;
  private static final int PIC_TIMING = 1;

  /** DeltaTfiDivisor (Table E-6) and NumClockTS (Table D-1), by pic_struct. */
  private static final int[] TICKS = {2, 1, 1, 2, 2, 3, 3, 4, 6};
  private static final int[] CLOCKS = {1, 1, 1, 2, 2, 3, 3, 2, 3};

  private final SeqParameterSet sps;
  private final VuiParameters vui;
  private final List<HrdParameters> hrds;
  private final SplittableRandom random;

  /** Ticks from the removal of the access unit of the last buffering period to that of the next access unit. */
  private long removalDelay;

  /** @param sps with VUI parameters of {@link BufferTiming}, or any others without HRD parameters and pic_struct */
  TimingMessages(SeqParameterSet sps, long seed) {
    this.sps = sps;
    vui = sps.vui();
    hrds = vui == null ? List.of() : BufferTiming.hrds(vui.nalHrd(), vui.vclHrd());
    random = new SplittableRandom(seed);
  }

  /** An SEI NAL unit of the next access unit, whose first slice has the header; null where there is nothing to say. */
  byte[] next(SliceHeader header) {
    List<Sei.Message> messages = new ArrayList<>();
    if (header.idrPicFlag() && !hrds.isEmpty()) {
      messages.add(new Sei.Message(BUFFERING_PERIOD, bufferingPeriod()));
    }
    if (!hrds.isEmpty() || vui != null && vui.picStructPresentFlag()) {
      messages.add(new Sei.Message(PIC_TIMING, picTiming(header)));
    }
    return messages.isEmpty() ? null : Sei.toNalUnit(messages);
  }

  private byte[] bufferingPeriod() {
    RbspWriter writer = new RbspWriter();
    writer.writeUe(sps.id());
    for (HrdParameters hrd : hrds) {
      for (HrdParameters.Schedule schedule : hrd.schedules()) {
        writer.writeBits(hrd.initialCpbRemovalDelayLength(), BufferTiming.delay(hrd, schedule));
        writer.writeBits(hrd.initialCpbRemovalDelayLength(), 0);
      }
    }
    return aligned(writer);
  }

  private byte[] picTiming(SliceHeader header) {
    RbspWriter writer = new RbspWriter();
    int picStruct = picStruct(header);
    if (!hrds.isEmpty()) {
      writer.writeBits(hrds.getFirst().cpbRemovalDelayLength(), removalDelay);
      // Pictures are shown as they are removed.
      writer.writeBits(hrds.getFirst().dpbOutputDelayLength(), 0);
    }
    removalDelay = (header.idrPicFlag() ? 0 : removalDelay) + TICKS[picStruct];
    if (vui.picStructPresentFlag()) {
      writer.writeBits(4, picStruct);
      for (int i = 0; i < CLOCKS[picStruct]; i++) {
        boolean present = random.nextInt(3) == 0;
        writer.writeFlag(present);
        if (present) {
          clockTimestamp(writer);
        }
      }
    }
    return aligned(writer);
  }

  /** Table D-1: frames whose bottom field comes later in the output are sent as two fields, the top one first. */
  private int picStruct(SliceHeader header) {
    if (header.fieldPicFlag()) {
      return header.bottomFieldFlag() ? 2 : 1;
    }
    if (!vui.picStructPresentFlag()) {
      return 0;
    }
    if (sps.picOrderCnt().offsetForTopToBottomField() > 0) {
      return random.nextBoolean() ? 3 : 5;
    }
    if (!sps.frameMbsOnlyFlag()) {
      int chosen = random.nextInt(5);
      return chosen == 0 ? 0 : 2 + chosen;
    }
    // A frame is shown twice or three times only at a fixed rate.
    int chosen = vui.timing().fixedFrameRateFlag() ? random.nextInt(3) : 0;
    return chosen == 0 ? 0 : 6 + chosen;
  }

  /** A time of day of any form, of which discontinuity_flag says that it goes on from none. */
  private void clockTimestamp(RbspWriter writer) {
    writer.writeBits(2, random.nextInt(3));
    writer.writeFlag(random.nextBoolean());
    writer.writeBits(5, random.nextInt(7));
    boolean full = random.nextBoolean();
    writer.writeFlag(full);
    writer.writeFlag(true);
    writer.writeFlag(false);
    writer.writeBits(8, 0);
    boolean more = true;
    for (int[] part : new int[][] {{6, 60}, {6, 60}, {5, 24}}) {
      if (!full && more) {
        more = random.nextBoolean();
        writer.writeFlag(more);
      }
      if (more) {
        writer.writeBits(part[0], random.nextInt(part[1]));
      }
    }
    // 24 bits without HRD parameters (E.2.2)
    int length = hrds.isEmpty() ? 24 : hrds.getFirst().timeOffsetLength();
    if (length > 0) {
      writer.writeBits(length, random.nextLong(1L << length));
    }
  }

  /** D.1.1: a one and zeros behind a payload that does not end at a byte. */
  private static byte[] aligned(RbspWriter writer) {
    if (writer.bitPosition() % 8 != 0) {
      writer.writeTrailingBits();
    }
    return writer.toByteArray();
  }
}
