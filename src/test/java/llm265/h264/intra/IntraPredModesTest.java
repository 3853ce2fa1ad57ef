package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntraPredModesTest {
  private static String possible(boolean left, boolean above, boolean corner) {
    StringBuilder modes = new StringBuilder();
    for (int mode = 0; mode < 9; mode++) {
      modes.append(IntraPredModes.isPossibleNxN(mode, left, above, corner) ? mode : "-");
    }
    modes.append(' ');
    for (int mode = 0; mode < 4; mode++) {
      modes.append(IntraPredModes.isPossible16x16(mode, left, above, corner) ? mode : "-");
    }
    modes.append(' ');
    for (int mode = 0; mode < 4; mode++) {
      modes.append(IntraPredModes.isPossibleChroma(mode, left, above, corner) ? mode : "-");
    }
    return modes.toString();
  }

  @Test
  void withoutNeighboursOnlyDcIsPossible() {
    assertThat(possible(false, false, false)).isEqualTo("--2------ --2- 0---");
  }

  @Test
  void theSideOnTheLeftAllowsHorizontalModes() {
    assertThat(possible(true, false, false)).isEqualTo("-12-----8 -12- 01--");
  }

  @Test
  void theSideAboveAllowsVerticalModes() {
    assertThat(possible(false, true, false)).isEqualTo("0-23---7- 0-2- 0-2-");
  }

  @Test
  void modesAcrossTheCornerNeedTheCorner() {
    assertThat(possible(true, true, false)).isEqualTo("0123---78 012- 012-");
    assertThat(possible(true, true, true)).isEqualTo("012345678 0123 0123");
  }
}
