package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.TensorEncoderTest;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors that count by input channel. */
class SensitivityTest {
  @TempDir Path folder;

  private Path write(String name, TensorView... tensors) throws IOException {
    Path path = folder.resolve(name);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
    return path;
  }

  private static TensorView matrix(String name, int seed) {
    return TensorView.copyOf(name, new long[] {96, 160}, TensorEncoderTest.gaussian(96 * 160, seed));
  }

  private static float[] weights(int count, double scale) {
    Random random = new Random(count);
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = i % 7 == 0 ? 0 : (float) (scale * random.nextDouble());
    }
    return weights;
  }

  private static double weightedSnr(float[] values, float[] decoded, float[] weights, int run) {
    double count = 0;
    double sum = 0;
    double squares = 0;
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      double weight = weights[i / run % weights.length];
      count += weight;
      sum += weight * values[i];
      squares += weight * values[i] * values[i];
      error += weight * Math.pow((double) values[i] - decoded[i], 2);
    }
    return 10 * Math.log10((squares - sum * sum / count) / error);
  }

  @Test
  void reportTellsTheWeightedErrorOfWhatIsDecoded() {
    TensorView tensor = matrix("t", 1);
    float[] values = TensorEncoderTest.gaussian(96 * 160, 1);
    for (int channels : new int[] {160, 96}) {
      float[] weights = weights(channels, 3);
      MemoryStore store = new MemoryStore();
      EncodedTensor report = TensorEncoder.atQp(30).withChannelWeights(weights).encode(tensor, store);
      float[] decoded = TensorDecoder.decode(store.toByteArray());

      assertThat(report.weighted().snr())
          .isCloseTo(weightedSnr(values, decoded, weights, channels == 160 ? 1 : 160), within(1e-6));
    }
    assertThat(TensorEncoder.atQp(30).encode(tensor, new MemoryStore()).weighted()).isNull();
  }

  @Test
  void equalWeightsGiveThePlainRatio() {
    float[] weights = new float[160];
    Arrays.fill(weights, 0.25f);
    EncodedTensor report = TensorEncoder.atQp(30).withChannelWeights(weights).encode(matrix("t", 1), new MemoryStore());

    assertThat(report.weighted().snr()).isCloseTo(report.snr(), within(1e-6));
  }

  @Test
  void bitsGoWhereTheWeightIs() throws IOException {
    Path model = write("m.safetensors", matrix("a", 1), matrix("b", 2), matrix("c", 3));
    float[] heavy = weights(160, 16);
    float[] light = weights(160, 1);
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(3)).withLeastSnr(Double.NEGATIVE_INFINITY)
        .withSensitivity(name -> name.equals("a") ? heavy : name.equals("b") ? light : null);
    CompressionReport slope = compressor.compress(model, folder.resolve("s.safetensors"));
    CompressionReport uniform =
        compressor.withAllocation(Allocation.UNIFORM).compress(model, folder.resolve("u.safetensors"));

    // Sixteen times the weight is two bits.
    List<CompressionReport.Tensor> tensors = slope.tensors();
    assertThat(tensors.get(0).encoded().bitsPerValue() - tensors.get(1).encoded().bitsPerValue()).isCloseTo(2, within(0.15));
    // A tensor without weights counts as the others on average: 8.5 times the lighter one.
    assertThat(tensors.get(2).encoded().bitsPerValue() - tensors.get(1).encoded().bitsPerValue()).isCloseTo(1.54, within(0.15));
    assertThat(slope.bitsPerValue()).isCloseTo(3, within(0.015));
    assertThat(slope.weighted().snr()).isGreaterThan(uniform.weighted().snr() + 1);
    assertThat(tensors.get(2).encoded().weighted()).isNull();
  }

  @Test
  void tensorWithoutWeightLosesAlmostAllItsBits() throws IOException {
    Path model = write("m.safetensors", matrix("a", 1), matrix("b", 2));
    float[] none = new float[160];
    float[] some = weights(160, 1);
    ModelCompressor compressor =
        ModelCompressor.at(new RateTarget.Bits(2)).withSensitivity(name -> name.equals("a") ? none : some);
    CompressionReport report = compressor.withLeastSnr(Double.NEGATIVE_INFINITY).compress(model, folder.resolve("s.safetensors"));

    assertThat(report.tensors().get(0).encoded().bitsPerValue()).isLessThan(0.15);
    assertThat(report.bitsPerValue()).isCloseTo(2, within(0.01));

    CompressionReport limited = compressor.compress(model, folder.resolve("l.safetensors"));
    assertThat(limited.tensors().get(0).raised()).isTrue();
    assertThat(limited.tensors().get(0).encoded().snr()).isBetween(3.0, 3.2);
    assertThat(limited.tensors().get(1).raised()).isFalse();
    assertThat(limited.bitsPerValue()).as("the other one pays").isCloseTo(2, within(0.05));
  }

  @Test
  void eachExpertHasWeightsOfItsOwn() throws IOException {
    int inputs = 96;
    TensorView experts = TensorView.copyOf("e", new long[] {3, 64, inputs}, TensorEncoderTest.gaussian(3 * 64 * inputs, 8));
    float[] weights = new float[3 * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i < inputs ? 64 : 1;
    }
    Path model = write("m.safetensors", experts);
    SensitivityFile file =
        SensitivityFile.read(write("w.safetensors", TensorView.copyOf("e", new long[] {3, inputs}, weights)));
    Path small = folder.resolve("s.safetensors");
    ModelCompressor.at(new RateTarget.Bits(3)).withSensitivity(file).compress(model, small);
    try (CompressedModel compressed = CompressedModel.open(small)) {
      float[] decoded = compressed.decoder("e").decode();
      float[] values = new float[decoded.length];
      experts.read(0, values, 0, values.length);
      double[] errors = new double[3];
      for (int i = 0; i < values.length; i++) {
        errors[i / (64 * inputs)] += Math.pow(values[i] - decoded[i], 2);
      }
      // 64 times the weight is 18 dB.
      assertThat(10 * Math.log10(errors[1] / errors[0])).isCloseTo(18, within(1.5));
      assertThat(10 * Math.log10(errors[2] / errors[0])).isCloseTo(18, within(1.5));
    }
  }

  @Test
  void channelsThatNothingReachedKeepTheirQuality() throws IOException {
    float[] values = TensorEncoderTest.gaussian(300 * 200, 8);
    float[] weights = weights(200, 1);
    Arrays.fill(weights, 0, 100, 0);
    float[] decoded = TensorDecoder.decode(TensorEncoder.atBits(3).withChannelWeights(weights).encode(values, 300, 200));
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      error += i % 200 < 100 ? Math.pow(values[i] - decoded[i], 2) : 0;
    }
    assertThat(-10 * Math.log10(error / (300 * 100))).isGreaterThan(14);
  }

  @Test
  void weightsThatDoNotFitAreRefusedByName() throws IOException {
    Path model = write("m.safetensors", matrix("a", 1), matrix("b", 2));
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Qp(30));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> compressor.withSensitivity(name -> new float[3]).compress(model, folder.resolve("x")))
        .withMessageContaining("sensitivity of a: 3 weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compressor.withSensitivity(name -> new float[160 - name.charAt(0) + 'a'])
            .compress(model, folder.resolve("x")))
        .withMessageContaining("sensitivity of b: 159 weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorEncoder.atQp(30).withChannelWeights(new float[] {Float.NaN}).encode(new float[] {1}, 1, 1));
  }

  @Test
  void fileHasWeightsUnderTheTensorsNameWithOrWithoutSuffix() throws IOException {
    Path path = write(
        "w.safetensors", TensorView.copyOf("a", new long[] {2}, 1, 2), TensorView.copyOf("b.sensitivity", new long[] {1}, 3));
    SensitivityFile file = SensitivityFile.read(path);

    assertThat(file.apply("a")).containsExactly(1, 2);
    assertThat(file.apply("b")).containsExactly(3);
    assertThat(file.apply("c")).isNull();
    file.requireAllOf(List.of(matrix("a", 1), matrix("b", 1)));
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> file.requireAllOf(List.of(matrix("a", 1)))).withMessageContaining("b.sensitivity");
  }

  @Test
  void fileOfAnythingElseIsRefused() throws IOException {
    Path matrices = write("m.safetensors", TensorView.copyOf("a", new long[] {1, 1, 1}, 1));
    Path negative = write("n.safetensors", TensorView.copyOf("a", new long[] {2}, 1, -0.5f));

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> SensitivityFile.read(matrices)).withMessageContaining("one dimension");
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> SensitivityFile.read(negative)).withMessageContaining("weight 1 is -0.5");
  }

  @Test
  void weightedErrorIsWhatIsMinimized() {
    int rows = 300;
    int columns = 256;
    float[] values = TensorEncoderTest.gaussian(rows * columns, 5);
    for (int[] kind : new int[][] {{columns, 1}, {rows, columns}}) {
      Random random = new Random(2);
      float[] weights = new float[kind[0]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) Math.exp(1.5 * random.nextGaussian());
      }
      weights[3] = 0;
      byte[] plain = TensorEncoder.atBits(3).encode(values, rows, columns);
      byte[] weighted = TensorEncoder.atBits(3).withChannelWeights(weights).encode(values, rows, columns);
      float[] decoded = TensorDecoder.decode(weighted);

      assertThat(8.0 * weighted.length / values.length).isCloseTo(3, within(0.015));
      assertThat(weightedSnr(values, decoded, weights, kind[1]))
          .isGreaterThan(weightedSnr(values, TensorDecoder.decode(plain), weights, kind[1]) + 3);
      assertThat(TensorDecoder.open(weighted).info().snr()).isCloseTo(TensorEncoderTest.snr(values, decoded), within(0.01));
    }
  }
}
