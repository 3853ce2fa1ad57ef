package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.TensorDecoder;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import llm265.h264.StreamException;
import llm265.model.CompressedModel;
import llm265.model.ModelCompressor;

/** Compressed model files: the index, and each of the tensors. */
final class ModelFileTarget extends FileTarget {
  private static final int MOST_VALUES = 1 << 16;

  ModelFileTarget() {
    super("model", "a.safetensors");
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Path plain = folder().resolve("plain.safetensors");
    Path packed = folder().resolve("packed.safetensors");
    for (ModelCompressor compressor : List.of(ModelCompressor.atBits(3), ModelCompressor.lossless())) {
      try (SafetensorsWriter writer = SafetensorsWriter.create(plain, 0)) {
        writer.add(TensorView.copyOf("a.weight", new long[] {24, 32}, Seeds.values(24 * 32)));
        writer.add(TensorView.copyOf("a.bias", new long[] {5}, Seeds.values(5)));
        writer.commit(Map.of("format", "pt"));
      }
      Files.deleteIfExists(packed);
      compressor.compress(plain, packed);
      seeds.add(Files.readAllBytes(packed));
    }
    return seeds;
  }

  @Override
  void read(Path file) throws IOException {
    try (CompressedModel model = CompressedModel.open(file)) {
      for (CompressedModel.Tensor tensor : model.tensors()) {
        if (tensor.isStream()) {
          decode(model.decoder(tensor.name()));
        }
      }
    } catch (ModelFormatException e) {
      Refusals.check(e);
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }

  private static void decode(TensorDecoder decoder) {
    if (decoder.info().values() <= MOST_VALUES) {
      byte[] data = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
      decoder.decodeInto(MemorySegment.ofArray(data));
    }
  }
}
