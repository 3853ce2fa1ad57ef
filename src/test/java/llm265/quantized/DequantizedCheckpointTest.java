package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.HalfFloats;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DequantizedCheckpointTest {
  @TempDir private Path folder;

  private Path model(QuantizedFixture fixture) throws IOException {
    fixture.plain("embed.weight", 64, 32);
    fixture.packed("layer.0", 4, false, 64, 128, 32, true, false);
    fixture.bytes("layer.1", 1030, 1024);
    fixture.plain("norm.weight", 64);
    Path path = folder.resolve("model.safetensors");
    fixture.write(path);
    return path;
  }

  private Checkpoint open(Path path, Workers workers, List<Long> progress) throws IOException {
    Checkpoint original = Checkpoint.open(path);
    try {
      return DequantizedCheckpoint.of(
          original, QuantizedCheckpoint.of(TensorSource.of(original), QuantizationConfig.NONE), tensor -> true,
          folder.resolve("out.safetensors"), workers, progress::add);
    } catch (IOException | RuntimeException e) {
      original.close();
      throw e;
    }
  }

  @Test
  void weightsAreTheFormatsValuesRoundedToBfloats() throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(1);
    Path path = model(fixture);
    List<Long> progress = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2);
        Checkpoint plain = open(path, new Workers(executor, 2), progress)) {
      assertThat(plain.path()).isEqualTo(path);
      assertThat(plain.files()).containsExactly(path);
      assertThat(plain.tensors()).extracting(TensorView::name)
          .containsExactly("embed.weight", "layer.0.weight", "layer.1.weight", "norm.weight");
      for (String name : fixture.expected.keySet()) {
        TensorView tensor = plain.byName(name).orElseThrow();
        assertThat(tensor.dtype()).isEqualTo(DType.BF16);
        float[] expected = fixture.expected.get(name).clone();
        for (int i = 0; i < expected.length; i++) {
          expected[i] = HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(expected[i]));
        }
        float[] values = new float[expected.length];
        tensor.read(0, values, 0, values.length);
        assertThat(values).as(name).isEqualTo(expected);
      }
      assertThat(progress).hasSizeGreaterThan(2);
      assertThat(progress.stream().mapToLong(Long::longValue).sum()).isEqualTo(64 * 128 + 1030 * 1024);
    }
  }

  @Test
  void damagedWeightsAreRefusedAndLeaveNoFile() throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(1);
    fixture.packed("layer.0", 4, false, 64, 128, 32, true, false);
    fixture.replace("layer.0.weight_scale", QuantizedFixture.floats("layer.0.weight_scale", new float[6], 3, 2));
    Path path = folder.resolve("damaged.safetensors");
    fixture.write(path);
    assertThatThrownBy(() -> open(path, Workers.CALLER, new ArrayList<>()))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("layer.0.weight_scale");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }
}
