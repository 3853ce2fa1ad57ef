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
import llm265.checkpoint.torch.TorchReader;

/** Recognizes the formats that {@link Checkpoint#open} reads, and opens each with its reader. */
enum CheckpointFormat {
  SAFETENSORS {
    @Override
    TensorTable open(Path path) throws IOException {
      return SafetensorsReader.open(path);
    }
  },
  SHARDED {
    @Override
    TensorTable open(Path path) throws IOException {
      return ShardedCheckpoint.open(path);
    }
  },
  PYTORCH {
    @Override
    TensorTable open(Path path) throws IOException {
      return TorchReader.open(path);
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
      return SHARDED;
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(path)) {
      start = in.readNBytes(ForeignFormat.HEAD_BYTES);
    }
    if (ForeignFormat.isTorchArchive(start)) {
      return PYTORCH;
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
            "neither safetensors, PyTorch, GGUF nor npy by its first bytes ("
                + HexFormat.of().formatHex(start, 0, Math.min(SAFETENSORS_JSON + 1, start.length))
                + "), nor .onnx, .gguf or .json by its name"));
  }
}
