package llm265.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.dtype.TensorView;

/** A small model in a folder of two files, as Hugging Face's libraries write it. */
final class TestModel {
  private TestModel() {}

  /** Writes it. @param rows of the largest matrix */
  static Path write(Path folder, int rows) throws IOException {
    Files.createDirectories(folder.resolve("1_Pooling"));
    Random random = new Random(7);
    Map<String, String> files = new LinkedHashMap<>();
    long bytes = 0;
    bytes += write(folder, "model-00001-of-00002.safetensors", files, List.of(
        matrix(random, "model.embed_tokens.weight", 1, rows, 128), vector(random, "model.layers.0.norm.weight", 128),
        matrix(random, "model.layers.0.mlp.up_proj.weight", 0.02, 384, 128),
        matrix(random, "model.layers.0.mlp.down_proj.weight", 0.05, 128, 384)));
    bytes += write(folder, "model-00002-of-00002.safetensors", files, List.of(
        matrix(random, "model.layers.1.self_attn.q_proj.weight", 0.03, 128, 128),
        matrix(random, "model.layers.1.self_attn.o_proj.weight", 0.04, 128, 128), vector(random, "model.norm.weight", 128),
        matrix(random, "lm_head.weight", 0.1, 256, 128)));
    ShardedCheckpoint.writeIndex(folder.resolve(CheckpointFolder.INDEX), bytes, files);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\", \"torch_dtype\": \"float32\"}\n");
    Files.writeString(folder.resolve("1_Pooling").resolve("config.json"), "{}\n");
    Files.writeString(folder.resolve(".hidden"), "not for others\n");
    return folder;
  }

  private static long write(Path folder, String name, Map<String, String> files, List<TensorView> tensors) throws IOException {
    long header = tensors.stream().mapToLong(tensor -> SafetensorsWriter.entryBytes(tensor.name(), tensor.rank())).sum();
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(name), header)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
        files.put(tensor.name(), name);
      }
      writer.commit(Map.of("format", "pt"));
    }
    return tensors.stream().mapToLong(TensorView::byteSize).sum();
  }

  private static TensorView matrix(Random random, String name, double deviation, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian() * (1 + i / columns % 5));
    }
    return TensorView.copyOf(name, new long[] {rows, columns}, values);
  }

  private static TensorView vector(Random random, String name, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (1 + 0.1 * random.nextGaussian());
    }
    return TensorView.copyOf(name, new long[] {length}, values);
  }
}
