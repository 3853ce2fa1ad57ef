package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import llm265.lm.layer.RotaryEmbedding;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;

class RotaryTransformTest {
  private static final int SIZE = 12;
  private static final int TOKENS = 5;
  private static final float[] FREQUENCIES = RotaryTransform.frequencies(500, 8);

  private static RotaryTransform transform(Pairing pairing) {
    return new RotaryTransform(FREQUENCIES, pairing, SIZE, new IdentityTransform(2 * SIZE));
  }

  @Test
  void itUndoesWhatTheModelDoes() {
    float[] rows = RandomRows.gauss(TOKENS * 2 * SIZE, 1);
    float[] rotated = rows.clone();
    new RotaryEmbedding(FREQUENCIES).apply(rotated, TOKENS, 2, SIZE, 1000);
    float[] back = rotated.clone();
    transform(Pairing.HALVES).forward(back, 0, TOKENS, 1000);
    assertThat(back).containsExactly(rows, within(1e-6f));
    transform(Pairing.HALVES).inverse(back, 0, TOKENS, 1000);
    assertThat(back).containsExactly(rotated, within(1e-6f));
    transform(Pairing.HALVES).forward(back, 0, TOKENS, 999);
    assertThat(back[0]).isNotCloseTo(rows[0], within(1e-2f));
  }

  @Test
  void pairsOfNeighboursTurnAsHalvesDo() {
    float[] rows = RandomRows.gauss(TOKENS * 2 * SIZE, 2);
    float[] halves = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int element = i % SIZE;
      halves[i] = rows[i - element + (element >= 8 ? element : element < 4 ? 2 * element : 2 * (element - 4) + 1)];
    }
    transform(Pairing.HALVES).forward(halves, 0, TOKENS, 77);
    transform(Pairing.EVEN_ODD).forward(rows, 0, TOKENS, 77);
    for (int i = 0; i < rows.length; i++) {
      int element = i % SIZE;
      int at = i - element + (element >= 8 ? element : element < 4 ? 2 * element : 2 * (element - 4) + 1);
      assertThat(halves[i]).isEqualTo(rows[at]);
    }
  }

  @Test
  void whatFollowsSeesKeysThatAreNotRotated() {
    float[] rows = RandomRows.gauss(2 * SIZE, 3);
    float[] rotated = rows.clone();
    new RotaryEmbedding(FREQUENCIES).apply(rotated, 1, 2, SIZE, 9);
    new HadamardTransform(2, SIZE, 1).forward(rows, 0, 1, 9);
    RotaryTransform both = new RotaryTransform(FREQUENCIES, Pairing.HALVES, SIZE, new HadamardTransform(2, SIZE, 1));
    both.forward(rotated, 0, 1, 9);
    assertThat(rotated).containsExactly(rows, within(1e-5f));
  }

  @Test
  void frequenciesFallGeometrically() {
    assertThat(RotaryTransform.frequencies(10_000, 4)).containsExactly(new float[] {1, 0.01f}, within(1e-9f));
    assertThatIllegalArgumentException().isThrownBy(
        () -> new RotaryTransform(new float[7], Pairing.HALVES, SIZE, new IdentityTransform(SIZE)));
    assertThatIllegalArgumentException().isThrownBy(
        () -> new RotaryTransform(FREQUENCIES, Pairing.HALVES, SIZE, new IdentityTransform(SIZE + 1)));
  }

  @Test
  void anyRunOfPositionsIsThatOfEachPosition() {
    RotaryTransform transform = new RotaryTransform(
        RotaryTransform.frequencies(1000, 4), RotaryTransform.Pairing.HALVES, 4, new IdentityTransform(4));
    float[] rows = RandomRows.gauss(300 * 4, 3);
    for (long first : new long[] {0, 63, 4_090, 3_000_000_000L}) {
      float[] together = rows.clone();
      transform.forward(together, 0, 300, first);
      for (int token = 299; token >= 0; token--) {
        float[] alone = rows.clone();
        transform.forward(alone, 4 * token, 1, first + token);
        float angle = (first + token) * RotaryTransform.frequencies(1000, 4)[1];
        assertThat(alone[4 * token + 1]).isEqualTo(
            rows[4 * token + 1] * (float) StrictMath.cos(angle) - rows[4 * token + 3] * -(float) StrictMath.sin(angle));
        assertThat(alone[4 * token + 3]).isEqualTo(together[4 * token + 3]);
      }
    }
  }
}
