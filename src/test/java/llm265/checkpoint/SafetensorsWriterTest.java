package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
  @TempDir Path folder;

  private static byte[] bytes(TensorView tensor) {
    return tensor.data().toArray(LittleEndian.BYTE);
  }

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    Path path = folder.resolve("a.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(TensorView.copyOf("attn0", new long[] {1, 2}, 1, -2));
      writer.commit(Map.of("k", "v"));
    }
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},\"attn0\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    byte[] file = Files.readAllBytes(path);
    int padded = (header.length() + 7) / 8 * 8;
    assertThat(file).hasSize(8 + padded + 8);
    assertThat(Arrays.copyOf(file, 8)).containsExactly(padded, 0, 0, 0, 0, 0, 0, 0);
    assertThat(new String(file, 8, padded, StandardCharsets.UTF_8))
        .isEqualTo(header + " ".repeat(padded - header.length()));
    assertThat(Arrays.copyOfRange(file, 8 + padded, file.length))
        .containsExactly(0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 8, 150, 1_000, 100_000, Long.MAX_VALUE - 2})
  void anyEstimateOfTheHeaderGivesTheSameTensors(long estimate) throws IOException {
    Path path = folder.resolve("a.safetensors");
    byte[] large = new byte[5_000_001];
    new Random(1).nextBytes(large);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("z", "last \" of the \u00e9 alphabet \ud83d\ude00");
    metadata.put("a", "");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, estimate)) {
      writer.begin("large", DType.I8);
      writer.write(large, 0, 3);
      writer.write(MemorySegment.ofArray(large).asSlice(3));
      writer.end(large.length);
      writer.add(TensorView.copyOf("empty", new long[] {3, 0}));
      writer.add(TensorView.copyOf("scalar", new long[0], 7));
      writer.commit(metadata);
    }
    try (Checkpoint read = Checkpoint.open(path)) {
      assertThat(read.tensors()).extracting(TensorView::toString)
          .containsExactly("large I8 [5000001]", "empty F32 [3, 0]", "scalar F32 []");
      assertThat(bytes(read.tensors().get(0))).isEqualTo(large);
      assertThat(bytes(read.byName("scalar").orElseThrow())).containsExactly(0, 0, (byte) 0xE0, 0x40);
      assertThat(read.metadata().entrySet()).containsExactlyElementsOf(metadata.entrySet());
    }
    // 5 MB of data may carry 500 bytes of padding.
    assertThat(Files.size(path)).isLessThan(large.length + 4 + 8 + 400 + 501);
  }

  @Test
  void anEstimateMadeOfTheEntriesHolds() throws IOException {
    Path path = folder.resolve("a.safetensors");
    String[] names = {"plain.weight", "\"quoted\"\n", "\u00e9\u4e2d\ud83d\ude00\u0001"};
    long[] shape = {1, Long.MAX_VALUE / 16, 0};
    long estimate = "\"__metadata__\":{\"index\":\"\\n\\n.\"},".length();
    for (String name : names) {
      estimate += SafetensorsWriter.entryBytes(name, shape.length);
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, estimate)) {
      for (String name : names) {
        writer.begin(name, DType.F8_E5M2FNUZ);
        writer.end(shape);
      }
      writer.commit(Map.of("index", "\n\n."));
    }
    try (SafetensorsReader read = SafetensorsReader.open(path)) {
      assertThat(read.tensors()).extracting(TensorView::name).containsExactly(names);
    }
    long header = Files.size(path) - 8;
    assertThat(header).isLessThanOrEqualTo(estimate + 2);
  }

  @Test
  void anEntryIsWrittenInPieces() throws IOException {
    Path path = folder.resolve("a.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 1000)) {
      writer.add(TensorView.copyOf("before", new long[] {1}, 1));
      writer.begin("stream", DType.U8);
      writer.write(new byte[] {5, 6, 0}, 0, 3);
      writer.write(new byte[] {1, 2, 3}, 1, 1);
      writer.end(4);
      writer.commit(Map.of());
    }
    try (SafetensorsReader read = SafetensorsReader.open(path)) {
      assertThat(bytes(read.byName("stream").orElseThrow())).containsExactly(5, 6, 0, 2);
      assertThat(bytes(read.byName("before").orElseThrow())).containsExactly(0, 0, (byte) 0x80, 0x3F);
      assertThat(read.metadata()).isEmpty();
    }
  }

  @Test
  void nothingIsLeftWithoutCommit() throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("a.safetensors"), 0)) {
      writer.add(TensorView.copyOf("t", new long[] {1}, 1));
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesWhatTheFormatCannotSay() throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("a.safetensors"), 0)) {
      writer.add(TensorView.copyOf("t", new long[] {1}, 1));
      assertThatThrownBy(() -> writer.begin("t", DType.U8)).hasMessageContaining("exists already");
      assertThatThrownBy(() -> writer.begin("__metadata__", DType.U8)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.begin("\ud800", DType.U8)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
      writer.begin("u", DType.F32);
      writer.write(new byte[5], 0, 5);
      assertThatThrownBy(() -> writer.end(1)).hasMessageContaining("has 5 bytes, its shape 4");
      assertThatThrownBy(() -> writer.commit(Map.of())).isInstanceOf(IllegalStateException.class);
    }
  }
}
