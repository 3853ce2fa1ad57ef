package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.tensor.Codec;
import llm265.tensor.distortion.TensorDistortion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are told from others: originals, compressed ones, and chains of them. */
class ModelBaseTest {
  private static final int WIDTH = 96;
  private static final int VALUES = 64 * WIDTH;

  @TempDir private Path folder;
  private Path base;
  private Path tuned;

  @BeforeEach
  void writeModels() throws IOException {
    base = write("base.safetensors", 0, 0);
    tuned = write("tuned.safetensors", 0.02, 1);
  }

  /** A model whose first matrix and bias are the base's and something more; its second matrix and integers are the base's. */
  private Path write(String name, double change, long seed) throws IOException {
    float[] first = gaussian(1, 100);
    float[] more = gaussian(change, seed);
    for (int i = 0; i < VALUES; i++) {
      first[i] += more[i];
    }
    Path path = folder.resolve(name);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(floats("a", first, DType.BF16, 64, WIDTH));
      writer.add(floats("b", gaussian(1, 101), DType.F32, WIDTH, 64));
      writer.add(floats("bias", new float[] {1, 2, (float) change}, DType.F32, 3));
      writer.add(new TensorView("ids", DType.I64, new long[] {64}, MemorySegment.ofArray(new byte[512])));
      writer.commit(Map.of());
    }
    return path;
  }

  private static TensorView floats(String name, float[] values, DType type, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return new TensorView(name, type, shape, data);
  }

  private static float[] gaussian(double deviation, long seed) {
    Random random = new Random(seed);
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  private CompressionReport compress(ModelCompressor compressor, Path input, Path from, String output) throws IOException {
    try (ModelBase opened = from == null ? null : ModelBase.open(from)) {
      return compressor.withCodec(Codec.TRINITY).withBase(opened).compress(input, folder.resolve(output));
    }
  }

  private Path decompress(String name) throws IOException {
    Path output = folder.resolve("back-" + name);
    ModelDecompressor.create().decompress(folder.resolve(name), output);
    return output;
  }

  private static double snr(Path reference, Path other, String tensor) throws IOException {
    try (Checkpoint a = Checkpoint.open(reference); Checkpoint b = Checkpoint.open(other)) {
      return TensorDistortion.between(a.byName(tensor).orElseThrow(), b.byName(tensor).orElseThrow()).snr();
    }
  }

  @Test
  void withoutLossTheModelComesBackAndWhatIsTheSameTakesNothing() throws IOException {
    CompressionReport report = compress(ModelCompressor.lossless(), tuned, base, "out.safetensors");
    assertThat(decompress("out.safetensors")).hasSameBinaryContentAs(tuned);
    CompressionReport alone = compress(ModelCompressor.lossless(), tuned, null, "alone.safetensors");
    assertThat(tensor(report, "a").bytes()).isLessThan((long) (0.6 * tensor(alone, "a").bytes()));
    assertThat(tensor(report, "b").bytes()).isLessThan(80);
    assertThat(tensor(report, "ids").isDelta()).isTrue();
    assertThat(tensor(report, "bias").kept()).isNotNull();
    try (CompressedModel model = CompressedModel.open(folder.resolve("out.safetensors"))) {
      CodedTensor.Description a = model.tensors().getFirst().coded().describe();
      assertThat(a.codec()).isEqualTo("delta");
      assertThat(a.tools()).containsExactly("delta of base.safetensors", "exact");
      assertThat(model.basePath().orElseThrow()).hasFileName("base.safetensors");
      assertThat(model.base()).isEmpty();
    }
  }

  private static CompressionReport.Tensor tensor(CompressionReport report, String name) {
    return report.tensors().stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void errorsDoNotAddUpAlongAChain() throws IOException {
    compress(ModelCompressor.atSnr(30), base, null, "link0.safetensors");
    for (int link = 1; link <= 3; link++) {
      Path original = write("original" + link + ".safetensors", 0.05 * link, link);
      compress(ModelCompressor.atSnr(30), original, folder.resolve("link" + (link - 1) + ".safetensors"),
          "link" + link + ".safetensors");
      Path back = decompress("link" + link + ".safetensors");
      assertThat(snr(original, back, "a")).isBetween(29.9, 32.0);
      assertThat(snr(original, back, "b")).isGreaterThan(29.9);
    }
    try (ModelBase last = ModelBase.open(folder.resolve("link3.safetensors"))) {
      assertThat(last.links()).isEqualTo(3);
    }
  }

  @Test
  void losslessAfterLossyIsLossless() throws IOException {
    compress(ModelCompressor.atSnr(30), base, null, "lossy.safetensors");
    compress(ModelCompressor.lossless(), tuned, folder.resolve("lossy.safetensors"), "exact.safetensors");
    assertThat(decompress("exact.safetensors")).hasSameBinaryContentAs(tuned);
  }

  @Test
  void bitsAreOfTheWholeFileAndQualitiesOfTheModel() throws IOException {
    CompressionReport report = compress(ModelCompressor.atBits(2), tuned, base, "out.safetensors");
    assertThat(report.bitsPerValue()).isLessThan(2.05);
    assertThat(snr(tuned, decompress("out.safetensors"), "a")).isGreaterThan(40);
    assertThat(tensor(report, "a").encoded().snr()).isGreaterThan(40);
  }

  @Test
  void boundsOnErrorsHold() throws IOException {
    compress(ModelCompressor.atMaxError(0.01), tuned, base, "out.safetensors");
    try (Checkpoint a = Checkpoint.open(tuned); Checkpoint b = Checkpoint.open(decompress("out.safetensors"))) {
      assertThat(TensorDistortion.between(a.byName("a").orElseThrow(), b.byName("a").orElseThrow()).greatestError())
          .isLessThanOrEqualTo(0.01);
    }
  }

  @Test
  void theOutputDoesNotDependOnThreads() throws IOException {
    for (ModelCompressor compressor : new ModelCompressor[] {ModelCompressor.lossless(), ModelCompressor.atBits(2)}) {
      compress(compressor, tuned, base, "one.safetensors");
      try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
        compress(compressor.withThreads(executor, 4), tuned, base, "four.safetensors");
        assertThat(folder.resolve("four.safetensors")).hasSameBinaryContentAs(folder.resolve("one.safetensors"));
      }
    }
  }

  @Test
  void aBaseThatHasChangedIsRefusedByName() throws IOException {
    compress(ModelCompressor.lossless(), tuned, base, "out.safetensors");
    write("base.safetensors", 0.01, 7);
    refuse("out.safetensors", "tensor \"a\" has other values in the base than in the one that it was compressed with");
    assertThat(folder.resolve("back-out.safetensors")).doesNotExist();
    Files.delete(base);
    refuse("out.safetensors", "is told from a base, \"base.safetensors\", which is not beside it; name it with --base");
    try (CompressedModel model = CompressedModel.open(folder.resolve("out.safetensors"))) {
      assertThat(model.tensors().getFirst().coded().describe().codec()).isEqualTo("delta");
    }
  }

  private void refuse(String name, String message) {
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> decompress(name)).withMessageContaining(message);
  }

  @Test
  void aBaseMayBeNamed() throws IOException {
    compress(ModelCompressor.lossless(), tuned, base, "out.safetensors");
    Path moved = Files.move(base, Files.createDirectory(folder.resolve("other")).resolve("x.safetensors"));
    try (CompressedModel model = CompressedModel.open(folder.resolve("out.safetensors"), moved)) {
      ModelDecompressor.create().decompress(model, folder.resolve("back.safetensors"));
      assertThat(folder.resolve("back.safetensors")).hasSameBinaryContentAs(tuned);
    }
    try (CompressedModel model = CompressedModel.open(folder.resolve("out.safetensors"), tuned)) {
      assertThatExceptionOfType(ModelFormatException.class)
          .isThrownBy(() -> ModelDecompressor.create().decompress(model, folder.resolve("back.safetensors")))
          .withMessageContaining("tensor \"a\"").withMessageContaining("tuned.safetensors");
    }
  }

  @Test
  void noModelIsItsOwnBase() throws IOException {
    compress(ModelCompressor.lossless(), tuned, base, "out.safetensors");
    Files.move(folder.resolve("out.safetensors"), base, StandardCopyOption.REPLACE_EXISTING);
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> ModelBase.open(base))
        .withMessageContaining("is its own base");
  }

  @Test
  void aBaseIsLookedForInTheFolderAlone() throws IOException {
    compress(ModelCompressor.lossless(), tuned, base, "out.safetensors");
    Path out = folder.resolve("out.safetensors");
    byte[] bytes = Files.readAllBytes(out);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    // Of the same length, so that no other field of the header has to change.
    byte[] changed = text.replace("base.safetensors", "../e.safetensors").getBytes(StandardCharsets.ISO_8859_1);
    Files.write(out, changed);
    refuse("out.safetensors", "which is not inside the model's folder");
  }

  @Test
  void aTensorThatTheBaseLacksIsCodedByItself() throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("few.safetensors"), 0)) {
      writer.add(floats("a", gaussian(1, 55), DType.BF16, 64, WIDTH));
      writer.add(floats("b", gaussian(1, 101), DType.F32, 64, WIDTH));
      writer.commit(Map.of());
    }
    CompressionReport report = compress(ModelCompressor.atSnr(20), tuned, folder.resolve("few.safetensors"), "out.safetensors");
    assertThat(report.tensors()).noneMatch(CompressionReport.Tensor::isDelta);
    assertThat(snr(tuned, decompress("out.safetensors"), "a")).isGreaterThan(19.9);
  }
}
