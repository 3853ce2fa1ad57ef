package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.distortion.TensorDistortion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Targets that what no rate can move leaves nothing of: integers, FP8, values that are not finite. */
class UnreachableBudgetTest {
  @TempDir private Path folder;

  private static TensorView gaussian(String name, int rows, int columns, double scale, double notFinite) {
    Random random = new Random(name.hashCode());
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      float value = (float) (scale * random.nextGaussian());
      values[i] = random.nextDouble() < notFinite ? Float.NaN : value;
    }
    return TensorView.copyOf(name, new long[] {rows, columns}, values);
  }

  private static TensorView noise(String name, DType type, int rows, int columns) {
    byte[] data = new byte[(int) type.byteSize((long) rows * columns)];
    new Random(3).nextBytes(data);
    return new TensorView(name, type, new long[] {rows, columns}, MemorySegment.ofArray(data));
  }

  private Path write(TensorView... tensors) throws IOException {
    Path path = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 1000)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
    return path;
  }

  private CompressionReport compress(ModelCompressor compressor, Path model) throws IOException {
    return compressor.compress(model, folder.resolve("small.safetensors"));
  }

  @ParameterizedTest
  @EnumSource
  void theTargetHoldsForWhatLosesSomethingWhereTheRestTakesItAll(Allocation allocation) throws IOException {
    Path model = write(
        gaussian("embeddings", 300, 128, 0.02, 0), noise("packed", DType.I32, 128, 256), gaussian("head", 300, 128, 0.03, 0));
    CompressionReport report = compress(ModelCompressor.at(new RateTarget.Bits(3)).withAllocation(allocation), model);
    assertThat(report.targetOfStreamsAlone()).isTrue();
    long lossy = report.tensors().get(0).bytes() + report.tensors().get(2).bytes();
    assertThat(8.0 * lossy / (2 * 300 * 128)).isCloseTo(3, within(0.02));
    assertThat(report.tensors()).filteredOn(CompressionReport.Tensor::isLossy).hasSize(2)
        .allMatch(tensor -> tensor.encoded().snr() > 12);
    assertThat(report.tensors().get(1).kept()).isEqualTo(CompressionReport.Kept.NO_GAIN);
  }

  @Test
  void theTargetHoldsForTheFileWhereHalfOfItIsLeft() throws IOException {
    Path model = write(gaussian("w", 512, 512, 1, 0), noise("bytes", DType.U8, 100, 300));
    CompressionReport report = compress(ModelCompressor.at(new RateTarget.Bits(3)), model);
    assertThat(report.targetOfStreamsAlone()).isFalse();
    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.01));
  }

  @Test
  void valuesThatAreNotFiniteTakeWhatTheyAreWorth() throws IOException {
    Path model = write(gaussian("whole", 256, 256, 1, 0), gaussian("half", 256, 256, 1, 0.5), gaussian("none", 256, 256, 1, 1));
    CompressionReport report = compress(ModelCompressor.at(new RateTarget.Bits(3)), model);
    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.02));
    assertThat(report.tensors().get(0).encoded().snr()).isGreaterThan(14);
    assertThat(report.tensors().get(1).encoded().snr()).isGreaterThan(14);
    assertThat(report.tensors().get(2).bytes()).isLessThan(400);
    ModelDecompressor.create().decompress(folder.resolve("small.safetensors"), folder.resolve("again.safetensors"));
    try (Checkpoint before = Checkpoint.open(model); Checkpoint after = Checkpoint.open(folder.resolve("again.safetensors"))) {
      for (int i = 0; i < 3; i++) {
        TensorDistortion distortion = TensorDistortion.between(before.tensors().get(i), after.tensors().get(i));
        assertThat(distortion.notFinite()).isZero();
        assertThat(distortion.snr()).isGreaterThan(14);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void noTensorComesOutBelowTheLeastQuality(Allocation allocation) throws IOException {
    Path model = write(gaussian("layers.0.a", 256, 256, 1, 0), gaussian("layers.1.b", 128, 128, 1e-3, 0));
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(0.5)).withAllocation(allocation);
    CompressionReport report = compress(compressor, model);
    assertThat(report.tensors()).allMatch(tensor -> tensor.encoded().snr() >= ModelCompressor.LEAST_SNR);
    assertThat(report.tensors()).anyMatch(CompressionReport.Tensor::raised);
    CompressionReport forced = compress(compressor.withLeastSnr(Double.NEGATIVE_INFINITY), model);
    assertThat(forced.bitsPerValue()).isCloseTo(0.5, within(0.01));
    assertThat(forced.tensors()).anyMatch(tensor -> tensor.encoded().snr() < ModelCompressor.LEAST_SNR);
  }

  @Test
  void aBoundThatWouldWipeATensorOutIsMadeSmaller() throws IOException {
    Path model = write(gaussian("large", 64, 128, 10, 0), gaussian("small", 64, 128, 0.001, 0));
    CompressionReport report = compress(ModelCompressor.at(new RateTarget.MaxError(0.5)), model);
    assertThat(report.tensors().get(0).raised()).isFalse();
    assertThat(report.tensors().get(1).raised()).isTrue();
    assertThat(report.tensors().get(1).encoded().snr()).isGreaterThan(ModelCompressor.LEAST_SNR);
  }

  @Test
  void aQualityBelowTheLeastIsRefused() throws IOException {
    Path model = write(gaussian("w", 64, 128, 1, 0));
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Snr(2));
    assertThatIllegalArgumentException().isThrownBy(() -> compress(compressor, model)).withMessageContaining("2.0 dB");
    assertThat(compress(compressor.withLeastSnr(0), model).tensors().getFirst().encoded().snr()).isCloseTo(2, within(0.2));
  }
}
