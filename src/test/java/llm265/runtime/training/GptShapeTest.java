package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import llm265.runtime.exchange.ParameterLayout.Parameter;
import org.junit.jupiter.api.Test;

class GptShapeTest {
  private static final GptShape SHAPE = new GptShape(65, 2, 64, 4, 64);

  @Test
  void theModelOfTheBenchHasAboutOneHundredAndTenThousandValues() {
    // 2 x 65 x 64 of embedding and head, 64 x 64 positions, 5 norms, 2 x 12 x 64 x 64 of blocks
    assertThat(SHAPE.layout().values()).isEqualTo(8320 + 4096 + 320 + 98304);
  }

  @Test
  void weightsBeginAsThoseOfGpt2() {
    float[] weights = SHAPE.initialWeights(3);
    for (Parameter parameter : SHAPE.layout().parameters()) {
      double square = 0;
      for (int i = 0; i < parameter.values(); i++) {
        square += (double) weights[parameter.offset() + i] * weights[parameter.offset() + i];
      }
      double expected = !parameter.isMatrix() ? 1 : parameter.name().matches(".*(output|down)") ? 0.01 : 0.02;
      assertThat(Math.sqrt(square / parameter.values())).as(parameter.name()).isEqualTo(expected, within(0.05 * expected));
    }
    assertThat(SHAPE.initialWeights(3)).isEqualTo(weights);
    assertThat(SHAPE.initialWeights(4)).isNotEqualTo(weights);
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new GptShape(65, 2, 64, 5, 64));
    assertThatIllegalArgumentException().isThrownBy(() -> new GptShape(1, 2, 64, 4, 64));
  }
}
