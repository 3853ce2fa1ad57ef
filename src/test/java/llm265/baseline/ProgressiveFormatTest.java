package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProgressiveFormatTest {
  @Test
  void groupsHaveIntegerScalesOfTheRow() {
    // The row's scale is 1. The first group is -119 to 119: scale round(238 / 15) = 16, zero round(119 / 16) = 7.
    float[] row = {-119, 119, 9, 7, 0, 30, 1, 2};
    float[] result = Synthetic.quantized("qserve4g4", new Layer("row", row, 1, 8));
    // The second is 0 to 30: scale 2, zero 0; half to even.
    assertThat(result).containsExactly(-112, 112, 16, 0, 0, 30, 0, 2);
  }

  /** Integers never leave 8 bits. */
  @Test
  void integersStayWithinEightBits() {
    Layer layer = Synthetic.layer("layer", 64, 256, 1);
    ProgressiveFormat format = new ProgressiveFormat(32);
    float[] result = Synthetic.quantized("qserve4g32", layer);
    for (int i = 0; i < result.length; i++) {
      float scale = format.rowScale(layer.weights(), i / 256 * 256, 256);
      float integer = result[i] / scale;
      assertThat(integer).isEqualTo((float) Math.rint(integer)).isBetween(-128f, 127f);
    }
    assertThat(Synthetic.snr(layer.weights(), result)).isCloseTo(22.1, within(0.5));
  }
}
