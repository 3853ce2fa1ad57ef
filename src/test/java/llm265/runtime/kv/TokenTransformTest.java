package llm265.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTransformTest {
  private static final int CHANNELS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 16, 17, 40})
  void isTheCosineTransformOfBlocksAndIsUndone(int tokens) {
    Random random = new Random(tokens);
    float[] rows = new float[tokens * CHANNELS];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    float[] coefficients = rows.clone();
    TokenTransform transform = new TokenTransform(CHANNELS);
    transform.forward(coefficients, tokens);
    for (int first = 0; first < tokens; first += 16) {
      int n = Math.min(16, tokens - first);
      for (int k = 0; k < n; k++) {
        double sum = 0;
        for (int t = 0; t < n; t++) {
          sum += rows[(first + t) * CHANNELS + 3] * Math.cos(Math.PI * k * (2 * t + 1) / (2.0 * n));
        }
        assertThat((double) coefficients[(first + k) * CHANNELS + 3])
            .isCloseTo(sum * Math.sqrt((k == 0 ? 1.0 : 2.0) / n), within(1e-5));
      }
    }
    transform.inverse(coefficients, tokens);
    assertThat(coefficients).containsExactly(rows, Offset.offset(1e-5f));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.96})
  void energyIsKept(double rho) {
    double sum = 0;
    for (int k = 0; k < 16; k++) {
      sum += TokenTransform.spectrum(rho, 16, k);
    }
    assertThat(sum).isCloseTo(16, within(1e-5));
    assertThat(TokenTransform.spectrum(rho, 16, 0)).isGreaterThanOrEqualTo(TokenTransform.spectrum(rho, 16, 15) - 1e-6);
  }
}
