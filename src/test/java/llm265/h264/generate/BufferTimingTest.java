package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.syntax.HrdParameters;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Annex C, followed for each delivery schedule of streams, by what their traces show. */
class BufferTimingTest {
  private static final int STREAMS = 3;

  /** An access unit: when a buffering period begins with it, and when it is removed. */
  private static final class AccessUnit {
    private long bits;
    private int frameMbs = 1;
    private long removalDelay = -1;
    private final List<Long> initialDelays = new ArrayList<>();
  }

  /** What a stream tells of its timing. */
  private static final class Timing implements SyntaxListener {
    private final List<AccessUnit> units = new ArrayList<>();
    private final Set<Long> picStructs = new TreeSet<>();
    private SeqParameterSet sps;
    private boolean slices = true;

    @Override
    public void nalUnit(NalUnit nalUnit) {
      boolean isSlice = nalUnit.nalUnitType() <= NalUnit.SLICE_IDR;
      if (!isSlice && slices) {
        units.add(new AccessUnit());
      }
      slices = isSlice;
      units.getLast().bits += 8L * (nalUnit.length() + 4);
    }

    @Override
    public void sliceData(TracedSlice slice) {
      sps = slice.sps();
      units.getLast().frameMbs = slice.header().fieldPicFlag() ? 2 : 1;
    }

    @Override
    public void element(SyntaxElement element) {
      if (element.name().startsWith("initial_cpb_removal_delay[")) {
        units.getLast().initialDelays.add(element.value());
      } else if (element.name().equals("cpb_removal_delay")) {
        units.getLast().removalDelay = element.value();
      } else if (element.name().equals("pic_struct")) {
        picStructs.add(element.value());
      }
    }
  }

  private static Timing timing(byte[] stream) {
    Timing timing = new Timing();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, timing);
    return timing;
  }

  @ParameterizedTest
  @EnumSource
  void noBufferRunsOverOrEmpty(GeneratedProfile profile) throws Exception {
    StreamRequest request = new StreamRequest(profile, 0, Set.of(), 0, 0, 0, 0, List.of(Stress.TIMING));
    int schedules = 0;
    Set<Long> picStructs = new TreeSet<>();
    for (int i = 0; i < STREAMS; i++) {
      GeneratedStream stream = new StreamGenerator(request).stream(i);
      Timing timing = timing(stream.bytes());
      int first = 0;
      for (HrdParameters hrd : BufferTiming.hrds(timing.sps.vui().nalHrd(), timing.sps.vui().vclHrd())) {
        for (int k = 0; k < hrd.schedules().size(); k++) {
          follow(stream.name(), timing, hrd, k, first + k);
        }
        first += hrd.schedules().size();
      }
      schedules += first;
      picStructs.addAll(timing.picStructs);
      StreamGeneratorTest.check(stream);
    }
    assertThat(schedules).isPositive();
    assertThat(picStructs).isNotEmpty();
  }

  private static void follow(String name, Timing timing, HrdParameters hrd, int schedule, int delay) {
    SeqParameterSet sps = timing.sps;
    ProfileLevel level = List.of(ProfileLevel.values()).stream().filter(one -> one.levelIdc() == sps.levelIdc()).findFirst()
        .orElseThrow();
    double rate = (hrd.schedules().get(schedule).bitRateValueMinus1() + 1) * Math.pow(2, 6 + hrd.bitRateScale());
    double size = (hrd.schedules().get(schedule).cpbSizeValueMinus1() + 1) * Math.pow(2, 4 + hrd.cpbSizeScale());
    assertThat(rate).as(name).isLessThanOrEqualTo(1000.0 * level.maxBr());
    assertThat(size).as(name).isLessThanOrEqualTo(1000.0 * level.maxCpb());
    if (schedule > 0) {
      assertThat(hrd.schedules().get(schedule).bitRateValueMinus1()).as(name)
          .isGreaterThan(hrd.schedules().get(schedule - 1).bitRateValueMinus1());
    }
    double tick = (double) sps.vui().timing().numUnitsInTick() / sps.vui().timing().timeScale();
    double period = 0;
    double removedBefore = 0;
    double arrivedBefore = 0;
    double initial = 0;
    for (AccessUnit unit : timing.units) {
      boolean begins = !unit.initialDelays.isEmpty();
      boolean isFirst = unit == timing.units.getFirst();
      initial = begins ? unit.initialDelays.get(delay) / 90_000.0 : initial;
      assertThat(unit.removalDelay).as(name).isNotNegative();
      double removed = isFirst ? initial : period + tick * unit.removalDelay;
      assertThat(initial).as(name).isPositive().isLessThanOrEqualTo(size / rate);
      if (!isFirst) {
        // A.3.1 a, and (C-14) where a buffering period begins
        double least = Math.max((double) sps.format().sizeInMbs() / unit.frameMbs / level.maxMbps(), 1.0 / 172 / unit.frameMbs);
        assertThat(removed - removedBefore).as(name).isGreaterThanOrEqualTo(least);
        assertThat(Math.ceil(90_000 * (removed - arrivedBefore))).as(name).isGreaterThanOrEqualTo(begins ? 90_000 * initial : 0);
      }
      double from = isFirst ? 0 : Math.max(arrivedBefore, removed - initial);
      double arrived = from + unit.bits / rate;
      assertThat(arrived).as(name).isLessThanOrEqualTo(removed);
      // The one before has gone when this one comes, so that the buffer has no other.
      assertThat(from).as(name).isGreaterThanOrEqualTo(removedBefore);
      assertThat((double) unit.bits).as(name).isLessThanOrEqualTo(size);
      period = begins ? removed : period;
      removedBefore = removed;
      arrivedBefore = arrived;
    }
  }
}
