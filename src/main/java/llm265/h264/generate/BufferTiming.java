package llm265.h264.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.syntax.HrdParameters;
import llm265.h264.syntax.HrdParameters.Schedule;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.VuiParameters;

/**
 * Annex C: VUI parameters with a clock and with delivery schedules under which the coded picture buffer never runs over or empty.
 *
 * <p>The buffer holds any access unit of the stream, and a clock tick lasts as long as filling it takes. So each access unit
 * comes in after the one before it has been removed, and is there when its own time has come. Rates and sizes are within A.3.1.
 */
final class BufferTiming {
  /** initial_cpb_removal_delay is in units of the 90 kHz clock (D.2.1). */
  static final int CLOCK = 90_000;

  /** cpbBrVclFactor of Baseline, Main and Extended, the least of all (Table A-2). */
  private static final int FACTOR = 1_000;

  /** Bytes of SEI messages, delimiters and hrd_parameters() at most, which are known only once the timing is. */
  static final int OTHER_BYTES = 2_000;

  private static final int MOST_SCHEDULES = 32;
  private static final int MOST_FRAMES_PER_SECOND = 172;

  private final ProfileLevel level;
  private final long mostBits;
  private final SplittableRandom random;

  private BufferTiming(ProfileLevel level, long mostBits, SplittableRandom random) {
    this.level = level;
    this.mostBits = mostBits;
    this.random = random;
  }

  /**
   * VUI parameters of a stream.
   *
   * @param base what else they say, or null
   * @param mostBytes of an access unit, its timing left out
   * @param sizeInMbs macroblocks of a frame
   */
  static VuiParameters vui(VuiParameters base, ProfileLevel level, int mostBytes, int sizeInMbs, SplittableRandom random) {
    return new BufferTiming(level, 8L * (mostBytes + OTHER_BYTES), random).vui(base, sizeInMbs);
  }

  private VuiParameters vui(VuiParameters base, int sizeInMbs) {
    int kind = random.nextInt(4);
    int[] lengths = {32 - random.nextInt(3), 8 + random.nextInt(25), 1 + random.nextInt(32), random.nextInt(32)};
    HrdParameters nal = kind == 0 || kind == 2 ? hrd(lengths) : null;
    HrdParameters vcl = kind == 1 || kind == 2 ? hrd(lengths) : null;
    long tick = CLOCK / MOST_FRAMES_PER_SECOND + 1;
    tick = Math.max(tick, (long) CLOCK * sizeInMbs / level.maxMbps() + 1);
    for (HrdParameters hrd : hrds(nal, vcl)) {
      tick = Math.max(tick, longestDelay(hrd));
    }
    boolean fixed = random.nextInt(4) > 0;
    VuiParameters.Timing timing = new VuiParameters.Timing(tick + random.nextInt(CLOCK), CLOCK, fixed);
    boolean lowDelay = !hrds(nal, vcl).isEmpty() && !fixed && random.nextBoolean();
    return new VuiParameters(null, null, base == null ? null : base.videoSignalType(), null, timing, nal, vcl, lowDelay,
        kind == 3 || random.nextInt(4) > 0, base == null ? null : base.bitstreamRestriction());
  }

  static List<HrdParameters> hrds(HrdParameters nal, HrdParameters vcl) {
    List<HrdParameters> all = new ArrayList<>();
    if (nal != null) {
      all.add(nal);
    }
    if (vcl != null) {
      all.add(vcl);
    }
    return all;
  }

  /** (E-37) to (E-39): rates go up with SchedSelIdx, and sizes do not. */
  private HrdParameters hrd(int[] lengths) {
    int rateScale = random.nextInt(4);
    int sizeScale = random.nextInt(5);
    int count = switch (random.nextInt(4)) {
      case 0 -> 1;
      case 1 -> MOST_SCHEDULES;
      default -> 1 + random.nextInt(MOST_SCHEDULES);
    };
    long highest = ((long) FACTOR * level.maxBr()) >> (6 + rateScale);
    long rate = random.nextLong(highest / 4, highest - count + 1);
    // The delay that fills the buffer is rounded down to the 90 kHz clock.
    long size = ((mostBits + (highest << (6 + rateScale)) / CLOCK + 1) >> (4 + sizeScale)) + 1;
    List<Schedule> schedules = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      schedules.add(new Schedule(rate + i - 1, size - 1, false));
    }
    return new HrdParameters(rateScale, sizeScale, schedules, lengths[0], lengths[1], lengths[2], lengths[3]);
  }

  /** The time that filling the buffer takes, in ticks of the 90 kHz clock, rounded down: initial_cpb_removal_delay. */
  static long delay(HrdParameters hrd, Schedule schedule) {
    long rate = (schedule.bitRateValueMinus1() + 1) << (6 + hrd.bitRateScale());
    long size = (schedule.cpbSizeValueMinus1() + 1) << (4 + hrd.cpbSizeScale());
    return CLOCK * size / rate;
  }

  private static long longestDelay(HrdParameters hrd) {
    return hrd.schedules().stream().mapToLong(schedule -> delay(hrd, schedule)).max().orElseThrow() + 1;
  }
}
