package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import llm265.runtime.exchange.AveragedGradient;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradientTrainingTest {
  @TempDir private Path folder;

  private static final int CONTEXT = 16;
  private static final CharacterText TEXT = new CharacterText(SampleText.of(20_000), CONTEXT);

  private final FactoredBigram model = new FactoredBigram(TEXT.vocabulary());
  private final GradientTraining training = new GradientTraining(model, TEXT, TEXT.validation(10, 12, CONTEXT));

  private static TrainingRecipe recipe(int steps, int workers, long seed) {
    return new TrainingRecipe(steps, workers, 4, CONTEXT, 0.05, seed);
  }

  private DistributedOptimizer feedback() {
    return GradientMethods.arms(List.of("topk"), new double[] {2}).getFirst().create(model.layout(), 2, 104);
  }

  private DistributedOptimizer raw(int workers) {
    return GradientMethods.raw().create(model.layout(), workers, 150);
  }

  @Test
  void whatDependsOnTheSymbolBeforeIsLearnt() throws IOException {
    RunFigures figures = training.run(recipe(150, 2, 0), raw(2), RunSnapshot.none(), step -> {});
    // 3/4 + 1/32 for one symbol, 1/32 for each of the others
    double entropy = -(25 / 32.0 * StrictMath.log(25 / 32.0) + 7 / 32.0 * StrictMath.log(1 / 32.0));
    assertThat(figures.get("loss")).isBetween(entropy - 0.05, entropy + 0.15);
    assertThat(figures.get("up")).isEqualTo(16, within(1e-9));
  }

  @Test
  void aRunIsTheSameWheneverItIsMade() throws IOException {
    RunFigures once = training.run(recipe(10, 2, 0), raw(2), RunSnapshot.none(), step -> {});
    RunFigures again = training.run(recipe(10, 2, 0), raw(2), RunSnapshot.none(), step -> {});
    assertThat(again.fingerprint()).isEqualTo(once.fingerprint());
    assertThat(again.get("loss")).isEqualTo(once.get("loss"));
    RunFigures other = training.run(recipe(10, 2, 1), raw(2), RunSnapshot.none(), step -> {});
    assertThat(other.fingerprint()).isNotEqualTo(once.fingerprint());
  }

  /** Uses the average with its first half, or with nothing of it. */
  private static final class Halving implements DistributedOptimizer, AveragedGradient {
    private float[] average;

    @Override
    public void step(float[][] gradients, float[] weights, double learningRate) {
      average = new float[weights.length];
      for (int i = 0; i < weights.length; i++) {
        average[i] = 0.5f * (gradients[0][i] + gradients[1][i]) / 2;
        weights[i] -= (float) learningRate * average[i];
      }
      Arrays.fill(gradients[0], 0);
    }

    @Override
    public float[] average() {
      return average;
    }

    @Override
    public Traffic traffic() {
      return new Traffic(1, 1, 1);
    }

    @Override
    public byte[] state() {
      return new byte[0];
    }

    @Override
    public void restore(byte[] state) {
      throw new IllegalArgumentException();
    }
  }

  @Test
  void theErrorOfTheAverageIsMeasuredAgainstTheExactOne() throws IOException {
    RunFigures figures = training.run(recipe(3, 2, 0), new Halving(), RunSnapshot.none(), step -> {});
    assertThat(figures.get("cosine")).isEqualTo(1, within(1e-6));
    assertThat(figures.get("error")).isEqualTo(0.5, within(1e-6));
    assertThat(training.run(recipe(1, 2, 0), new Halving(), RunSnapshot.none(), step -> {}).get("seconds")).isPositive();
  }

  /** Ends a run in the middle of its steps. */
  private static final class Ended extends RuntimeException {}

  @Test
  void snapshotsHoldAllThatLaterStepsDependOn() throws IOException {
    RunFigures whole = training.run(recipe(104, 2, 0), feedback(), RunSnapshot.none(), step -> {});
    Path file = folder.resolve("run");
    assertThatExceptionOfType(Ended.class).isThrownBy(() ->
        training.run(recipe(104, 2, 0), feedback(), RunSnapshot.of(file, "a"), step -> {
          if (step == 101) {
            throw new Ended();
          }
        }));
    byte[] bytes = Files.readAllBytes(file);
    RunFigures goneOn = training.run(recipe(104, 2, 0), feedback(), RunSnapshot.of(file, "a"), step -> {});
    assertThat(goneOn.fingerprint()).isEqualTo(whole.fingerprint());
    for (String figure : List.of("loss", "up", "down", "cosine", "error")) {
      assertThat(goneOn.get(figure)).as(figure).isEqualTo(whole.get(figure));
    }
    assertThat(file).doesNotExist();
    Files.write(file, bytes);
    assertThat(RunSnapshot.of(file, "another run").read()).isEmpty();
    assertThat(RunSnapshot.of(file, "a").read()).isPresent();
    for (int damaged : new int[] {3, bytes.length / 2, bytes.length - 1}) {
      byte[] copy = bytes.clone();
      copy[damaged]++;
      Files.write(file, copy);
      assertThat(RunSnapshot.of(file, "a").read()).isEmpty();
    }
    Files.write(file, Arrays.copyOf(bytes, 2));
    assertThat(RunSnapshot.of(file, "a").read()).isEmpty();
  }
}
