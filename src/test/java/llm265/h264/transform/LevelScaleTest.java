package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LevelScaleTest {
  private static int[] list(int first, int length) {
    int[] list = new int[length];
    for (int k = 0; k < length; k++) {
      list[k] = first + k;
    }
    return list;
  }

  @Test
  void flatScalesOfABlockAreSixteenTimesNormAdjust() {
    assertThat(LevelScale.FLAT.levelScale4x4(0, 0))
        .containsExactly(160, 208, 160, 208, 208, 256, 208, 256, 160, 208, 160, 208, 208, 256, 208, 256);
    assertThat(LevelScale.FLAT.levelScale4x4(2, 29)).startsWith(18 * 16, 23 * 16);
    int[] scale = LevelScale.FLAT.levelScale8x8(0, 5);
    assertThat(scale[0]).isEqualTo(36 * 16);
    assertThat(scale[9]).isEqualTo(32 * 16);
    assertThat(scale[18]).isEqualTo(58 * 16);
    assertThat(scale[1]).isEqualTo(34 * 16);
    assertThat(scale[32 + 5]).isEqualTo(34 * 16);
    assertThat(scale[2]).isEqualTo(46 * 16);
    assertThat(scale[16 + 4]).isEqualTo(46 * 16);
    assertThat(scale[10]).isEqualTo(43 * 16);
    assertThat(scale[17]).isEqualTo(43 * 16);
  }

  @Test
  void listsAreTakenInZigZagOrderAndByPlane() {
    int[][] lists4x4 = {list(10, 16), list(40, 16), list(70, 16), null, null, null};
    int[][] lists8x8 = {list(1, 64), null, list(65, 64), null, list(129, 64), null};
    LevelScale scale = new LevelScale(lists4x4, lists8x8);
    // Scan index 1 is right of DC, 2 below it
    assertThat(scale.levelScale4x4(0, 6)).startsWith(10 * 10, 11 * 13);
    assertThat(scale.levelScale4x4(0, 6)[4]).isEqualTo(12 * 13);
    assertThat(scale.levelScale4x4(1, 1)[15]).isEqualTo(55 * 18);
    assertThat(scale.levelScale4x4(2, 2)[0]).isEqualTo(70 * 13);
    assertThat(scale.levelScale8x8(0, 0)[8]).isEqualTo(3 * 19);
    assertThat(scale.levelScale8x8(1, 0)[0]).isEqualTo(65 * 20);
    assertThat(scale.levelScale8x8(2, 0)[63]).isEqualTo(192 * 18);
  }

  @Test
  void withTwoEightByEightListsEveryPlaneTakesTheFirst() {
    int[] flat = new int[16];
    Arrays.fill(flat, 16);
    LevelScale scale = new LevelScale(new int[][] {flat, flat, flat}, new int[][] {list(1, 64), list(2, 64)});
    assertThat(scale.levelScale8x8(2, 3)).isEqualTo(scale.levelScale8x8(0, 3));
  }
}
