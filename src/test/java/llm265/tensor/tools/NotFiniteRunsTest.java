package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import java.util.function.IntUnaryOperator;
import llm265.h264.MalformedStreamException;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NotFiniteRunsTest {
  private static final int NAN = 0x7FC00000;
  private static final int INFINITY = 0x7F800000;
  private static final int MINUS_INFINITY = 0xFF800000;

  /** 90 of 96 columns and 70 of 80 rows hold values; the last row has fewer. */
  private static final TensorFraming FRAMING = new TensorFraming(69 * 90 + 11, 90, false, 96, 80);

  private static final TensorFraming.Tile TILE = FRAMING.tile(0);

  /** The list of a tile's values whose pattern is not 0. */
  private static OutlierList list(IntUnaryOperator patternOfValue) {
    OutlierList list = new OutlierList(0);
    for (int value = 0; value < FRAMING.values(); value++) {
      int pattern = patternOfValue.applyAsInt(value);
      if (pattern != 0) {
        list.add(value / 90 * 96 + value % 90, pattern & 0xFFFF_FFFFL);
      }
    }
    return list;
  }

  private static byte[] written(NotFiniteRuns runs) {
    PayloadWriter out = new PayloadWriter();
    runs.write(out, ElementType.F32);
    return out.toByteArray();
  }

  private static OutlierList read(byte[] section, OutlierList rest) {
    return NotFiniteRuns.read(new PayloadReader(section, 0, section.length), ElementType.F32, FRAMING, TILE)
        .mergedWith(rest, FRAMING, TILE);
  }

  private static int bytes(OutlierList list) {
    NotFiniteRuns.Split split = NotFiniteRuns.split(list, ElementType.F32, FRAMING, TILE);
    OutlierList merged = read(written(split.runs()), split.list());
    assertThat(merged.size()).isEqualTo(list.size());
    for (int i = 0; i < list.size(); i++) {
      assertThat(merged.position(i)).isEqualTo(list.position(i));
      assertThat(merged.bits(i)).isEqualTo(list.bits(i));
    }
    return written(split.runs()).length;
  }

  @Test
  void aTileOfNothingButNaNIsOneRun() {
    assertThat(bytes(list(value -> NAN))).isLessThan(16);
  }

  @Test
  void aCausalMaskTakesARunARow() {
    assertThat(bytes(list(value -> value % 90 > value / 90 ? MINUS_INFINITY : 0))).isLessThan(70 * 3);
  }

  @Test
  void everySecondValueAtRandomTakesABitAValue() {
    Random random = new Random(1);
    int bytes = bytes(list(value -> random.nextBoolean() ? NAN : 0));
    assertThat(bytes).isBetween((int) FRAMING.values() / 8, (int) FRAMING.values() / 8 + 30);
  }

  @Property(tries = 100)
  void whatIsTakenOutIsPutBack(
      @ForAll @IntRange(min = 1, max = 40) int patterns, @ForAll @IntRange(min = 2, max = 99) int percent,
      @ForAll long seed) {
    Random random = new Random(seed);
    OutlierList list = list(value -> {
      boolean isNotFinite = random.nextInt(100) < percent;
      boolean isOutlier = random.nextInt(10) == 0;
      int pattern = INFINITY | random.nextInt(patterns) | (random.nextInt(2) << 31);
      return isNotFinite ? pattern : isOutlier ? 0x41200000 + random.nextInt(1000) : 0;
    });
    NotFiniteRuns.Split split = NotFiniteRuns.split(list, ElementType.F32, FRAMING, TILE);
    if (split.runs() == null) {
      // Few values of many patterns would take no fewer bytes as runs.
      assertThat(percent).isLessThan(5);
      assertThat(split.list()).isSameAs(list);
    } else {
      bytes(list);
    }
  }

  @Test
  void fewValuesStayInTheList() {
    OutlierList list = list(value -> value < 63 ? NAN : value == 100 ? 0x41200000 : 0);
    NotFiniteRuns.Split split = NotFiniteRuns.split(list, ElementType.F32, FRAMING, TILE);
    assertThat(split.runs()).isNull();
    assertThat(split.list()).isSameAs(list);
  }

  @Test
  void valuesInBothAreMalformed() {
    OutlierList list = list(value -> value < 100 ? NAN : 0);
    byte[] section = written(NotFiniteRuns.split(list, ElementType.F32, FRAMING, TILE).runs());
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> read(section, list));
  }

  @Property(tries = 2000)
  void onlyTheDocumentedExceptionEscapes(@ForAll long seed) {
    Random random = new Random(seed);
    int patterns = 1 + random.nextInt(3);
    OutlierList list = list(value -> random.nextInt(3) == 0 ? INFINITY | random.nextInt(patterns) : 0);
    byte[] section = written(NotFiniteRuns.split(list, ElementType.F32, FRAMING, TILE).runs());
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      section[random.nextInt(Math.min(section.length, 40))] ^= (byte) (1 << random.nextInt(8));
    }
    try {
      assertThat(read(section, OutlierList.EMPTY).size()).isLessThanOrEqualTo((int) FRAMING.values());
    } catch (MalformedStreamException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
