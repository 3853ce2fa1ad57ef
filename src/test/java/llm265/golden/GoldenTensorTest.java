package llm265.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.oracle.FfmpegOracle;
import llm265.rate.RateTarget;
import llm265.reference.trellis.AnyTensor;
import llm265.reference.trellis.TextTensor;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.encode.Prescribed;
import llm265.tensor.exact.WrittenExact;
import llm265.tensor.tools.Predictor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tensor streams as they are kept in golden-vectors/tensors, and the values that SPEC.md makes of them, bit by bit. Streams once
 * kept must decode for ever; they are written anew with {@code -Dllm265.golden.update=true}.
 */
class GoldenTensorTest {
  private static final Path FOLDER = Path.of("golden-vectors/tensors");
  private static final Path MANIFEST = FOLDER.resolve("MANIFEST.tsv");
  private static final String HEADER = "file\tsha256\tdtype\tshape\tvalues_sha256\ttools";
  private static final int ROWS = 96;
  private static final int COLUMNS = 80;

  private interface Value {
    double at(Random random, int y, int x);
  }

  private static TensorView tensor(DType type, Value value) {
    Random random = new Random(265);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.at(random, i / COLUMNS, i % COLUMNS);
    }
    TensorView floats = TensorView.copyOf("t", new long[] {ROWS, COLUMNS}, values);
    return type == DType.F32 ? floats
        : new TensorView("t", type, floats.shape(), FloatConversion.convert(floats.data(), DType.F32, type));
  }

  private interface Integers {
    int at(int y, int x);
  }

  private static TensorView integers(DType type, int bytes, Integers value) {
    byte[] data = new byte[ROWS * COLUMNS * bytes];
    for (int i = 0; i < data.length; i++) {
      int element = i / bytes;
      data[i] = (byte) (value.at(element / COLUMNS, element % COLUMNS) >> Math.min(31, 8 * (i % bytes)));
    }
    return new TensorView("t", type, new long[] {ROWS, COLUMNS}, MemorySegment.ofArray(data));
  }

  private static Map<String, byte[]> streams() {
    TensorEncoder encoder = TensorEncoder.atBits(2.5).withPlainSamples(true).withEffort(Effort.BEST);
    float[] weights = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      // Not 0, which would stand for the median of the others.
      weights[i] = Math.max(i, 1e-30f);
    }
    TensorView noise = tensor(DType.F32, (random, y, x) -> y == 5 && x == 7 ? Double.NaN : random.nextGaussian());
    Map<String, byte[]> streams = new LinkedHashMap<>();
    streams.put("plain.264", encoder.withEffort(Effort.FAST).encode(noise));
    streams.put("monochrome.264", encoder.withMonochrome(true).encode(noise));
    streams.put("sign-patterns.264", encoder.encode(noise));
    streams.put("scales.264", encoder.encode(tensor(DType.F32,
        (random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 80 - 40) / 20.0 + (y * 29 % 96 - 48) / 40.0))));
    streams.put("rotation.264", encoder.encode(tensor(DType.F32,
        (random, y, x) -> StrictMath.sin(y * 0.21) * (x - 40) + StrictMath.cos(y * 0.5 + x) + 0.05 * random.nextGaussian())));
    streams.put("pre-inverse-f16.264", encoder.encode(tensor(DType.F16,
        (random, y, x) -> StrictMath.pow(random.nextGaussian(), 3))));
    TensorView smooth = tensor(DType.BF16,
        (random, y, x) -> StrictMath.sin((x + y) * 0.3) + (y / 16 + x / 16) % 2 + 0.02 * random.nextGaussian());
    streams.put("rotation-bf16.264", encoder.encode(smooth));
    streams.put("modes-bf16.264", Prescribed.encode(new RateTarget.Bits(2.5), EncoderConfig.TENSOR, smooth));
    TensorEncoder fine = TensorEncoder.atBits(3.5).withEffort(Effort.BEST);
    streams.put("deep-10-bits.264", fine.withDepth(10).encode(noise));
    streams.put("deep-12-bits-scales.264", fine.withDepth(12).withMonochrome(true).encode(tensor(DType.F32,
        (random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 80 - 40) / 20.0))));
    streams.put("deep-14-bits-pre-inverse.264", fine.withDepth(14).encode(tensor(DType.F32,
        (random, y, x) -> StrictMath.pow(random.nextGaussian(), 3))));
    streams.put("raw-bits.264", TensorEncoder.atBits(6.5).withDepth(12).encode(noise));
    streams.put("raw-bits-f16.264", TensorEncoder.atSnr(48).withDepth(10).withMonochrome(true)
        .encode(tensor(DType.F16, (random, y, x) -> random.nextGaussian())));
    TensorEncoder bypass = TensorEncoder.lossless().withTransformBypass(true);
    streams.put("exact-f32.264", bypass.encode(noise));
    streams.put("exact-f16.264", bypass.encode(tensor(DType.F16, (random, y, x) -> random.nextGaussian())));
    streams.put("exact-bf16.264", bypass.encode(tensor(DType.BF16, (random, y, x) -> random.nextGaussian())));
    streams.put("exact-i8-in-order.264", bypass.encode(integers(DType.I8, 1, (y, x) -> (x + 2 * y) / 3)));
    streams.put("exact-i32-folded.264",
        bypass.encode(integers(DType.I32, 4, (y, x) -> (x * 37 + y * 91) % 601 - 300)));
    streams.put("exact-u64-constant.264", bypass.encode(integers(DType.U64, 8, (y, x) -> 77)));
    streams.put("weights.264",
        encoder.withChannelWeights(weights).encode(tensor(DType.F32, (random, y, x) -> random.nextGaussian())));
    streams.put("doubles.264", encoder.encode(doubles((random, y, x) -> y == 3 && x == 4 ? 1e300 : random.nextGaussian())));
    streams.put("not-finite-runs.264", encoder.encode(tensor(DType.BF16, (random, y, x) ->
        x > y ? Double.NEGATIVE_INFINITY : y > 90 ? Double.NaN : random.nextGaussian())));
    float[] ofExperts = new float[2 * COLUMNS];
    for (int i = 0; i < ofExperts.length; i++) {
      ofExperts[i] = 1 + i % COLUMNS / 8 + 30 * (i / COLUMNS);
    }
    TensorView whole = tensor(DType.F32, (random, y, x) -> random.nextGaussian());
    streams.put("weights-of-experts.264", encoder.withChannelWeights(ofExperts)
        .encode(new TensorView("t", DType.F32, new long[] {2, ROWS / 2, COLUMNS}, whole.data())));
    streams.putAll(exactCarried());
    streams.putAll(carried());
    streams.putAll(withoutPictures());
    return streams;
  }

  /** Lossless streams whose pictures carry integers. */
  private static Map<String, byte[]> exactCarried() {
    TensorEncoder lossless = TensorEncoder.lossless();
    Map<String, byte[]> streams = new LinkedHashMap<>();
    streams.put("exact-carried-bf16.264", lossless.encode(tensor(DType.BF16, (random, y, x) -> random.nextGaussian())));
    streams.put("exact-carried-f32-monochrome.264", lossless.withMonochrome(true).encode(tensor(DType.F32,
        (random, y, x) -> y == 5 && x == 7 ? Double.NaN : random.nextGaussian())));
    streams.put("exact-carried-i32-folded.264", lossless.encode(integers(DType.I32, 4,
        (y, x) -> (int) (150 * new Random(COLUMNS * y + x).nextGaussian()))));
    streams.put("exact-carried-i8-noise.264",
        lossless.encode(integers(DType.I8, 1, (y, x) -> (int) (40 * new Random(COLUMNS * y + x).nextGaussian()))));
    streams.put("exact-carried-u64-nothing.264", lossless.encode(integers(DType.U64, 8, (y, x) -> 77)));
    streams.put("exact-carried-mask.264", lossless.encode(integers(DType.BOOL, 1, (y, x) -> x > y ? 1 : 0)));
    streams.put("exact-carried-clipped.264",
        lossless.encode(integers(DType.U8, 1, (y, x) -> new Random(COLUMNS * y + x).nextInt(12) == 0 ? x * y : 0)));
    streams.put("exact-carried-raw-macroblocks.264", lossless.encode(integers(DType.I16, 2,
        (y, x) -> (x / 16 + y / 16) % 3 == 0 ? new Random(COLUMNS * y + x).nextInt(1 << 16) : x + y)));
    for (Predictor predictor : Predictor.values()) {
      streams.put("exact-carried-" + predictor.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".264",
          predicted(predictor));
    }
    return streams;
  }

  /** A stream with a predictor, whether it is a good one or not. */
  private static byte[] predicted(Predictor predictor) {
    TensorView tensor = integers(DType.I16, 2,
        (y, x) -> ((((x * y / 3 + new Random(x).nextInt(90)) & 0x1FFF) + 0x1000) & 0x3FFF) ^ 0xC000);
    return WrittenExact.predicted(tensor, predictor);
  }

  /** Streams whose pictures carry levels. */
  private static Map<String, byte[]> carried() {
    TensorEncoder encoder = TensorEncoder.atBits(2.5);
    Map<String, byte[]> streams = new LinkedHashMap<>();
    TensorView noise = tensor(DType.F32, (random, y, x) -> y == 5 && x == 7 ? Double.NaN : random.nextGaussian());
    streams.put("carried.264", encoder.encode(noise));
    TensorView padded =
        new TensorView("t", DType.F32, new long[] {95, 77}, noise.data().asSlice(0, 4L * 95 * 77));
    streams.put("carried-low-bits-padded.264", TensorEncoder.atBits(6.5).withEffort(Effort.FAST).encode(padded));
    streams.put("carried-max-f64.264", TensorEncoder.atBits(4.5).withEffort(Effort.MAX).withMonochrome(true)
        .encode(doubles((random, y, x) -> y == 3 && x == 4 ? 1e300 : random.nextGaussian())));
    streams.put("carried-scales-f16.264", encoder.encode(tensor(DType.F16,
        (random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 80 - 40) / 20.0 + (y * 29 % 96 - 48) / 40.0))));
    streams.put("carried-rotation-bf16.264", encoder.withEffort(Effort.BEST).encode(tensor(DType.BF16,
        (random, y, x) -> 3 * StrictMath.sin(1.7 * y * y) * StrictMath.cos(2.3 * x * x) + StrictMath.sin(0.9 * y * y + 1)
            * StrictMath.sin(1.1 * x * x) + 0.2 * random.nextGaussian())));
    float[] weights = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      weights[i] = 1 + i * i;
    }
    streams.put("carried-weights.264",
        encoder.withChannelWeights(weights).encode(tensor(DType.F32, (random, y, x) -> random.nextGaussian())));
    streams.put("carried-dropped.264", encoder.encode(tensor(DType.F32,
        (random, y, x) -> random.nextGaussian() * (x / 16 == y / 16 % 5 ? 16 : 1))));
    return streams;
  }

  /** Trellis streams: those of the encoder, and written ones with what it never chooses. */
  private static Map<String, byte[]> withoutPictures() {
    TensorEncoder encoder = TensorEncoder.atBits(2.5).withCodec(Codec.TRINITY).withEffort(Effort.FAST);
    Map<String, byte[]> streams = new LinkedHashMap<>();
    TensorView noise = tensor(DType.F32, (random, y, x) -> y == 5 && x == 7 ? Double.NaN : random.nextGaussian());
    for (Effort effort : Effort.values()) {
      streams.put("trellis-" + effort.name().toLowerCase(Locale.ROOT) + ".trinity", encoder.withEffort(effort).encode(noise));
    }
    streams.put("trellis-max-error.trinity", TensorEncoder.atMaxError(0.2).withCodec(Codec.TRINITY).encode(noise));
    streams.put("trellis-8-bits.trinity", TensorEncoder.atBits(8).withCodec(Codec.TRINITY).encode(noise));
    streams.put("trellis-f16.trinity", encoder.encode(tensor(DType.F16,
        (random, y, x) -> StrictMath.pow(random.nextGaussian(), 3))));
    streams.put("trellis-scales.trinity", encoder.encode(tensor(DType.BF16,
        (random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 80 - 40) / 20.0 + (y * 29 % 96 - 48) / 40.0))));
    streams.put("trellis-scales-of-columns.trinity", encoder.encode(tensor(DType.F32,
        (random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 80 - 40) / 10.0))));
    streams.put("trellis-rotation.trinity", encoder.withEffort(Effort.BALANCED).encode(tensor(DType.BF16,
        (random, y, x) -> StrictMath.sin(y * 0.21) * (x - 40) + StrictMath.cos(y * 0.5 + x) + 0.05 * random.nextGaussian())));
    float[] weights = new float[2 * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + i % COLUMNS / 8 + 30 * (i / COLUMNS);
    }
    TensorView whole = tensor(DType.F32, (random, y, x) -> random.nextGaussian());
    streams.put("trellis-weights.trinity", encoder.withChannelWeights(Arrays.copyOf(weights, COLUMNS)).encode(whole));
    streams.put("trellis-weights-of-experts.trinity", encoder.withChannelWeights(weights)
        .encode(new TensorView("t", DType.F32, new long[] {2, ROWS / 2, COLUMNS}, whole.data())));
    streams.put("trellis-doubles.trinity",
        encoder.encode(doubles((random, y, x) -> y == 3 && x == 4 ? 1e300 : random.nextGaussian())));
    streams.put("trellis-not-finite-runs.trinity", encoder.encode(tensor(DType.BF16, (random, y, x) ->
        x > y ? Double.NEGATIVE_INFINITY : y > 90 ? Double.NaN : random.nextGaussian())));
    streams.put("trellis-constant.trinity", encoder.encode(tensor(DType.F32, (random, y, x) -> 0.1)));
    for (int stateBits : new int[] {0, 2, 3, 4, 5, 6, 7, 8}) {
      streams.put("trellis-written-" + stateBits + ".trinity", AnyTensor.smallStream(stateBits));
    }
    return streams;
  }

  private static TensorView doubles(Value value) {
    Random random = new Random(265);
    MemorySegment data = MemorySegment.ofArray(new byte[8 * ROWS * COLUMNS]);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
      data.set(LittleEndian.DOUBLE, 8L * i, value.at(random, i / COLUMNS, i % COLUMNS));
    }
    return new TensorView("t", DType.F64, new long[] {ROWS, COLUMNS}, data);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String line(String name, byte[] stream) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    DType type = decoder.info().dtype();
    byte[] values = new byte[(int) type.byteSize(decoder.info().values())];
    decoder.decodeInto(MemorySegment.ofArray(values));
    String shape = Arrays.stream(decoder.info().shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    return String.join("\t", name, sha256(stream), type.name(), shape, sha256(values), String.join(", ", decoder.info().tools()));
  }

  @BeforeAll
  static void updateIfAsked() throws IOException {
    if (!Boolean.getBoolean("llm265.golden.update")) {
      return;
    }
    List<String> lines = new ArrayList<>(List.of(HEADER));
    for (Map.Entry<String, byte[]> entry : streams().entrySet()) {
      Files.write(FOLDER.resolve(entry.getKey()), entry.getValue());
      lines.add(line(entry.getKey(), entry.getValue()));
    }
    Files.write(MANIFEST, lines);
  }

  @Test
  void streamsAreDecodedToTheValuesOfTheManifest() throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    List<String> names = Files.readAllLines(MANIFEST).stream().skip(1).map(line -> line.split("\t")[0]).toList();
    for (String name : names) {
      lines.add(line(name, Files.readAllBytes(FOLDER.resolve(name))));
    }
    assertThat(lines).isEqualTo(Files.readAllLines(MANIFEST));
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith(".tsv")))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  /** No line of the coder takes part in this. */
  @Test
  void trellisStreamsHaveTheValuesOfTheirText() throws IOException {
    int found = 0;
    for (String line : Files.readAllLines(MANIFEST)) {
      String[] cells = line.split("\t");
      if (cells[0].endsWith(".trinity")) {
        byte[] stream = Files.readAllBytes(FOLDER.resolve(cells[0]));
        assertThat(sha256(TextTensor.read(stream).bytes())).as(cells[0]).isEqualTo(cells[4]);
        found++;
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  /** Nor in this, where the samples are FFmpeg's. */
  @Test
  void carriedLevelsHaveTheValuesOfTheirText() throws IOException {
    int found = 0;
    int dropped = 0;
    for (String line : Files.readAllLines(MANIFEST)) {
      String[] cells = line.split("\t");
      if (cells[0].startsWith("carried")) {
        byte[] stream = Files.readAllBytes(FOLDER.resolve(cells[0]));
        TextTensor text =
            TextTensor.read(stream, FfmpegOracle.decode(stream).stream().map(picture -> picture.planes()[0]).toList());
        assertThat(sha256(text.bytes())).as(cells[0]).isEqualTo(cells[4]);
        dropped += text.droppedIntegers();
        found++;
      }
    }
    assertThat(found).isEqualTo(7);
    assertThat(dropped).isPositive();
  }

  @Test
  void everyToolIsCovered() throws IOException {
    assertThat(Files.readString(MANIFEST))
        .contains("transposed", "rows by scale", "columns by scale", "rotation of", "pre-inverse", "channels by weight",
            "16 sign patterns", "samples of 10 bits", "samples of 12 bits", "samples of 14 bits", "3 raw bits",
            "exact: 8 bits coded and 8 raw", "exact: 8 bits carried and 8 raw", "exact: 0 bits carried and 0 raw",
            "predicted (none)", "predicted (left)", "predicted (above)", "predicted (plane)", "predicted (median)",
            "predicted (previous)", "predicted (mean)", "predicted (smooth)", "predicted (smooth_row)",
            "predicted (smooth_column)", "predicted (weighted)", "predicted (weighted_within)", "predicted (blended)",
            "trellis of 1 state", "trellis of 4 states", "trellis of 8 states", "trellis of 16 states", "trellis of 32 states",
            "trellis of 64 states", "trellis of 128 states", "trellis of 256 states", "trellis-not-finite-runs.trinity",
            "trellis of 8 states, carried", "trellis of 256 states, carried", "columns by scale, trellis of 8 states, carried",
            "rotation of 2, trellis of 16 states, carried", "trellis of 4 states, carried, 4 raw bits",
            "channels by weight, trellis of 8 states, carried", "\tF16\t", "\tBF16\t",
            "\tF32\t", "\tI8\t", "\tI32\t", "\tU64\t", "\tF64\t", "not-finite-runs.264",
            "weights-of-experts.264");
  }
}
