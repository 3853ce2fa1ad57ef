package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ChannelsTest {
  @Test
  void lastDimensionIsTakenFirst() {
    Channels channels = Channels.of(4, 4, 3, 4);

    assertThat(channels).isEqualTo(new Channels(1, 4, Channels.NO_BLOCKS));
    assertThat(channels.hasBlocks()).isFalse();
    assertThat(channels.of(0)).isZero();
    assertThat(channels.of(3)).isEqualTo(3);
    assertThat(channels.of(4)).isZero();
    assertThat(channels.of(47)).isEqualTo(3);
  }

  @Test
  void firstDimensionHasRuns() {
    Channels channels = Channels.of(3, 3, 5, 2);

    assertThat(channels.run()).isEqualTo(10);
    assertThat(channels.of(9)).isZero();
    assertThat(channels.of(10)).isEqualTo(1);
    assertThat(channels.of(29)).isEqualTo(2);
  }

  @Test
  void matricesHaveChannelsOfTheirOwn() {
    // Two matrices of 5 x 3: six channels.
    Channels channels = Channels.of(6, 2, 5, 3);

    assertThat(channels).isEqualTo(new Channels(1, 3, 15));
    assertThat(channels.hasBlocks()).isTrue();
    assertThat(channels.of(0)).isZero();
    assertThat(channels.of(14)).isEqualTo(2);
    assertThat(channels.of(15)).isEqualTo(3);
    assertThat(channels.of(29)).isEqualTo(5);
  }

  @Test
  void runsTakeTurnsWithinABlock() {
    // Blocks of 8 values, two channels in runs of 2: 0 0 1 1 0 0 1 1, then 2 2 3 3...
    Channels channels = new Channels(2, 2, 8);
    int[] expected = {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3};
    for (int i = 0; i < expected.length; i++) {
      assertThat(channels.of(i)).isEqualTo(expected[i]);
    }
  }

  @Test
  void indicesBeyond32BitsHaveTheirChannels() {
    assertThat(new Channels(1L << 31, 1000, Channels.NO_BLOCKS).of(7L * (1L << 31) + 5)).isEqualTo(7);
    assertThat(new Channels(1, 10, 1L << 32).of((3L << 32) + 4)).isEqualTo(3 * 10 + (int) (((3L << 32) + 4) % 10));
  }

  @Test
  void weightsThatFitNothingAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Channels.of(6, 2, 3)).withMessageContaining("[2, 3]");
    assertThatIllegalArgumentException().isThrownBy(() -> Channels.of(5, 2, 5, 3)).withMessageContaining("nor both");
    assertThatIllegalArgumentException().isThrownBy(() -> Channels.of(1, new long[0]));
    assertThatIllegalArgumentException().isThrownBy(() -> new Channels(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Channels(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Channels(1, 1, 0));
  }

  @Test
  void tensorsWithoutValuesHaveChannelsAllTheSame() {
    assertThat(Channels.of(0, 5, 0)).isEqualTo(new Channels(1, 1, Channels.NO_BLOCKS));
    assertThat(Channels.of(5, 5, 0)).isEqualTo(new Channels(1, 5, Channels.NO_BLOCKS));
  }
}
