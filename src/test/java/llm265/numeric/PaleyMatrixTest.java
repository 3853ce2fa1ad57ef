package llm265.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaleyMatrixTest {
  /** 28 from 27 or 13, 52 from 25, 344 from 343: fields of prime powers too. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 12, 20, 24, 28, 36, 44, 52, 60, 76, 108, 140, 148, 344})
  void rowsAreOrthogonal(int order) {
    byte[][] h = PaleyMatrix.ofOrder(order);
    for (byte[] row : h) {
      for (byte element : row) {
        assertTrue(element == 1 || element == -1);
      }
    }
    for (int a = 0; a < order; a++) {
      for (int b = 0; b < order; b++) {
        int dot = 0;
        for (int i = 0; i < order; i++) {
          dot += h[a][i] * h[b][i];
        }
        assertThat(dot).isEqualTo(a == b ? order : 0);
      }
    }
  }

  @Test
  void otherOrdersHaveNone() {
    for (int order : new int[] {3, 6, 10, 40, 56, 92, 116, 156, 172}) {
      assertThat(PaleyMatrix.ofOrder(order)).as("%d", order).isNull();
    }
  }
}
