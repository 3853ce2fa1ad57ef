package llm265.fidelity.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import llm265.baseline.kv.KvShape;
import llm265.lm.layer.AttentionShape;
import org.junit.jupiter.api.Test;

class AttentionErrorTest {
  private static final int SIZE = 4;
  private static final int TOKENS = 9;
  private static final AttentionShape SHAPE = new AttentionShape(1, 1, SIZE, 0.5f, 0, 0, true);

  private final float[] queries = random(SIZE, 1);
  private final float[] keys = random(TOKENS * SIZE, 2);
  private final float[] values = random(TOKENS * SIZE, 3);
  private final AttentionError errors = new AttentionError(new KvShape(2, 1, SIZE));

  private static float[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }

  private static float[] times(float[] values, float factor) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return result;
  }

  @Test
  void errorsOfValuesAreThoseOfResults() {
    errors.add(0, SHAPE, queries, 0, TOKENS - 1, new float[][] {keys, values}, new float[][] {keys, times(values, 1.01f)});
    assertThat(errors.scoreError()).isZero();
    assertThat(errors.resultSnr()).isCloseTo(40, within(0.01));
    errors.add(1, SHAPE, queries, 0, TOKENS - 1, new float[][] {keys, values}, new float[][] {keys, times(values, 1.1f)});
    assertThat(errors.worstResultSnr()).isCloseTo(20, within(0.01));
  }

  @Test
  void scoresAreThoseThatTheQuerySees() {
    float[] coded = keys.clone();
    // The query at position 4 does not see token 5.
    coded[5 * SIZE] += 7;
    errors.add(0, SHAPE, queries, 0, 4, new float[][] {keys, values}, new float[][] {coded, values});
    assertThat(errors.scoreError()).isZero();
    coded[2 * SIZE + 1] += 3;
    errors.add(0, SHAPE, queries, 0, 4, new float[][] {keys, values}, new float[][] {coded, values});
    double error = 0.5 * 3 * queries[1];
    assertThat(errors.scoreError()).isCloseTo(Math.sqrt(error * error / 10), within(1e-6));
    assertThat(errors.resultSnr()).isLessThan(60);
  }

  @Test
  void whatIsTheSameForAllTokensDoesNotMoveAttention() {
    float[] coded = keys.clone();
    for (int i = 0; i < coded.length; i += SIZE) {
      coded[i] += 2;
    }
    errors.add(0, SHAPE, queries, 0, TOKENS - 1, new float[][] {keys, values}, new float[][] {coded, values});
    assertThat(errors.scoreError()).isCloseTo(Math.abs(queries[0]), within(1e-6));
    assertThat(errors.resultSnr()).isGreaterThan(100);
  }

  @Test
  void rowsAreComparedByPart() {
    errors.addRows(0, false, keys, times(keys, 1.1f));
    errors.addRows(0, true, values, times(values, 1.01f));
    assertThat(errors.keySnr()).isCloseTo(20, within(0.01));
    assertThat(errors.valueSnr()).isCloseTo(40, within(0.01));
  }
}
