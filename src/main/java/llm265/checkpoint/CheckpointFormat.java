package llm265.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import llm265.checkpoint.file.ForeignFormat;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.gguf.GgufReader;

/** Recognizes the formats that {@link Checkpoint#open} reads, and opens each with its reader. */
enum CheckpointFormat {
  SAFETENSORS {
    @Override
    TensorTable open(Path path) throws IOException {
      return SafetensorsReader.open(path);
    }
  },
  SHARDED_SAFETENSORS {
    @Override
    TensorTable open(Path path) throws IOException {
      return ShardedSafetensors.open(path);
    }
  },
  NPY {
    @Override
    TensorTable open(Path path) throws IOException {
      return NpyFile.open(path);
    }
  },
  ONNX {
    @Override
    TensorTable open(Path path) throws IOException {
      return OnnxReader.open(path);
    }
  },
  GGUF {
    @Override
    TensorTable open(Path path) throws IOException {
      return GgufReader.open(path);
    }
  };

  private static final int SAFETENSORS_JSON = 8;

  abstract TensorTable open(Path path) throws IOException;

  static CheckpointFormat of(Path path) throws IOException {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors") || !Files.isRegularFile(path)) {
      // Whatever is wrong with it, its own reader reports it best.
      return SAFETENSORS;
    }
    if (name.endsWith(".json")) {
      return SHARDED_SAFETENSORS;
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(path)) {
      start = in.readNBytes(SAFETENSORS_JSON + 1);
    }
    if (name.endsWith(".npy") || NpyFile.hasMagic(start)) {
      return NPY;
    }
    if (name.endsWith(".onnx")) {
      // Protocol buffers have no mark of their own.
      return ONNX;
    }
    if (name.endsWith(".gguf") || GgufReader.hasMagic(start)) {
      return GGUF;
    }
    if (start.length > SAFETENSORS_JSON && start[SAFETENSORS_JSON] == '{') {
      return SAFETENSORS;
    }
    throw new ModelFormatException(
        path,
        ForeignFormat.of(path).orElse(
            "neither safetensors nor npy nor GGUF by its first bytes (" + HexFormat.of().formatHex(start)
                + "), nor .onnx or .json by its name"));
  }
}
