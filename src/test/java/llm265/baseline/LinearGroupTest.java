package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import llm265.moments.InputMoments;
import org.junit.jupiter.api.Test;

class LinearGroupTest {
  @Test
  void weightsMustBeFinite() {
    assertThatThrownBy(() -> new Layer("mlp.up", new float[] {0, 1, 2, 3, Float.NaN, 5}, 2, 3))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("mlp.up: the weight in row 1, column 1 is NaN");
    assertThatThrownBy(() -> new Layer("mlp.up", new float[] {Float.NEGATIVE_INFINITY}, 1, 1)).hasMessageContaining("-Infinity");
  }

  @Test
  void sizesMustAgree() {
    Layer two = new Layer("two", new float[2], 1, 2);
    Layer three = new Layer("three", new float[3], 1, 3);
    assertThatThrownBy(() -> new Layer("bad", new float[5], 2, 3)).hasMessage("bad: 5 weights are not 2 x 3");
    assertThatThrownBy(() -> new Layer("bad", new float[0], 0, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LinearGroup.of(two, three)).hasMessage("three: 3 inputs beside a layer of 2");
    assertThatThrownBy(() -> LinearGroup.of(two).with(Synthetic.identity(3))).hasMessage("two: 2 inputs, but moments are of 3");
    assertThatThrownBy(() -> LinearGroup.of(two).afterNorm(1)).hasMessage("two: 2 inputs, but gains are for 1");
    assertThatThrownBy(() -> LinearGroup.of(two).afterNorm(1, Float.NaN)).hasMessage("two: an input's gain is NaN");
    assertThatThrownBy(() -> new LinearGroup(List.of(), null, null, false)).hasMessage("a group of no layers");
  }

  @Test
  void momentsMustBePossible() {
    assertThatThrownBy(() -> new InputMoments(new double[3], new double[2], 1)).hasMessageContaining("not 2 x 2");
    assertThatThrownBy(() -> new InputMoments(new double[1], new double[1], 0)).hasMessageContaining("0 tokens");
    assertThatThrownBy(() -> new InputMoments(new double[] {-1}, new double[1], 1)).hasMessageContaining("mean square");
    assertThatThrownBy(() -> new InputMoments(new double[] {Double.NaN}, new double[1], 1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new InputMoments(new double[] {1}, new double[] {-1}, 1)).hasMessageContaining("magnitude");
  }
}
