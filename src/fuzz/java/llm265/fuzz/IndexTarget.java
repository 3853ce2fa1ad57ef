package llm265.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;

/** The index of a checkpoint in several files. */
final class IndexTarget extends FileTarget {
  IndexTarget() {
    super("index", "m.safetensors.index.json");
  }

  @Override
  void prepare(Path newFolder) throws IOException {
    for (String name : List.of("m-1", "m-2")) {
      try (SafetensorsWriter writer = SafetensorsWriter.create(newFolder.resolve(name + ".safetensors"), 0)) {
        writer.add(TensorView.copyOf(name, new long[] {1}, 1));
        writer.commit(Map.of());
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of("""
        {"metadata": {"total_size": 8, "x": [1, {}]},
         "weight_map": {"m-1": "m-1.safetensors", "m-2": "m-2.safetensors", "w": "m-1.bin"}}
        """.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  void read(Path file) throws IOException {
    try {
      CheckpointTarget.readAll(file);
    } catch (FileSystemException e) {
      // An index may name files that are not there, or cannot be: that is an error of the file system.
    }
  }
}
