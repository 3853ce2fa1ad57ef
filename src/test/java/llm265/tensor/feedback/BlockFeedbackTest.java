package llm265.tensor.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import llm265.baseline.Synthetic;
import llm265.moments.InputMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockFeedbackTest {
  private static final int INPUTS = 48;
  private static final int OUTPUTS = 32;
  private static final int MB_WIDTH = OUTPUTS / 16;
  /** What the factor adds to the diagonal, as a share of it. */
  private static final double DAMPING = 0.01;

  private final Random random = new Random(3);

  private static int[] natural() {
    return IntStream.range(0, INPUTS).toArray();
  }

  private static float[] ones() {
    float[] ones = new float[INPUTS];
    Arrays.fill(ones, 1);
    return ones;
  }

  private float[] weights() {
    float[] weights = new float[INPUTS * OUTPUTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return weights;
  }

  /** Rounds blocks of inputs one after the other. */
  private static float[] round(float[] values, BlockFeedback feedback, int block) {
    float[] rounded = new float[values.length];
    int band = 256 * MB_WIDTH;
    float[] differences = new float[band];
    for (int input = 0; input < INPUTS; input++) {
      for (int output = 0; output < OUTPUTS; output++) {
        int at = place(input, output);
        rounded[at] = (float) Math.rint(values[at]);
        differences[at % band] = values[at] - rounded[at];
      }
      if (feedback != null && input % block == block - 1) {
        feedback.take(input / block, values, differences);
      }
    }
    return rounded;
  }

  private static float[] round(float[] values, BlockFeedback feedback) {
    return round(values, feedback, FeedbackFactor.BAND);
  }

  private static int place(int input, int output) {
    return 256 * (input / 16 * MB_WIDTH + output / 16) + 16 * (input % 16) + output % 16;
  }

  /** tr(D H D^T), with the damping. */
  private static double outputError(float[] before, float[] after, InputMoments moments, int[] order) {
    double sum = 0;
    for (int output = 0; output < OUTPUTS; output++) {
      for (int i = 0; i < INPUTS; i++) {
        for (int j = 0; j < INPUTS; j++) {
          double h = moments.second()[order[i] * INPUTS + order[j]] * (i == j ? 1 + DAMPING : 1);
          sum += h * ((double) before[place(i, output)] - after[place(i, output)])
              * ((double) before[place(j, output)] - after[place(j, output)]);
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void errorIsTheOneItStates(int block) {
    InputMoments moments = Synthetic.moments(INPUTS, 4);
    float[] weights = weights();
    BlockFeedback feedback =
        new BlockFeedback(FeedbackFactor.of(new DampedMoments(moments, 0, block), natural(), ones()), MB_WIDTH);
    float[] rounded = round(weights.clone(), feedback, block);

    double error = outputError(weights, rounded, moments, natural());
    assertThat(feedback.squaredError()).isCloseTo(error, within(1e-3 * error));
  }

  /** With D the errors and V what is decoded, {@code 2 <D, V> = |D + V|^2 - |D|^2 - |V|^2}. */
  @Test
  void productIsThatOfErrorsAndDecodedValues() {
    InputMoments moments = Synthetic.moments(INPUTS, 4);
    FeedbackFactor factor = FeedbackFactor.of(new DampedMoments(moments, 0, 16), natural(), ones());
    BlockFeedback feedback = new BlockFeedback(factor, MB_WIDTH);
    BlockFeedback ofDecoded = new BlockFeedback(factor, MB_WIDTH);
    float[] weights = weights();
    float[] values = weights.clone();
    float[] handedOn = new float[values.length];
    float[] decoded = new float[values.length];
    int row = 256 * MB_WIDTH;
    double product = 0;
    for (int b = 0; b < INPUTS / 16; b++) {
      float[] differences = new float[row];
      float[] likeErrors = new float[row];
      for (int i = 0; i < row; i++) {
        decoded[b * row + i] = (float) Math.rint(values[b * row + i]);
        differences[i] = values[b * row + i] - decoded[b * row + i];
        likeErrors[i] = handedOn[b * row + i] + decoded[b * row + i];
      }
      feedback.take(b, values, differences);
      ofDecoded.take(b, handedOn, likeErrors);
      product += feedback.product(ofDecoded);
    }
    float[] zeros = new float[weights.length];
    double square = outputError(decoded, zeros, moments, natural());
    double twice = outputError(weights, zeros, moments, natural()) - outputError(weights, decoded, moments, natural()) - square;
    assertThat(ofDecoded.squaredError()).isCloseTo(square, within(1e-3 * square));
    assertThat(2 * product).isCloseTo(twice, within(1e-3 * square));
  }

  @Test
  void laterInputsMakeUpForErrors() {
    InputMoments moments = Synthetic.moments(INPUTS, 4);
    float[] weights = weights();
    FeedbackFactor factor = FeedbackFactor.of(new DampedMoments(moments, 0, 16), natural(), ones());

    double with = outputError(weights, round(weights.clone(), new BlockFeedback(factor, MB_WIDTH)), moments, natural());
    double without = outputError(weights, round(weights.clone(), null), moments, natural());
    assertThat(with).isLessThan(0.8 * without);
  }

  @Test
  void errorsCountForLessInSmallerBlocks() {
    InputMoments moments = Synthetic.moments(INPUTS, 4);
    double before = Double.POSITIVE_INFINITY;
    for (int block : new int[] {16, 4, 1}) {
      double[] weights = FeedbackFactor.of(new DampedMoments(moments, 0, block), natural(), ones()).weights();
      double logarithms = Arrays.stream(weights).map(Math::log).sum();
      assertThat(logarithms).isLessThan(before - 0.1);
      before = logarithms;
    }
  }

  @Test
  void orderIsThatOfRows() {
    InputMoments moments = Synthetic.moments(INPUTS, 6);
    int[] backwards = IntStream.range(0, INPUTS).map(i -> INPUTS - 1 - i).toArray();
    float[] weights = weights();
    BlockFeedback feedback = new BlockFeedback(FeedbackFactor.of(new DampedMoments(moments, 0, 16), backwards, ones()), MB_WIDTH);
    float[] rounded = round(weights.clone(), feedback);

    double error = outputError(weights, rounded, moments, backwards);
    assertThat(feedback.squaredError()).isCloseTo(error, within(1e-3 * error));
  }

  @Test
  void inputsThatAreNotCorrelatedHandNothingOn() {
    double[] second = new double[INPUTS * INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      second[i * INPUTS + i] = 1 + i;
    }
    InputMoments moments = new InputMoments(second, new double[INPUTS], 1);
    float[] weights = weights();
    float[] values = weights.clone();
    round(values, new BlockFeedback(FeedbackFactor.of(new DampedMoments(moments, 0, 16), natural(), ones()), MB_WIDTH));

    assertThat(values).containsExactly(weights);
  }

  @Test
  void weightsAreWhatErrorsOfABlockCountFor() {
    InputMoments moments = Synthetic.moments(INPUTS, 8);
    FeedbackFactor factor = FeedbackFactor.of(new DampedMoments(moments, 0, 16), natural(), ones());
    float[] values = new float[INPUTS * OUTPUTS];
    float[] differences = new float[256 * MB_WIDTH];
    differences[16 * 5 + 3] = 0.5f;
    BlockFeedback feedback = new BlockFeedback(factor, MB_WIDTH);
    feedback.take(1, values, differences);

    assertThat(feedback.squaredError()).isCloseTo(0.25 * factor.weights()[16 + 5], within(1e-5 * feedback.squaredError()));
  }

  @Test
  void scalesOfInputsAreTakenOutOfTheirMoments() {
    double[] second = new double[INPUTS * INPUTS];
    float[] scales = ones();
    for (int i = 0; i < INPUTS; i++) {
      scales[i] = (float) Math.exp(random.nextGaussian());
      second[i * INPUTS + i] = (double) scales[i] * scales[i];
    }
    InputMoments moments = new InputMoments(second, new double[INPUTS], 1);

    for (double weight : FeedbackFactor.of(new DampedMoments(moments, 0, 16), natural(), scales).weights()) {
      assertThat(weight).isCloseTo(1 + DAMPING, within(1e-5));
    }
  }

  @Test
  void paddingAndInputsWithoutMomentsDoNoHarm() {
    InputMoments some = Synthetic.moments(INPUTS, 10);
    double[] second = some.second().clone();
    for (int i = 0; i < INPUTS; i++) {
      second[7 * INPUTS + i] = 0;
      second[i * INPUTS + 7] = 0;
    }
    int[] order = natural();
    Arrays.fill(order, 40, INPUTS, -1);
    InputMoments moments = new InputMoments(second, some.meanMagnitude(), 1);
    double[] weights = FeedbackFactor.of(new DampedMoments(moments, 0, 16), order, ones()).weights();

    assertThat(Arrays.stream(weights).allMatch(weight -> weight > 0 && Double.isFinite(weight))).isTrue();
    assertThat(weights[7]).isGreaterThan(0.1 * Arrays.stream(weights).average().getAsDouble());
  }
}
