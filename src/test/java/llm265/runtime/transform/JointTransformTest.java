package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import llm265.lm.layer.RotaryEmbedding;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;

class JointTransformTest {
  private static final int SIZE = 6;
  private static final float[] FREQUENCIES = RotaryTransform.frequencies(100, SIZE);
  private static final KvGeometry GEOMETRY = new KvGeometry(1, 2, SIZE, 2, FREQUENCIES, Pairing.HALVES);

  @Test
  void keysLoseTheirRotationAndBothGetTheirScale() {
    int width = 2 * SIZE;
    float[] keys = RandomRows.gauss(3 * width, 1);
    float[] values = RandomRows.gauss(3 * width, 2);
    float[] rotated = keys.clone();
    new RotaryEmbedding(FREQUENCIES).apply(rotated, 3, 2, SIZE, 40);
    float[] rows = new float[6 * width];
    for (int token = 0; token < 3; token++) {
      System.arraycopy(rotated, token * width, rows, 2 * token * width, width);
      System.arraycopy(values, token * width, rows, (2 * token + 1) * width, width);
    }
    float[] before = rows.clone();
    JointTransform transform = new JointTransform(GEOMETRY, 2, 4, new IdentityTransform(2 * width));
    transform.forward(rows, 0, 3, 40);
    for (int i = 0; i < width; i++) {
      assertThat(rows[4 * width + i]).isCloseTo(2 * keys[2 * width + i], within(1e-5f));
      assertThat(rows[5 * width + i]).isEqualTo(4 * values[2 * width + i]);
    }
    transform.inverse(rows, 0, 3, 40);
    assertThat(rows).containsExactly(before, within(1e-5f));
  }

  @Test
  void channelsMustBeThoseOfBoth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JointTransform(GEOMETRY, 1, 1, new IdentityTransform(2 * SIZE)))
        .withMessageContaining("12 channels for keys and values of 1 groups of 12");
    assertThatIllegalArgumentException().isThrownBy(() -> new JointTransform(GEOMETRY, 0, 1, new IdentityTransform(4 * SIZE)));
  }
}
