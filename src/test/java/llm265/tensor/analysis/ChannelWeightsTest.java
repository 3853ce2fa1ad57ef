package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.values.TensorElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelWeightsTest {
  @Test
  void channelsAreTheLastDimension() {
    ChannelWeights weights = ChannelWeights.of(new float[] {1, 2, 3}, 2, 4, 3);

    assertThat(weights.of(0)).isEqualTo(1);
    assertThat(weights.of(23)).isEqualTo(3);
    assertThat(weights.of(3_000_000_001L)).isEqualTo(2);
    assertThat(weights.mean()).isCloseTo(2, within(1e-12));
  }

  @Test
  void channelsAreTheFirstDimensionWhereOnlyThatFits() {
    ChannelWeights weights = ChannelWeights.of(new float[] {5, 0}, 2, 4, 3);

    assertThat(weights.of(0)).isEqualTo(5);
    assertThat(weights.of(11)).isEqualTo(5);
    assertThat(weights.of(12)).isEqualTo(0);
    assertThat(ChannelWeights.of(new float[] {5, 0}, 2, 2).of(1)).isEqualTo(0);
  }

  @Test
  void eachExpertHasChannelsOfItsOwn() {
    ChannelWeights weights = ChannelWeights.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 4, 3);

    assertThat(weights.of(0)).isEqualTo(1);
    assertThat(weights.of(11)).isEqualTo(3);
    assertThat(weights.of(12)).isEqualTo(4);
    assertThat(weights.of(23)).isEqualTo(6);
    ChannelScales scales = weights.scales();
    for (int i = 0; i < 24; i++) {
      assertThat(scales.factor(i)).isCloseTo((float) Math.sqrt(weights.of(i) / 6), within(0.07f));
    }
  }

  @Test
  void channelsThatNothingReachedCountAsTheMedian() {
    ChannelScales scales = ChannelWeights.of(new float[] {0, 1, 4, 16, 0}, 3, 5).scales();

    assertThat(scales.factor(0)).isEqualTo(scales.factor(2)).isEqualTo(0.5f);
    assertThat(scales.factor(4)).isEqualTo(0.5f);
    assertThat(scales.factor(1)).isEqualTo(0.25f);
    assertThat(ChannelWeights.of(new float[] {0, 1, 1, 0}, 3, 4).scales()).isNull();
  }

  @Test
  void otherLengthsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelWeights.of(new float[4], 2, 4, 3)).withMessageContaining("4 weights")
        .withMessageContaining("[2, 4, 3]");
    assertThatIllegalArgumentException().isThrownBy(() -> ChannelWeights.of(new float[1]));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
  void weightsThatAreNoneAreRefused(float weight) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelWeights.of(new float[] {1, weight}, 7, 2)).withMessageContaining("weight 1 is " + weight);
  }

  @Test
  void signalIsAboutTheWeightedMeanOfFiniteValues() {
    TensorView tensor = TensorView.copyOf("t", new long[] {3, 2}, 1, 10, 3, Float.NaN, 5, 20);
    MemorySegment data = tensor.data();
    double signal = ChannelWeights.of(new float[] {1, 0.5f}, 3, 2)
        .signal(new TensorElements(DType.F32, data), 6, 4, Workers.CALLER);

    // Weights 1, .5, 1, 1, .5 of 1, 10, 3, 5, 20: mean 6, deviations 5, 4, 3, 1, 14.
    assertThat(signal).isCloseTo(25 + 8 + 9 + 1 + 98, within(1e-9));
  }

  @Test
  void zeroWeightsHaveNoSignal() {
    TensorView tensor = TensorView.copyOf("t", new long[] {1, 2}, 1, 10);

    assertThat(ChannelWeights.of(new float[2], 1, 2).signal(new TensorElements(DType.F32, tensor.data()), 2, 0, Workers.CALLER))
        .isZero();
  }
}
