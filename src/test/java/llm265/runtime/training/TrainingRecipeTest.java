package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingRecipeTest {
  @Test
  void theRateRisesInALineAndFallsByACosineToATenth() {
    TrainingRecipe recipe = new TrainingRecipe(1050, 4, 4, 64, 2e-3, 0);
    assertThat(recipe.learningRate(0)).isEqualTo(2e-3 / 50, within(1e-12));
    assertThat(recipe.learningRate(24)).isEqualTo(1e-3, within(1e-12));
    assertThat(recipe.learningRate(49)).isEqualTo(2e-3, within(1e-12));
    assertThat(recipe.learningRate(550)).isEqualTo(1.1e-3, within(1e-12));
    assertThat(recipe.learningRate(1050)).isEqualTo(2e-4, within(1e-12));
  }

  @Test
  void shortRunsWarmUpForAQuarter() {
    TrainingRecipe recipe = new TrainingRecipe(8, 1, 1, 1, 0.5, 0);
    assertThat(recipe.learningRate(1)).isEqualTo(0.5);
    assertThat(recipe.learningRate(3)).isLessThan(0.5);
    assertThat(new TrainingRecipe(1, 1, 1, 1, 0.5, 0).learningRate(0)).isEqualTo(0.5);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TrainingRecipe(0, 4, 4, 64, 2e-3, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TrainingRecipe(1, 4, 4, 64, Double.NaN, 0));
  }
}
