package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.ParameterLayout;
import org.junit.jupiter.api.Test;

class GradientMethodsTest {
  private static final double[] RATES = {1.4, 2};

  @Test
  void methodsThatTakeARateAreThereAtEveryRateAndOthersOnce() {
    assertThat(GradientMethods.arms(List.of("raw", "ef", "1bit-adam"), RATES)).extracting(Object::toString)
        .containsExactly("raw", "ef 1.4", "ef 2.0", "1bit-adam");
  }

  @Test
  void aWarmUpIsSentRaw() {
    ParameterLayout layout = new GptShape(9, 1, 16, 2, 8).layout();
    for (String name : List.of("ef+25", "1bit-adam+25", "codec-adam+25", "topk+25", "powersgd-1+25")) {
      DistributedOptimizer optimizer =
          GradientMethods.arms(List.of(name), new double[] {1}).getFirst().create(layout, 2, 4);
      float[] weights = new float[layout.values()];
      for (int step = 0; step < 2; step++) {
        float[][] gradients = new float[2][layout.values()];
        for (int i = 0; i < layout.values(); i++) {
          gradients[0][i] = (i * 37 % 101) - 50;
          gradients[1][i] = (i * 53 % 103) - 51;
        }
        optimizer.step(gradients, weights, 1e-3);
        if (step == 0) {
          assertThat(optimizer.traffic().up()).as(name).isEqualTo(16, within(1e-9));
        } else {
          assertThat(optimizer.traffic().up()).as(name).isBetween(8.1, 11.0);
        }
      }
    }
  }

  @Test
  void everyMethodMakesSteps() {
    ParameterLayout layout = new GptShape(9, 1, 16, 2, 8).layout();
    for (GradientMethods.Arm arm : GradientMethods.arms(GradientMethods.names(), RATES)) {
      DistributedOptimizer optimizer = arm.create(layout, 2, 10);
      float[] weights = new float[layout.values()];
      float[][] gradients = new float[2][layout.values()];
      for (int i = 0; i < layout.values(); i++) {
        gradients[0][i] = i % 3 - 0.5f;
        gradients[1][i] = i % 3 - 0.5f;
      }
      optimizer.step(gradients, weights, 1e-3);
      double along = 0;
      for (int i = 0; i < layout.values(); i++) {
        along += weights[i] * (i % 3 - 0.5);
      }
      assertThat(along).as(arm.toString()).isNegative();
    }
  }

  @Test
  void lineNamesTellOtherWarmUpsApart() {
    assertThat(GradientMethods.arms(List.of("1bit-adam+15", "1bit-adam+5"), RATES)).extracting(GradientMethods.Arm::line)
        .containsExactly("1bit-adam", "1bit-adam+5");
  }

  @Test
  void unknownNamesAreTold() {
    assertThatIllegalArgumentException().isThrownBy(() -> GradientMethods.arms(List.of("rwa"), RATES))
        .withMessageStartingWith("rwa is not one of raw");
    assertThatIllegalArgumentException().isThrownBy(() -> GradientMethods.arms(List.of("ef+"), RATES));
    assertThatIllegalArgumentException().isThrownBy(() -> GradientMethods.arms(List.of("ef+100"), RATES));
  }
}
