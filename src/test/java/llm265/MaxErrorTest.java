package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.distortion.TensorDistortion;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound on the error of every value. */
class MaxErrorTest {
  /** Of normally distributed values, some far out, some of them not finite. */
  private static TensorView tensor(DType type, int rows, int columns, long seed) {
    float[] values = TensorEncoderTest.gaussian(rows * columns, seed);
    Random random = new Random(seed);
    for (int i = 0; i < values.length; i += 1 + random.nextInt(500)) {
      values[i] *= 50;
    }
    int place = random.nextInt(values.length - 1);
    values[place] = Float.NaN;
    values[place + 1] = Float.NEGATIVE_INFINITY;
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return new TensorView("t", type, new long[] {rows, columns}, data);
  }

  /** What a tensor decodes to, in its own type. */
  private static TensorDistortion distortion(TensorView tensor, byte[] stream) {
    MemorySegment decoded = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
    TensorDecoder.open(stream).decodeInto(decoded);
    return TensorDistortion.between(tensor, new TensorView("t", tensor.dtype(), tensor.shape(), decoded));
  }

  @Property(tries = 40)
  void everyValueIsWithinTheBound(
      @ForAll("types") DType type, @ForAll @DoubleRange(min = -3, max = 1) double magnitude, @ForAll long seed) {
    double bound = Math.pow(10, magnitude);
    TensorView tensor = tensor(type, 48, 80, seed);
    TensorDistortion distortion = distortion(tensor, TensorEncoder.atMaxError(bound).encode(tensor));

    assertThat(distortion.greatestError()).isLessThanOrEqualTo(bound);
    // NaN and infinity come back, too.
    assertThat(distortion.measured()).isEqualTo(48 * 80 - 2);
    assertThat(distortion.differing()).isLessThanOrEqualTo(48 * 80 - 2);
  }

  @Property(tries = 12)
  void everyValueIsWithinTheBoundWithoutPictures(
      @ForAll("types") DType type, @ForAll @DoubleRange(min = -3, max = 1) double magnitude, @ForAll long seed) {
    isWithinTheBoundWithoutPictures(type, magnitude, Effort.FAST, seed);
  }

  @Property(tries = 400)
  @Tag("long")
  void everyValueIsWithinTheBoundWithoutPicturesAtAnyEffort(
      @ForAll("types") DType type, @ForAll @DoubleRange(min = -3, max = 1) double magnitude, @ForAll Effort effort,
      @ForAll long seed) {
    isWithinTheBoundWithoutPictures(type, magnitude, effort, seed);
  }

  private static void isWithinTheBoundWithoutPictures(DType type, double magnitude, Effort effort, long seed) {
    double bound = Math.pow(10, magnitude);
    TensorView tensor = tensor(type, 48, 80, seed);
    TensorDistortion distortion = distortion(
        tensor, TensorEncoder.atMaxError(bound).withCodec(Codec.TRINITY).withEffort(effort).encode(tensor));

    assertThat(distortion.greatestError()).isLessThanOrEqualTo(bound);
    assertThat(distortion.measured()).isEqualTo(48 * 80 - 2);
  }

  @Provide
  Arbitrary<DType> types() {
    return Arbitraries.of(DType.F32, DType.F16, DType.BF16);
  }

  @Test
  void boundHoldsOverSeveralTilesAndAfterSampling() {
    TensorView tensor = tensor(DType.F32, 1100, 1024, 5);
    byte[] stream = TensorEncoder.atMaxError(0.4).withEffort(Effort.FAST).encode(tensor);
    TensorDistortion distortion = distortion(tensor, stream);

    assertThat(distortion.greatestError()).isLessThanOrEqualTo(0.4).isGreaterThan(0.39);
    assertThat(8.0 * stream.length / tensor.count()).isBetween(2.0, 3.6);
  }

  @Test
  void reportCountsTheValuesKeptForTheBound() {
    TensorView tensor = TensorView.copyOf("t", new long[] {96, 96}, TensorEncoderTest.gaussian(9216, 1));
    EncodedTensor bounded = TensorEncoder.atMaxError(0.3).encode(tensor, new MemoryStore());

    assertThat(bounded.outliers()).isBetween(10L, 2000L);
    assertThat(bounded.snr()).isGreaterThan(10);
  }

  @Test
  void stepIsTheOneWithTheFewestBytes() {
    TensorView tensor = TensorView.copyOf("t", new long[] {128, 128}, TensorEncoderTest.gaussian(16_384, 1));
    EncodedTensor bounded = TensorEncoder.atMaxError(0.3).encode(tensor, new MemoryStore());

    // Steps that put the bound at less than two deviations of the error keep too many values exactly, at more than five too few.
    assertThat(bounded.snr()).isBetween(20 * Math.log10(2 / 0.3), 20 * Math.log10(5 / 0.3));
    assertThat(bounded.bytes()).isLessThan(TensorEncoder.atMaxError(0.27).encode(tensor, new MemoryStore()).bytes());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-30})
  void noErrorAtAllKeepsEveryValue(double bound) {
    TensorView tensor = tensor(DType.BF16, 48, 64, 3);

    assertThat(distortion(tensor, TensorEncoder.atMaxError(bound).encode(tensor)).isExact()).isTrue();
  }

  @Test
  void constantsAndSparseTensorsAreNoTrouble() {
    float[] values = new float[6400];
    TensorView constant = TensorView.copyOf("c", new long[] {80, 80}, values.clone());
    values[17] = 3;
    TensorView sparse = TensorView.copyOf("s", new long[] {80, 80}, values);

    assertThat(distortion(constant, TensorEncoder.atMaxError(0.1).encode(constant)).isExact()).isTrue();
    assertThat(distortion(sparse, TensorEncoder.atMaxError(0.1).encode(sparse)).greatestError()).isLessThanOrEqualTo(0.1);
  }

  @Test
  void boundHoldsForEveryTensorOfAFile(@TempDir Path folder) throws Exception {
    Path model = folder.resolve("m.safetensors");
    TensorView small = TensorView.copyOf("small", new long[] {64, 64}, TensorEncoderTest.gaussian(4096, 1));
    float[] large = TensorEncoderTest.gaussian(8192, 2);
    for (int i = 0; i < large.length; i++) {
      large[i] *= 100;
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 0)) {
      writer.add(small);
      writer.add(TensorView.copyOf("large", new long[] {64, 128}, large));
      writer.commit(Map.of());
    }
    Path compressed = folder.resolve("c.safetensors");
    CompressionReport report = ModelCompressor.at(new RateTarget.MaxError(0.5)).compress(model, compressed);

    try (CompressedModel opened = CompressedModel.open(compressed)) {
      float[] decoded = opened.decoder("small").decode();
      assertThat(distortion(small, TensorView.copyOf("small", new long[] {64, 64}, decoded))).isLessThanOrEqualTo(0.5);
    }
    assertThat(report.tensors().get(1).bytes()).isGreaterThan(5 * report.tensors().get(0).bytes());
  }

  private static double distortion(TensorView a, TensorView b) {
    return TensorDistortion.between(a, b).greatestError();
  }

  @Test
  void boundsThatAreNoneAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atMaxError(-0.1));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atMaxError(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atMaxError(Double.POSITIVE_INFINITY));
  }
}
