package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.TensorEncoderTest;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.SafetensorsReader;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.rate.RateTarget;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCompressorTest {
  @TempDir Path folder;
  private Path model;
  private Path compressed;
  private Path restored;

  @BeforeEach
  void writeModel() throws IOException {
    model = folder.resolve("model.safetensors");
    compressed = folder.resolve("compressed.safetensors");
    restored = folder.resolve("restored.safetensors");
    write(model, Map.of("format", "pt"), tensors());
  }

  /** Of every kind: coded and raw, wide, thin, of 16 bits, empty, scalar, constant, integers, and one that needs escapes. */
  private static List<TensorView> tensors() {
    List<TensorView> tensors = new ArrayList<>();
    tensors.add(TensorView.copyOf("z.weight", new long[] {96, 200}, TensorEncoderTest.gaussian(19_200, 1)));
    tensors.add(TensorView.copyOf("bias", new long[] {200}, TensorEncoderTest.gaussian(200, 2)));
    tensors.add(half("half \"é\\\u0001", DType.F16, 64, 128));
    tensors.add(half("brain", DType.BF16, 3, 50, 60));
    tensors.add(TensorView.copyOf("thin", new long[] {4500, 1}, TensorEncoderTest.gaussian(4500, 3)));
    tensors.add(TensorView.copyOf("constant", new long[] {80, 80}, new float[6400]));
    tensors.add(TensorView.copyOf("empty", new long[] {0, 100}));
    tensors.add(TensorView.copyOf("scalar", new long[0], 7));
    tensors.add(new TensorView("ids", DType.I32, new long[] {70, 70}, MemorySegment.ofArray(new byte[19_600])));
    return tensors;
  }

  private static TensorView half(String name, DType dtype, long... shape) {
    int count = (int) Shape.count(shape);
    MemorySegment data = MemorySegment.ofArray(new byte[2 * count]);
    ValueCodec.write(dtype, data, 0, TensorEncoderTest.gaussian(count, 9), 0, count);
    return new TensorView(name, dtype, shape, data);
  }

  private static void write(Path path, Map<String, String> metadata, List<TensorView> tensors) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(metadata);
    }
  }

  private static float[] values(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  @Test
  void modelComesBackWithItsNamesTypesShapesAndOrder() throws IOException {
    ModelCompressor.at(new RateTarget.Snr(20)).compress(model, compressed);
    ModelDecompressor.create().decompress(compressed, restored);

    try (Checkpoint before = Checkpoint.open(model); Checkpoint after = Checkpoint.open(restored)) {
      assertThat(after.tensors()).extracting(TensorView::toString)
          .isEqualTo(before.tensors().stream().map(TensorView::toString).toList());
      assertThat(after.metadata()).isEqualTo(before.metadata());
      for (TensorView tensor : before.tensors()) {
        TensorView twin = after.byName(tensor.name()).orElseThrow();
        if (!ModelCompressor.isCompressible(tensor) || tensor.name().equals("constant")) {
          assertThat(twin.data().mismatch(tensor.data())).as(tensor.name()).isEqualTo(-1);
        } else {
          assertThat(TensorEncoderTest.snr(values(tensor), values(twin))).as(tensor.name()).isCloseTo(20, within(0.06));
        }
      }
    }
  }

  @Test
  void compressedFileIsAPlainSafetensorsFileOfTheSameOrder() throws IOException {
    ModelCompressor.at(new RateTarget.Bits(4)).compress(model, compressed);

    try (Checkpoint file = Checkpoint.open(compressed)) {
      assertThat(file.tensors()).extracting(TensorView::name)
          .isEqualTo(tensors().stream().map(TensorView::name).toList());
      assertThat(file.tensors().get(0).dtype()).isEqualTo(DType.U8);
      assertThat(file.tensors().get(0).rank()).isEqualTo(1);
      assertThat(file.tensors().get(1).dtype()).isEqualTo(DType.F32);
      assertThat(file.metadata()).containsEntry("format", "pt").containsKey("llm265");
      assertThat(CompressedModel.isCompressed(file)).isTrue();
    }
    try (CompressedModel opened = CompressedModel.open(compressed)) {
      assertThat(opened.metadata()).isEqualTo(Map.of("format", "pt"));
      float[] part = opened.decoder("z.weight").decodeSlices(10, 12);
      float[] whole = opened.decoder("z.weight").decode();
      assertThat(part).isEqualTo(Arrays.copyOfRange(whole, 2000, 2400));
    }
  }

  @Test
  void rateCountsEveryByteOfTheFile() throws IOException {
    write(model, Map.of("format", "pt"), tensors().subList(0, 4));
    for (double bits : new double[] {2, 5.5}) {
      CompressionReport report = ModelCompressor.at(new RateTarget.Bits(bits)).compress(model, compressed);

      assertThat(report.bytes()).isEqualTo(Files.size(compressed));
      assertThat(report.bitsPerValue()).isCloseTo(bits, within(0.005 * bits));
    }
  }

  @Test
  void whatATensorCannotUseGoesToTheOthers() throws IOException {
    List<TensorView> two = new ArrayList<>();
    two.add(TensorView.copyOf("constant", new long[] {100, 100}, new float[10_000]));
    two.add(TensorView.copyOf("noise", new long[] {100, 150}, TensorEncoderTest.gaussian(15_000, 4)));
    write(model, Map.of(), two);
    CompressionReport report = ModelCompressor.at(new RateTarget.Bits(3)).compress(model, compressed);

    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.015));
    assertThat(report.tensors().get(1).encoded().bitsPerValue()).isGreaterThan(4);
  }

  @Test
  void fileDoesNotDependOnThreads() throws IOException {
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(12));
    compressor.compress(model, compressed);
    Path other = folder.resolve("other.safetensors");
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      compressor.withThreads(executor, 4).compress(model, other);
      ModelDecompressor.create().withThreads(executor, 4).decompress(other, restored);
    }
    Path alone = folder.resolve("alone.safetensors");
    ModelDecompressor.create().decompress(compressed, alone);

    assertThat(Files.mismatch(compressed, other)).isEqualTo(-1);
    assertThat(Files.mismatch(restored, alone)).isEqualTo(-1);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).allMatch(name -> name.endsWith(".safetensors"));
    }
  }

  @Test
  void npyFileBecomesAModelOfOneTensorNamedAfterIt() throws IOException {
    Path npy = folder.resolve("layer.npy");
    TensorView tensor = TensorView.copyOf("x", new long[] {64, 80}, TensorEncoderTest.gaussian(5120, 6));
    try (OutputFile output = OutputFile.create(npy)) {
      NpyFile.write(output, tensor);
      output.commit();
    }
    ModelCompressor.at(new RateTarget.Qp(28)).compress(npy, compressed);

    try (CompressedModel opened = CompressedModel.open(compressed)) {
      assertThat(TensorEncoderTest.snr(values(tensor), opened.decoder("layer").decode())).isGreaterThan(15);
    }
  }

  @Test
  void modelWithNothingToCompressStaysAsItIs() throws IOException {
    write(model, Map.of(), tensors().subList(1, 2));
    ModelCompressor.at(new RateTarget.Bits(3)).compress(model, compressed);
    ModelDecompressor.create().decompress(compressed, restored);

    try (Checkpoint after = Checkpoint.open(restored)) {
      assertThat(values(after.tensors().getFirst())).isEqualTo(TensorEncoderTest.gaussian(200, 2));
    }
  }

  @Test
  void compressedFileIsNotCompressedAgain() throws IOException {
    ModelCompressor.at(new RateTarget.Qp(40)).compress(model, compressed);

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> ModelCompressor.at(new RateTarget.Qp(40)).compress(compressed, restored))
        .withMessageContaining("compressed already");
    assertThat(restored).doesNotExist();
  }

  @Test
  void plainFileIsNotDecompressed() {
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> ModelDecompressor.create().decompress(model, restored))
        .withMessageContaining("not compressed");
  }

  @Test
  void damageIsToldByTensorAndLeavesNoOutput() throws IOException {
    ModelCompressor.at(new RateTarget.Qp(30)).compress(model, compressed);
    Map<String, Long> places = new LinkedHashMap<>();
    byte[] whole = Files.readAllBytes(compressed);
    long data = 8 + ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    try (SafetensorsReader file = SafetensorsReader.open(compressed)) {
      long at = data;
      for (TensorView tensor : file.tensors()) {
        places.put(tensor.name(), at + tensor.byteSize() / 2);
        at += tensor.byteSize();
      }
    }
    for (String name : List.of("z.weight", "bias")) {
      byte[] damaged = whole.clone();
      damaged[Math.toIntExact(places.get(name))] ^= 0x10;
      Files.write(compressed, damaged);

      assertThatExceptionOfType(ModelFormatException.class)
          .isThrownBy(() -> ModelDecompressor.create().decompress(compressed, restored))
          .withMessageContaining('"' + name + '"');
      assertThat(restored).doesNotExist();
    }
  }
}
