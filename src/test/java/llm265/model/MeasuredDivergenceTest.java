package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import llm265.TensorEncoderTest;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import llm265.rate.Allocation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredDivergenceTest {
  private static final int VALUES = 128 * 160;

  @TempDir private Path folder;

  private Path input;

  @BeforeEach
  void write() throws IOException {
    input = folder.resolve("in.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(input, 0)) {
      for (int i = 0; i < 3; i++) {
        writer.add(TensorView.copyOf("t" + i, new long[] {128, 160}, TensorEncoderTest.gaussian(VALUES, i)));
      }
      writer.commit(Map.of());
    }
  }

  private double[] bits(ModelCompressor compressor) throws IOException {
    return compressor.compress(input, folder.resolve("out.safetensors")).tensors().stream()
        .mapToDouble(tensor -> 8.0 * tensor.bytes() / tensor.values()).toArray();
  }

  private static MeasuredDivergence at(double bits, double divergence) {
    return new MeasuredDivergence(bits, divergence);
  }

  /** A divergence that is 16 times another is worth two more bits: each bit quarters it. */
  @Test
  void bitsGoWhereTheySaveDivergence() throws IOException {
    double[] bits = bits(ModelCompressor.atBits(4).withDivergences(Map.of("t0", at(3, .01), "t1", at(3, .16), "t2", at(3, .01))));
    assertThat(bits[1] - bits[0]).isEqualTo(2, within(.25));
    assertThat(bits[2]).isEqualTo(bits[0], within(.2));
  }

  @Test
  void theRateOfAMeasurementCounts() throws IOException {
    double[] bits = bits(ModelCompressor.atBits(4).withDivergences(Map.of("t0", at(4, .01), "t1", at(3, .01), "t2", at(3, .04))));
    assertThat(bits[0] - bits[1]).isEqualTo(1, within(.25));
    assertThat(bits[2] - bits[1]).isEqualTo(1, within(.25));
  }

  @Test
  void whatIsNotMeasuredCountsLikeTheMean() throws IOException {
    double[] bits = bits(ModelCompressor.atBits(4).withDivergences(Map.of("t0", at(4, .001), "t1", at(4, .199))));
    assertThat(bits[2]).isBetween(bits[0] + 1, bits[1]);
  }

  @Test
  void onlyRelativeErrorsAreReplaced() throws IOException {
    ModelCompressor uniform = ModelCompressor.atBits(4).withAllocation(Allocation.UNIFORM);
    assertThat(bits(uniform.withDivergences(Map.of("t0", at(3, 1), "t1", at(3, .1))))).containsExactly(bits(uniform));
  }

  @Test
  void nothingThatIsNoNumberIsTaken() {
    assertThatIllegalArgumentException().isThrownBy(() -> at(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> at(3, Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> at(3, -1));
  }
}
