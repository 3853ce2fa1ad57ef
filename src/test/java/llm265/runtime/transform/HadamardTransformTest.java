package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadamardTransformTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 20, 80, 128, 7})
  void headsAreRotatedByThemselvesAndBack(int size) {
    HadamardTransform transform = new HadamardTransform(3, size, 5);
    float[] rows = RandomRows.gauss(2 + 4 * 3 * size, 1);
    float[] rotated = rows.clone();
    transform.forward(rotated, 2, 4, 0);
    for (int head = 0; head < 12; head++) {
      double before = 0;
      double after = 0;
      for (int i = 2 + head * size; i < 2 + (head + 1) * size; i++) {
        before += rows[i] * rows[i];
        after += rotated[i] * rotated[i];
      }
      assertThat(after).isCloseTo(before, within(1e-4 * before));
    }
    assertThat(rotated[0]).isEqualTo(rows[0]);
    transform.inverse(rotated, 2, 4, 0);
    assertThat(rotated).containsExactly(rows, within(1e-5f));
  }

  @Test
  void whatStandsOutIsSpread() {
    float[] rows = new float[64];
    rows[3] = 8;
    new HadamardTransform(1, 64, 0).forward(rows, 0, 1, 0);
    for (float coefficient : rows) {
      assertThat(Math.abs(coefficient)).isCloseTo(1, within(1e-6f));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new HadamardTransform(0, 64, 0));
  }
}
