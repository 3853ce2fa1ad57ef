package llm265.vector;

import java.util.Random;
import llm265.kernel.KernelDuel;
import llm265.tensor.feedback.FeedbackKernels;
import llm265.tensor.feedback.ScalarFeedbackKernels;
import org.junit.jupiter.api.Test;

/** A duel: what is left of values must agree to the last bit. */
class VectorFeedbackKernelsTest {
  private final FeedbackKernels duel =
      KernelDuel.of(FeedbackKernels.class, new ScalarFeedbackKernels(), new VectorFeedbackKernels());
  private final Random random = new Random(5);

  private float[] any(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(6 * random.nextGaussian()));
    }
    return values;
  }

  @Test
  void valuesAgree() {
    for (int round = 0; round < 200; round++) {
      int at = random.nextInt(40);
      int factorAt = random.nextInt(40);
      int errorsAt = random.nextInt(40);
      duel.subtract(any(at + 256 + random.nextInt(9)), at, any(factorAt + 256), factorAt, any(errorsAt + 256), errorsAt);
    }
  }
}
