package llm265.h264.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import llm265.h264.PictureFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileLevelTest {
  @ParameterizedTest
  @CsvSource({
    "11, 9, LEVEL_1",
    "20, 5, LEVEL_1_1", // 100 macroblocks
    "29, 3, LEVEL_1_1", // 87 macroblocks, but 29 * 29 > 8 * 99
    "28, 3, LEVEL_1",
    "22, 18, LEVEL_1_1",
    "45, 36, LEVEL_2_2",
    "80, 45, LEVEL_3_1",
    "120, 68, LEVEL_4",
    "128, 128, LEVEL_5",
    "256, 1, LEVEL_4", // 256 * 256 = 8 * 8192
    "256, 144, LEVEL_5_1",
    "373, 373, LEVEL_6",
  })
  void lowestLevelHoldsAreaAndSides(int width, int height, ProfileLevel level) {
    assertThat(ProfileLevel.lowestFor(width, height)).isEqualTo(level);
    assertThat(ProfileLevel.lowestFor(height, width)).isEqualTo(level);
  }

  @Test
  void rateRaisesTheLevel() {
    assertThat(ProfileLevel.lowestFor(11, 9, 1_485)).isEqualTo(ProfileLevel.LEVEL_1);
    assertThat(ProfileLevel.lowestFor(11, 9, 1_486)).isEqualTo(ProfileLevel.LEVEL_1_1);
    assertThat(ProfileLevel.lowestFor(120, 68, 8_160 * 60)).isEqualTo(ProfileLevel.LEVEL_4_2);
    assertThatThrownBy(() -> ProfileLevel.lowestFor(11, 9, 16_711_681)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sizesBeyondTheHighestLevelAreRefused() {
    assertThatThrownBy(() -> ProfileLevel.lowestFor(374, 373)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ProfileLevel.lowestFor(1_056, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ProfileLevel.lowestFor(1_055, 1)).isEqualTo(ProfileLevel.LEVEL_6);
    assertThat(ProfileLevel.LEVEL_6_2.maxFs()).isEqualTo(PictureFormat.MAX_SIZE_IN_MBS);
  }

  @Test
  void limitsNeverFallFromLevelToLevel() {
    ProfileLevel[] levels = ProfileLevel.values();
    for (int i = 1; i < levels.length; i++) {
      assertThat(levels[i].maxMbps()).isGreaterThanOrEqualTo(levels[i - 1].maxMbps());
      assertThat(levels[i].maxFs()).isGreaterThanOrEqualTo(levels[i - 1].maxFs());
      assertThat(levels[i].maxBr()).isGreaterThanOrEqualTo(levels[i - 1].maxBr());
      assertThat(levels[i].maxCpb()).isGreaterThanOrEqualTo(levels[i - 1].maxCpb());
    }
  }

  @Test
  void pictureBufferHoldsUpToSixteenFrames() {
    assertThat(ProfileLevel.LEVEL_4.maxDpbFrames(120, 68)).isEqualTo(4);
    assertThat(ProfileLevel.LEVEL_4.maxDpbFrames(11, 9)).isEqualTo(16);
    for (ProfileLevel level : ProfileLevel.values()) {
      assertThat(level.maxDpbFrames(level.maxFs(), 1)).as(level.name()).isGreaterThanOrEqualTo(2);
    }
  }
}
