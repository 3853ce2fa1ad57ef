package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import llm265.h264.MalformedStreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import org.junit.jupiter.api.Test;

class ChannelScalesTest {
  /** Two channels in runs of 130 values. */
  private static final ChannelScales RUNS = new ChannelScales(classes(7, 7), new Channels(130, 2, Channels.NO_BLOCKS));

  /** Two channels in each block of ten values. */
  private static final ChannelScales BLOCKS = new ChannelScales(classes(7, 7, 7, 7), new Channels(1, 2, 10));

  private static Channels channels(int count) {
    return new Channels(1, count, Channels.NO_BLOCKS);
  }

  private static ScaleClasses classes(int... classes) {
    byte[] bytes = new byte[classes.length];
    for (int i = 0; i < classes.length; i++) {
      bytes[i] = (byte) classes[i];
    }
    return new ScaleClasses(bytes);
  }

  private static byte[] written(ChannelScales scales) {
    PayloadWriter out = new PayloadWriter();
    scales.write(out);
    return out.toByteArray();
  }

  private static ChannelScales read(boolean hasBlocks, long values, int... bytes) {
    byte[] payload = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      payload[i] = (byte) bytes[i];
    }
    return ChannelScales.read(new PayloadReader(payload, 0, payload.length), hasBlocks, values);
  }

  @Test
  void scalesAreTheRootsOfWeights() {
    // A quarter of the weight is half the scale, six classes.
    ChannelScales scales = ChannelScales.of(new float[] {4, 1, 16}, channels(3));

    assertThat(scales.classes()).isEqualTo(classes(6, 12, 0));
    assertThat(scales.factor(2)).isEqualTo(1);
    assertThat(scales.factor(3)).isEqualTo(0.5f);
    assertThat(scales.factor(4)).isEqualTo(0.25f);
  }

  @Test
  void weightOfZeroStandsForTheMedianOfTheOthers() {
    assertThat(ChannelScales.of(new float[] {0, 1, 0, 4, 16, 0}, channels(6)).classes()).isEqualTo(classes(6, 12, 6, 6, 0, 6));
  }

  @Test
  void equalWeightsAreNoScales() {
    assertThat(ChannelScales.of(new float[] {3, 3, 3}, channels(3))).isNull();
    assertThat(ChannelScales.of(new float[] {0, 3, 0}, channels(3))).isNull();
    assertThat(ChannelScales.of(new float[] {0, 0, 0}, channels(3))).isNull();
    assertThat(ChannelScales.of(new float[0], channels(1))).isNull();
  }

  @Test
  void leastWeightsAreOfTheGreatestClass() {
    assertThat(ChannelScales.of(new float[] {1e30f, 1e-30f, 1e-45f}, channels(3)).classes()).isEqualTo(classes(0, 63, 63));
  }

  @Test
  void classesMustBeThoseOfTheChannels() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ChannelScales(classes(1, 2, 3, 4), channels(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> new ChannelScales(classes(1, 2, 3), new Channels(1, 2, 10)));
    assertThat(new ChannelScales(classes(0, 0, 0, 6), new Channels(1, 2, 10)).factor(11)).isEqualTo(0.5f);
  }

  @Test
  void bytesAreThoseOfTheSpecification() {
    assertThat(written(RUNS)).containsExactly(0x82, 1, 2, 7, 255);
    assertThat(written(BLOCKS)).containsExactly(1, 4, 2, 10, 7, 255);
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    assertThat(read(false, 999, 0x82, 1, 2, 7, 255)).isEqualTo(RUNS);
    assertThat(read(true, 20, 1, 4, 2, 10, 7, 255)).isEqualTo(BLOCKS);
    assertThat(read(true, 0, 1, 4, 2, 10, 7, 255).channels().hasBlocks()).isTrue();
  }

  @Test
  void damagedScalesAreRefused() {
    int[][] withoutBlocks = {{}, {0, 2, 7, 255}, {1, 0, 7, 255}, {1, 2, 64, 255}, {1, 0xFF, 0xFF, 0xFF, 0x7F, 7, 255}};
    for (int[] bytes : withoutBlocks) {
      assertThatThrownBy(() -> read(false, 10, bytes)).isInstanceOf(MalformedStreamException.class);
    }
    // No channels of a block, more than there are, three of four; blocks of no values; values behind the last block.
    int[][] withBlocks = {
        {1, 4, 0, 10, 7, 255}, {1, 4, 5, 10, 7, 255}, {1, 4, 3, 10, 7, 255}, {1, 4, 2, 0, 7, 255}, {1, 4, 4, 10, 7, 255}};
    for (int[] bytes : withBlocks) {
      assertThatThrownBy(() -> read(true, 20, bytes)).isInstanceOf(MalformedStreamException.class);
    }
    assertThatThrownBy(() -> read(true, 21, 1, 4, 2, 10, 7, 255)).isInstanceOf(MalformedStreamException.class);
  }
}
