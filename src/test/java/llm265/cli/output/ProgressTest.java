package llm265.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 9_999, 10_000, 656_000, 9_999_999, 10_000_000, 22_000_000_000L})
  void noModelIsShownAsNothing(long values) {
    assertThat(values / Progress.Unit.of(values, "values").values()).isGreaterThan(0);
  }
}
