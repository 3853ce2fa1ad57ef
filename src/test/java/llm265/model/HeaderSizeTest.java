package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The size that is foretold is that of the file. */
class HeaderSizeTest {
  @TempDir private Path folder;

  @Test
  void isWhatTheWriterWrites() throws IOException {
    List<TensorView> tensors = List.of(
        TensorView.copyOf("layers.0.\"quoted\"", new long[] {2, 3}, new float[6]),
        TensorView.copyOf("编码器", new long[0], 1),
        TensorView.copyOf("empty", new long[] {0, 5}));
    List<HeaderSize.Entry> entries = List.of(
        HeaderSize.Entry.ofBytes(tensors.get(0).name(), 12_345),
        new HeaderSize.Entry(tensors.get(1).name(), "F32", new long[0], 4),
        new HeaderSize.Entry(tensors.get(2).name(), "F32", new long[] {0, 5}, 0));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("note", "line\nbreak");
    long json = HeaderSize.ofJson(metadata, entries);
    Path file = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, json - 2)) {
      writer.begin(tensors.get(0).name(), DType.U8);
      writer.write(MemorySegment.ofArray(new byte[12_345]));
      writer.end(12_345);
      writer.add(tensors.get(1));
      writer.add(tensors.get(2));
      writer.commit(metadata);
    }
    assertThat(Files.size(file)).isEqualTo(HeaderSize.ofFile(json) + 12_345 + 4);
  }
}
