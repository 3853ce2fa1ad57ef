package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.TensorLink;
import org.junit.jupiter.api.Test;

class PipelineTrainingTest {
  private static final int CONTEXT = 16;
  private static final int STEPS = 40;
  private static final CharacterText TEXT = new CharacterText(SampleText.of(4000), CONTEXT);

  private final FactoredBigram model = new FactoredBigram(TEXT.vocabulary());

  private RunFigures run(Supplier<TensorLink> forward, Supplier<TensorLink> backward) throws IOException {
    DistributedOptimizer optimizer =
        GradientMethods.raw().create(model.layout(), 1, STEPS);
    return new PipelineTraining(model, TEXT, TEXT.validation(4, 8, CONTEXT))
        .run(new TrainingRecipe(STEPS, 1, 4, CONTEXT, 0.05, 0), optimizer, forward, backward, () -> {});
  }

  private static TensorLink exact() {
    return (values, rows, columns) -> 16L * rows * columns;
  }

  /** Gives every value one tenth more. */
  private static TensorLink scaling() {
    return (values, rows, columns) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1.1f;
      }
      return 3L * values.length;
    };
  }

  @Test
  void exactLinksChangeNothing() throws IOException {
    RunFigures figures = run(PipelineTrainingTest::exact, PipelineTrainingTest::exact);
    RunFigures without = new GradientTraining(model, TEXT, TEXT.validation(4, 8, CONTEXT)).run(
        new TrainingRecipe(STEPS, 1, 4, CONTEXT, 0.05, 0),
        GradientMethods.raw().create(model.layout(), 1, STEPS), RunSnapshot.none(), step -> {});
    assertThat(figures.fingerprint()).isEqualTo(without.fingerprint());
    assertThat(figures.get("linked-loss")).isEqualTo(figures.get("loss"));
    assertThat(figures.get("forward")).isEqualTo(16);
    assertThat(figures.get("forward-snr-0")).isInfinite();
    assertThat(figures.get("up")).isNaN();
  }

  @Test
  void eachDirectionHasItsBitsAndItsErrors() throws IOException {
    RunFigures forward = run(PipelineTrainingTest::scaling, PipelineTrainingTest::exact);
    assertThat(forward.get("forward")).isEqualTo(3);
    assertThat(forward.get("backward")).isEqualTo(16);
    // An error of one tenth has a hundredth of the energy.
    assertThat(forward.get("forward-snr-0")).isEqualTo(20, within(1e-3));
    assertThat(forward.get("backward-snr-0")).isInfinite();
    assertThat(forward.get("linked-loss")).isNotEqualTo(forward.get("loss"));

    RunFigures backward = run(PipelineTrainingTest::exact, PipelineTrainingTest::scaling);
    assertThat(backward.get("backward-snr-0")).isEqualTo(20, within(1e-3));
    assertThat(backward.get("linked-loss")).isEqualTo(backward.get("loss"));
    assertThat(backward.fingerprint()).isNotEqualTo(forward.fingerprint());
  }

  @Test
  void rangesOfGradientsAreToldForEachTenth() throws IOException {
    RunFigures figures = run(PipelineTrainingTest::exact, PipelineTrainingTest::exact);
    for (int part = 0; part < CompressedBoundaries.PARTS; part++) {
      assertThat(figures.get("peak-" + part)).isBetween(1.0, 50.0);
      assertThat(figures.get("rows-" + part)).isBetween(0.01, 3.0);
    }
  }

  @Test
  void aRunThatDivergesEndsWithoutALoss() throws IOException {
    Supplier<TensorLink> blowUp = () -> (values, rows, columns) -> {
      Arrays.fill(values, 3e38f);
      return 1;
    };
    assertThat(run(PipelineTrainingTest::exact, blowUp).get("loss")).isNaN();
  }
}
