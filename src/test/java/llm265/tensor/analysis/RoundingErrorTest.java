package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundingErrorTest {
  private static final int VALUES = 200_000;

  /** Rounds values with errors, and measures. */
  @ParameterizedTest
  @CsvSource({"BF16, .05", "BF16, .01", "BF16, .003", "BF16, .0008", "F16, .002", "F16, .0002"})
  void isWhatRoundingDoes(DType type, float deviation) {
    Random random = new Random(3);
    float[] values = new float[VALUES];
    float[] decoded = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = i % 10 == 0 ? 0 : (float) random.nextGaussian();
    }
    TensorElements.round(type, values, 0, VALUES);
    double before = 0;
    for (int i = 0; i < VALUES; i++) {
      double error = deviation * random.nextGaussian();
      decoded[i] = (float) (values[i] + error);
      before += error * error;
    }
    TensorElements.round(type, decoded, 0, VALUES);
    double after = 0;
    for (int i = 0; i < VALUES; i++) {
      after += ((double) decoded[i] - values[i]) * ((double) decoded[i] - values[i]);
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(VALUES)]);
    ValueCodec.write(type, data, 0, values, 0, VALUES);
    double added = RoundingError.of(new TensorElements(type, data), VALUES, Workers.CALLER).added(before / VALUES);

    assertThat(RoundingError.matters(type)).isTrue();
    assertThat(before + added).isCloseTo(after, within(0.03 * after));
  }
}
