package llm265.runtime.training.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.runtime.training.GptShape;
import llm265.runtime.training.StageBoundary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("training")
class TorchGptTest {
  private static final GptShape SHAPE = new GptShape(11, 3, 16, 2, 12);
  private static final int STAGE = 2 * 16 + 4 * 16 * 16 + 8 * 16 * 16;
  private static final int FIRST_STAGE = 11 * 16 + 12 * 16;

  private final TorchGpt model = new TorchGpt(SHAPE);
  private final int[][] windows = windows();
  private final float[] weights = weights();

  @AfterEach
  void close() {
    model.close();
  }

  private static int[][] windows() {
    SplittableRandom random = new SplittableRandom(1);
    int[][] windows = new int[3][13];
    for (int[] window : windows) {
      for (int i = 0; i < window.length; i++) {
        window[i] = random.nextInt(11);
      }
    }
    return windows;
  }

  /** Greater than those to begin with, so that each part matters. */
  private static float[] weights() {
    float[] weights = SHAPE.initialWeights(2);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (float) (0.2 * random.nextGaussian());
    }
    return weights;
  }

  private float[] gradient(StageBoundary boundary) {
    float[] gradient = new float[weights.length];
    model.gradient(weights, windows, gradient, boundary);
    return gradient;
  }

  @Test
  void theLossIsThatOfTheDefinition() {
    double expected = new ReferenceGpt(SHAPE, weights).loss(windows);
    assertThat(model.loss(weights, windows, StageBoundary.EXACT)).isEqualTo(expected, within(1e-5));
    assertThat(model.gradient(weights, windows, new float[weights.length], StageBoundary.EXACT))
        .isEqualTo(expected, within(1e-5));
  }

  @Test
  void theGradientIsTheSlopeOfTheDefinition() {
    float[] gradient = gradient(StageBoundary.EXACT);
    for (int at = 5; at < weights.length; at += 97) {
      float[] there = weights.clone();
      there[at] += 1e-3f;
      double up = new ReferenceGpt(SHAPE, there).loss(windows);
      float step = there[at];
      there[at] = weights[at] - 1e-3f;
      double slope = (up - new ReferenceGpt(SHAPE, there).loss(windows)) / ((double) step - there[at]);
      assertThat((double) gradient[at]).as("value %d", at).isEqualTo(slope, within(1e-4 + 1e-2 * Math.abs(slope)));
    }
    assertThat(gradient(StageBoundary.EXACT)).as("nothing is left of the gradient before").isEqualTo(gradient);
  }

  @Test
  void whatComesBackIsWhatTheStageBeforeUses() {
    float[] exact = gradient(StageBoundary.EXACT);
    float[] doubled = gradient(new StageBoundary() {
      @Override
      public void forward(int boundary, float[] values, int rows, int columns) {
        assertThat(values).hasSize(rows * columns);
        assertThat(rows).isEqualTo(36);
      }

      @Override
      public void backward(int boundary, float[] values, int rows, int columns) {
        for (int i = 0; i < values.length && boundary == 1; i++) {
          values[i] *= 2;
        }
      }
    });
    int last = FIRST_STAGE + 2 * STAGE;
    for (int i = 0; i < exact.length; i++) {
      assertThat(doubled[i]).isEqualTo(i < last ? 2 * exact[i] : exact[i], within(1e-6f + 1e-4f * Math.abs(exact[i])));
    }
  }

  @Test
  void whatIsSentForwardIsWhatTheNextStageSees() {
    StageBoundary silence = new StageBoundary() {
      @Override
      public void forward(int boundary, float[] values, int rows, int columns) {
        Arrays.fill(values, 1);
      }

      @Override
      public void backward(int boundary, float[] values, int rows, int columns) {
        // Nothing is lost.
      }
    };
    float[] others = weights.clone();
    for (int i = 0; i < FIRST_STAGE + STAGE; i++) {
      others[i] += 1;
    }
    assertThat(model.loss(others, windows, silence)).isEqualTo(model.loss(weights, windows, silence))
        .isNotEqualTo(model.loss(weights, windows, StageBoundary.EXACT));
  }
}
