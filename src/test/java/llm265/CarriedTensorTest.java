package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import llm265.h264.DecoderLimits;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors whose levels pictures carry, from values to streams and back. */
class CarriedTensorTest {
  private static float[] gaussian(int count, long seed) {
    return TensorEncoderTest.gaussian(count, seed);
  }

  private static float[] laplace(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double u = random.nextDouble() - 0.5;
      values[i] = (float) (-Math.signum(u) * Math.log(1 - 2 * Math.abs(u)));
    }
    return values;
  }

  /** Rows of scales far apart, so that some macroblocks have greater levels than samples can carry. */
  private static float[] steep(int rows, int columns) {
    float[] values = gaussian(rows * columns, 12);
    for (int i = 0; i < values.length; i++) {
      values[i] *= i / columns % 9 == 0 ? 40 : 1;
    }
    return values;
  }

  private static void assertCarried(byte[] stream) {
    assertThat(String.join(",", TensorDecoder.open(stream).info().tools())).contains("carried");
  }

  /** What a stream's syntax elements are, and the greatest number of bits of a macroblock. */
  private static final class Syntax implements SyntaxListener {
    final Map<String, Set<Long>> values = new HashMap<>();
    long greatestMacroblock;
    private boolean inMacroblock;
    private long bits;

    @Override
    public void macroblock(int mbAddr) {
      inMacroblock = true;
      bits = 0;
    }

    @Override
    public void element(SyntaxElement element) {
      values.computeIfAbsent(element.name(), name -> new TreeSet<>()).add(element.value());
      if (element.structure().equals("slice_header")) {
        inMacroblock = false;
      }
      if (inMacroblock) {
        bits += element.bits();
        greatestMacroblock = Math.max(greatestMacroblock, bits);
      }
    }

    Set<Long> of(String name) {
      return values.getOrDefault(name, Set.of());
    }
  }

  /** What hardware decoders take: High profile, 4:2:0, 8 bits, and nothing but Intra_16x16 at one QP. */
  @ParameterizedTest
  @ValueSource(doubles = {1.5, 3, 7, 12})
  void picturesAreOrdinaryOnesOfTheHighProfile(double bits) {
    for (float[] values : new float[][] {gaussian(200 * 300, 1), steep(200, 300)}) {
      byte[] stream = TensorEncoder.atBits(bits).encode(values, 200, 300);
      assertCarried(stream);
      Syntax syntax = new Syntax();
      StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, syntax);
      assertThat(syntax.of("profile_idc")).containsExactly(100L);
      assertThat(syntax.of("level_idc")).hasSize(1).allMatch(level -> level <= 51);
      assertThat(syntax.of("chroma_format_idc")).containsExactly(1L);
      assertThat(syntax.of("bit_depth_luma_minus8")).containsExactly(0L);
      assertThat(syntax.of("bit_depth_chroma_minus8")).containsExactly(0L);
      assertThat(syntax.of("qpprime_y_zero_transform_bypass_flag")).containsExactly(0L);
      assertThat(syntax.of("seq_scaling_matrix_present_flag")).containsExactly(0L);
      assertThat(syntax.of("frame_mbs_only_flag")).containsExactly(1L);
      assertThat(syntax.of("video_full_range_flag")).containsExactly(1L);
      assertThat(syntax.of("entropy_coding_mode_flag")).containsExactly(1L);
      assertThat(syntax.of("disable_deblocking_filter_idc")).containsExactly(1L);
      assertThat(syntax.of("first_mb_in_slice")).containsExactly(0L);
      // I_16x16_2_0_0 and I_16x16_2_0_1
      assertThat(syntax.of("mb_type")).isNotEmpty().isSubsetOf(3L, 15L);
      assertThat(syntax.of("intra_chroma_pred_mode")).containsExactly(0L);
      assertThat(syntax.of("mb_qp_delta")).containsExactly(0L);
      // The greatest number of bits of a macroblock (A.3.1)
      assertThat(syntax.greatestMacroblock).isBetween(1L, 3200L);
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 64", "1, 4096", "95, 77", "160, 200"})
  void ratesAreMet(int rows, int columns) {
    for (float[] values : new float[][] {gaussian(rows * columns, 2), laplace(rows * columns, 3)}) {
      for (double bits : new double[] {0.5, 1, 2, 3, 5, 7, 10}) {
        byte[] stream = TensorEncoder.atBits(bits).encode(values, rows, columns);
        assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.001 * bits + 32.0 / values.length));
        TensorDecoder decoder = TensorDecoder.open(stream);
        assertThat(decoder.info().snr()).isCloseTo(TensorEncoderTest.snr(values, decoder.decode()), within(0.01));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {9, 17, 40, 65})
  void qualitiesAreMet(double decibels) {
    float[] values = gaussian(95 * 200, 4);
    byte[] stream = TensorEncoder.atSnr(decibels).encode(values, 95, 200);
    assertCarried(stream);
    assertThat(TensorEncoderTest.snr(values, TensorDecoder.decode(stream))).isCloseTo(decibels, within(0.05));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 0.3, 0.01, 0.0005})
  void errorsAreBounded(double bound) {
    float[] values = steep(95, 130);
    float[] decoded = TensorDecoder.decode(TensorEncoder.atMaxError(bound).encode(values, 95, 130));
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs((double) values[i] - decoded[i])).isLessThanOrEqualTo(bound);
    }
  }

  /** Levels that samples cannot carry lie beside the pictures: nothing is lost, and nothing is found again that was not there. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 2, 3, 4, 6})
  void greatLevelsComeBack(double bits) {
    float[] values = steep(200, 300);
    byte[] stream = TensorEncoder.atBits(bits).withEffort(Effort.FAST).encode(values, 200, 300);
    assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.002 * bits));
    TensorDecoder decoder = TensorDecoder.open(stream);
    assertThat(decoder.info().snr()).isCloseTo(TensorEncoderTest.snr(values, decoder.decode()), within(0.01));
    decoder.verify();
  }

  @Test
  void bytesAndValuesDoNotDependOnThreads() {
    float[] values = gaussian(300 * 4200, 5);
    TensorEncoder encoder = TensorEncoder.atBits(4).withEffort(Effort.FAST);
    byte[] stream = encoder.encode(values, 300, 4200);
    assertCarried(stream);
    TensorDecoder decoder = TensorDecoder.open(stream);
    float[] decoded = decoder.decode();
    for (int threads = 2; threads <= 3; threads++) {
      try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
        assertThat(encoder.withThreads(executor, threads).encode(values, 300, 4200)).isEqualTo(stream);
        assertThat(decoder.withThreads(executor, threads).decode()).isEqualTo(decoded);
      }
    }
    Random random = new Random(8);
    for (int i = 0; i < 4; i++) {
      int first = random.nextInt(values.length);
      int count = 1 + random.nextInt(Math.min(20_000, values.length - first));
      assertThat(decoder.decodeValues(first, count)).isEqualTo(Arrays.copyOfRange(decoded, first, first + count));
    }
  }

  /** Prints checksums of streams and values, in a process of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      System.out.print(checksums(Boolean.parseBoolean(arguments[0])));
    }
  }

  /** Of streams fast at a high rate and slow at a low one, or of all four. */
  private static String checksums(boolean all) {
    StringBuilder text = new StringBuilder();
    for (Effort effort : new Effort[] {Effort.FAST, Effort.BEST}) {
      for (double bits : all ? new double[] {2, 5.5} : new double[] {effort == Effort.FAST ? 5.5 : 2}) {
        byte[] stream = TensorEncoder.atBits(bits).withEffort(effort).encode(steep(95, 77), 95, 77);
        CRC32C crc = new CRC32C();
        crc.update(stream);
        for (float value : TensorDecoder.decode(stream)) {
          crc.update(Integer.toString(Float.floatToRawIntBits(value)).getBytes(StandardCharsets.US_ASCII));
        }
        text.append(crc.getValue()).append(' ');
      }
    }
    return text.toString();
  }

  @Test
  void bytesAndValuesDoNotDependOnKernels() throws IOException {
    compareKernels(false);
  }

  @Test
  @Tag("long")
  void bytesAndValuesDoNotDependOnKernelsAtAnyEffort() throws IOException {
    compareKernels(true);
  }

  private static void compareKernels(boolean all) throws IOException {
    String here = checksums(all);
    for (String kernels : new String[] {"scalar", "vector"}) {
      Process process = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", "jdk.incubator.vector",
          "-Dllm265.kernels=" + kernels, "-cp", System.getProperty("java.class.path"),
          Child.class.getName(), Boolean.toString(all)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).as(kernels).isEqualTo(here);
    }
  }

  /** Bits above Shannon's bound that an effort may take at a rate. */
  @ParameterizedTest
  @CsvSource({"BEST, 2, .2", "BEST, 3, .21", "BEST, 4, .215", "BALANCED, 6, .27", "BALANCED, 8, .27"})
  void gaussianValuesTakeLittleMoreThanShannonsBound(Effort effort, double bits, double gap) {
    float[] values = gaussian(512 * 1024, 1);
    byte[] stream = TensorEncoder.atBits(bits).withEffort(effort).encode(values, 512, 1024);
    double rate = 8.0 * stream.length / values.length;
    double snr = TensorEncoderTest.snr(values, TensorDecoder.decode(stream));
    assertThat(rate).isCloseTo(bits, within(0.002 * bits));
    assertThat(rate - snr / (20 * Math.log10(2))).isBetween(0.0, gap);
  }

  @ParameterizedTest
  @CsvSource({"BEST, 3, .21", "BALANCED, 6, .27"})
  void laplacianValuesTakeLittleMoreThanTheirBound(Effort effort, double bits, double gap) {
    float[] values = laplace(512 * 1024, 2);
    byte[] stream = TensorEncoder.atBits(bits).withEffort(effort).encode(values, 512, 1024);
    double rate = 8.0 * stream.length / values.length;
    double snr = TensorEncoderTest.snr(values, TensorDecoder.decode(stream));
    // Shannon's lower bound: h - log2(2 pi e D) / 2 with h = log2(2 e), for a variance of 2
    double advantage = 0.5 * Math.log(2 * Math.PI * Math.E * 2) / Math.log(2) - Math.log(2 * Math.E) / Math.log(2);
    assertThat(rate - snr / (20 * Math.log10(2)) + advantage).isBetween(0.0, gap);
  }
}
