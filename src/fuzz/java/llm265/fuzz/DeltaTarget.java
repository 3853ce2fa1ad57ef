package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import llm265.model.ModelBase;
import llm265.model.ModelCompressor;
import llm265.tensor.Codec;

/** Compressed models whose tensors are told from a base, under checksums that are made right. Two bases lie beside them. */
final class DeltaTarget extends FileTarget {
  private static final long[] SHAPE = {24, 32};
  private static final String BASE = "base.safetensors";
  private static final String CODED_BASE = "coded.safetensors";

  DeltaTarget() {
    super("delta", "a.safetensors");
  }

  @Override
  void prepare(Path newFolder) throws IOException {
    write(newFolder.resolve(BASE), 0);
    ModelCompressor.lossless().withCodec(Codec.TRINITY).compress(newFolder.resolve(BASE), newFolder.resolve(CODED_BASE));
  }

  /** Writes a model of some types, the first tensors of which are the base's and a change. */
  private static void write(Path path, double change) throws IOException {
    float[] values = Seeds.values((int) (SHAPE[0] * SHAPE[1]));
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (change * random.nextGaussian());
    }
    TensorView floats = TensorView.copyOf("f32", SHAPE, values);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(floats);
      for (DType type : List.of(DType.BF16, DType.F16, DType.F8_E4M3)) {
        writer.add(new TensorView(type.name(), type, SHAPE, FloatConversion.convert(floats.data(), DType.F32, type)));
      }
      writer.add(new TensorView("i32", DType.I32, new long[] {200}, MemorySegment.ofArray(new byte[800])));
      writer.commit(Map.of());
    }
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Path plain = folder().resolve("plain.safetensors");
    Path told = folder().resolve("told.safetensors");
    write(plain, 0.001);
    for (ModelCompressor compressor : List.of(ModelCompressor.lossless(), ModelCompressor.atSnr(50))) {
      for (String base : List.of(BASE, CODED_BASE)) {
        Files.deleteIfExists(told);
        try (ModelBase opened = ModelBase.open(folder().resolve(base))) {
          compressor.withCodec(Codec.TRINITY).withBase(opened).compress(plain, told);
        }
        seeds.add(Files.readAllBytes(told));
      }
    }
    return seeds;
  }

  @Override
  void read(Path file) throws IOException {
    ModelRepair.repair(file);
    ModelFileTarget.readAll(file);
  }
}
