package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import llm265.TensorEncoderTest;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.PartFolder;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.tensor.Codec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of models whose making is interrupted: what is done is not done again, and the result is the same. */
class FolderCompressionTest {
  private static final int TENSORS = 6;
  private static final long SHARD = 6_000;

  private static final ModelCompressor COMPRESSOR = ModelCompressor.atBits(4).withCodec(Codec.TRINITY);

  @TempDir private static Path shared;
  private static Path model;
  private static Path whole;

  @TempDir private Path folder;

  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @BeforeAll
  static void compressAtOnce() throws IOException {
    model = shared.resolve("plain.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 0)) {
      for (int i = 0; i < TENSORS; i++) {
        writer.add(TensorView.copyOf("layers." + i, new long[] {64, 80}, TensorEncoderTest.gaussian(64 * 80, i)));
      }
      writer.add(TensorView.copyOf("bias", new long[] {3}, 1, 1e6f, -1e6f));
      writer.commit(Map.of());
    }
    whole = shared.resolve("whole");
    compress(whole, COMPRESSOR);
  }

  private static CompressionReport compress(Path target, ModelCompressor compressor) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model); PartFolder part = PartFolder.open(target, old -> false, "test")) {
      CompressionReport report = compressor.compress(checkpoint, part, SHARD);
      part.commit();
      return report;
    }
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.sorted().toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(files(actual).keySet()).isEqualTo(files(expected).keySet());
    files(expected).forEach((name, bytes) -> assertThat(actual.resolve(name)).hasBinaryContent(bytes));
  }

  private static Map<String, Object> keys(Path folder) throws IOException {
    Map<String, Object> keys = new LinkedHashMap<>();
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList()) {
        keys.put(file.getFileName().toString(), Files.readAttributes(file, BasicFileAttributes.class).fileKey());
      }
    }
    return keys;
  }

  @Test
  void theBudgetHoldsForTheWholeFolder() throws IOException {
    assertThat(files(whole)).hasSize(4);
    long bytes = 0;
    for (Map.Entry<String, byte[]> file : files(whole).entrySet()) {
      bytes += file.getKey().endsWith(".safetensors") ? file.getValue().length : 0;
    }
    double values = TENSORS * 64 * 80 + 3;
    assertThat(8 * bytes / values).isBetween(3.8, 4.4);
    try (CompressedModel opened = CompressedModel.open(whole)) {
      assertThat(opened.bytes()).isEqualTo(bytes);
      assertThat(opened.tensors()).hasSize(TENSORS + 1);
    }
  }

  @Test
  void compressionGoesOnWhereItWasInterrupted() throws IOException {
    Path target = folder.resolve("out");
    Path streams = folder.resolve(".out.llm265-part/streams");
    interrupt(target, 3);
    Map<String, Object> first = keys(streams);
    assertThat(first).hasSize(3);
    Path damaged = streams.resolve("1-0.stream");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 3] ^= 1;
    Files.write(damaged, bytes);
    interrupt(target, 5);
    Map<String, Object> second = keys(streams);
    assertThat(second).hasSize(5).containsEntry("0-0.stream", first.get("0-0.stream"))
        .containsEntry("2-0.stream", first.get("2-0.stream"));
    CompressionReport report = compress(target, COMPRESSOR);
    assertSame(target, whole);
    assertThat(report.tensors()).hasSize(TENSORS + 1);
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  private static void interrupt(Path target, int after) {
    List<String> done = new ArrayList<>();
    assertThatThrownBy(() -> compress(target, COMPRESSOR.withProgress(tensor -> {
      done.add(tensor.name());
      if (done.size() == after) {
        throw new Interrupted();
      }
    }))).isInstanceOf(Interrupted.class);
  }

  private static List<String> decompress(Path target, String interruptAfter) throws IOException {
    List<String> overflows = new ArrayList<>();
    try (CompressedModel opened = CompressedModel.open(whole); PartFolder part = PartFolder.open(target, old -> false, "test")) {
      ModelDecompressor.create()
          .withFloatType(DType.F16)
          .withOverflows((name, count) -> overflows.add(name + " " + count))
          .withProgress(name -> {
            if (name.equals(interruptAfter)) {
              throw new Interrupted();
            }
          })
          .decompress(opened, part, 20_480);
      part.commit();
    }
    return overflows;
  }

  @Test
  void decompressionKeepsFilesThatAreDone() throws IOException {
    Path atOnce = folder.resolve("at-once");
    assertThat(decompress(atOnce, null)).containsExactly("bias 2");
    Path target = folder.resolve("out");
    Path output = folder.resolve(".out.llm265-part/output");
    assertThatThrownBy(() -> decompress(target, "bias")).isInstanceOf(Interrupted.class);
    Map<String, Object> first = keys(output);
    assertThat(first.keySet()).containsExactly(
        "model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors", "model-00003-of-00004.safetensors");
    Path damaged = output.resolve("model-00002-of-00004.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);
    assertThatThrownBy(() -> decompress(target, "bias")).isInstanceOf(Interrupted.class);
    Map<String, Object> second = keys(output);
    assertThat(second.get("model-00001-of-00004.safetensors")).isEqualTo(first.get("model-00001-of-00004.safetensors"));
    assertThat(second.get("model-00003-of-00004.safetensors")).isEqualTo(first.get("model-00003-of-00004.safetensors"));
    assertThat(decompress(target, null)).containsExactly("bias 2");
    assertSame(target, atOnce);
  }
}
