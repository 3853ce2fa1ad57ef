package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AblationTest {
  @Test
  void meansWeighTensorsByTheirValues() {
    List<Ablation.Mean> means = Ablation.means(List.of(
        new Ablation.Step("a", 100, "first", 4, 10, true), new Ablation.Step("a", 100, "second", 3, 10, true),
        new Ablation.Step("b", 300, "first", 2, 9, false), new Ablation.Step("b", 300, "second", 1, 10, true)));
    assertThat(means).containsExactly(new Ablation.Mean("first", 2.5, false), new Ablation.Mean("second", 1.5, true));
  }
}
