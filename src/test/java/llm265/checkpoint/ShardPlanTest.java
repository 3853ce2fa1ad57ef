package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
  @Test
  void aFileIsFilledUpToTheLimit() {
    ShardPlan plan = ShardPlan.of(new long[] {4, 6, 1, 10, 11, 0, 2}, 10);
    assertThat(plan.begins()).isEqualTo(List.of(0, 2, 3, 4, 5, 7));
    assertThat(plan.count()).isEqualTo(5);
    assertThat(plan.begin(1)).isEqualTo(2);
    assertThat(plan.end(1)).isEqualTo(3);
    assertThat(plan.name(1)).isEqualTo("model-00002-of-00005.safetensors");
  }

  @Test
  void oneFileHasTheNameOfAWholeModel() {
    for (long[] sizes : new long[][] {{}, {0, 0}, {100}, {5, 5}}) {
      assertThat(ShardPlan.of(sizes, 10).count()).isEqualTo(1);
      assertThat(ShardPlan.of(sizes, 10).name(0)).isEqualTo("model.safetensors");
    }
  }

  @Test
  void hugeSizesDoNotOverflow() {
    assertThat(ShardPlan.of(new long[] {Long.MAX_VALUE, Long.MAX_VALUE, 1}, Long.MAX_VALUE).begins())
        .isEqualTo(List.of(0, 1, 2, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> ShardPlan.of(new long[1], 0));
  }
}
