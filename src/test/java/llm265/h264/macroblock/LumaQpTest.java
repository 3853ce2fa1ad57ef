package llm265.h264.macroblock;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LumaQpTest {
  @Test
  void theCircleOf52IsGoneRound() {
    assertThat(LumaQp.next(50, 4, 0)).isEqualTo(2);
    assertThat(LumaQp.next(1, -3, 0)).isEqualTo(50);
    assertThat(LumaQp.next(-10, -4, 12)).isEqualTo(50);
    assertThat(LumaQp.delta(50, 2, 0)).isEqualTo(4);
  }

  @Property
  void everyQpIsReachedFromEveryOther(
      @ForAll @IntRange(min = 8, max = 14) int bitDepth, @ForAll @IntRange(max = 87) int from,
      @ForAll @IntRange(max = 87) int to) {
    int offset = 6 * (bitDepth - 8);
    int qpYPred = from % (52 + offset) - offset;
    int qpY = to % (52 + offset) - offset;
    int delta = LumaQp.delta(qpYPred, qpY, offset);
    assertThat(delta).isBetween(-26 - offset / 2, 25 + offset / 2);
    assertThat(LumaQp.next(qpYPred, delta, offset)).isEqualTo(qpY);
  }
}
