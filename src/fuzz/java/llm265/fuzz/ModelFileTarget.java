package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.model.CodedTensor;
import llm265.model.CompressedModel;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.tensor.Codec;

/** Compressed model files, under checksums that are made right: the index, and each of the tensors. */
final class ModelFileTarget extends FileTarget {
  private static final int MOST_VALUES = 1 << 13;

  ModelFileTarget() {
    super("model", "a.safetensors");
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Path plain = folder().resolve("plain.safetensors");
    Path coded = folder().resolve("coded.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(plain, 0)) {
      writer.add(TensorView.copyOf("a.weight", new long[] {16, 32}, Seeds.values(16 * 32)));
      writer.add(TensorView.copyOf("a.bias", new long[] {5}, Seeds.values(5)));
      writer.commit(Map.of("format", "pt"));
    }
    for (Codec codec : Codec.values()) {
      for (ModelCompressor compressor : List.of(ModelCompressor.atBits(3), ModelCompressor.lossless())) {
        Files.deleteIfExists(coded);
        compressor.withCodec(codec).compress(plain, coded);
        seeds.add(Files.readAllBytes(coded));
      }
    }
    Path gguf = folder().resolve("plain.gguf");
    Files.write(gguf, new GgufBytes().text("general.name", "a").tensor("q8", 8, new byte[340], 320)
        .tensor("b", 1, new byte[4], 2).build());
    Files.deleteIfExists(coded);
    ModelCompressor.lossless().compress(gguf, coded);
    seeds.add(Files.readAllBytes(coded));
    return seeds;
  }

  @Override
  void read(Path file) throws IOException {
    ModelRepair.repair(file);
    readAll(file);
  }

  /** Opens a model and decodes its tensors, each of which may be damaged. */
  static void readAll(Path file) throws IOException {
    try (CompressedModel model = CompressedModel.open(file)) {
      model.sourceHeader();
      for (CompressedModel.Tensor tensor : model.tensors()) {
        try {
          decode(tensor);
        } catch (ModelFormatException e) {
          Refusals.check(e);
        }
      }
    } catch (ModelFormatException e) {
      Refusals.check(e);
    }
  }

  private static void decode(CompressedModel.Tensor tensor) {
    CodedTensor coded = tensor.coded();
    coded.describe();
    long values = Shape.count(coded.shape());
    if (tensor.isKept()) {
      coded.verify(Workers.CALLER);
    } else if (values <= MOST_VALUES) {
      coded.decode(0, MemorySegment.ofArray(new byte[(int) coded.dtype().byteSize(values)]), Workers.CALLER);
    }
  }
}
