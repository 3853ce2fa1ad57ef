package llm265.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Law;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Chunks of 64K Gaussian values at 3 bits, from and to memory on one thread: values a microsecond, that is millions a second,
 * beside a loop that only reads and writes floats.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(ChunkBenchmark.VALUES)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dllm265.kernels=vector"})
public class ChunkBenchmark {
  static final int VALUES = 1 << 22;
  private static final int STEPS = 4096;
  private static final int CHUNK = 16 * STEPS;
  private static final int GROUP = ChunkDecoder.MOST_CHUNKS;
  private static final int ROW = 1024;
  private static final int CLASSES = 5;
  private static final float STEP = 0.26f;
  /** Bytes behind the chunks that can be read. */
  private static final int SLACK = 1024;
  private static final Trellis TRELLIS = Trellis.of(3);

  private final float[] values = new float[VALUES];
  private final float[] decoded = new float[VALUES];
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final Chunks ofOneLaw = new Chunks(1, CHUNK);
  private final Chunks ofRows = new Chunks(CLASSES, ROW);
  private final Chunks ofValues = new Chunks(CLASSES, 1);

  /** A number of states to search with. */
  @State(Scope.Thread)
  public static class Effort {
    @Param({"0", "2", "3", "4", "5", "6", "7", "8"})
    public int stateBits;
  }

  /** Four chunks, with a class for each run of values. */
  private static final class Chunks {
    final Laws laws;
    final byte[] classes;
    final int[] bounds = new int[GROUP + 1];
    byte[] bytes = new byte[0];

    Chunks(int number, int run) {
      List<Law> all = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        all.add(new Law(Alphabet.NARROW, 65 + i, 16, 0, 6, 0));
      }
      laws = new Laws(all);
      classes = number == 1 ? null : new byte[GROUP * CHUNK];
      for (int i = 0; i < GROUP * CHUNK && classes != null; i++) {
        classes[i] = (byte) (i / run * 7 / 5 % number);
      }
    }

    void encode(float[] values) {
      ChunkEncoder encoder = new ChunkEncoder(STEPS);
      for (int i = 0; i < GROUP; i++) {
        byte[] own = classes == null ? null : Arrays.copyOfRange(classes, i * CHUNK, (i + 1) * CHUNK);
        encoder.search(values, i * CHUNK, STEPS, new ChunkEncoder.Quantizer(0, STEP, 0.5), TRELLIS, laws, own);
        bytes = Arrays.copyOf(bytes, bounds[i] + encoder.mostBytes());
        bounds[i + 1] = encoder.write(laws, bytes, bounds[i]);
      }
      bytes = Arrays.copyOf(bytes, bounds[GROUP] + SLACK);
    }
  }

  @Setup
  public void encodeAll() {
    Random random = new Random(1);
    for (int i = 0; i < VALUES; i++) {
      values[i] = (float) random.nextGaussian();
    }
    ofOneLaw.encode(values);
    ofRows.encode(values);
    ofValues.encode(values);
  }

  @Benchmark
  public float[] copy() {
    for (int i = 0; i < VALUES; i++) {
      decoded[i] = 1.5f * values[i];
    }
    return decoded;
  }

  private float[] decode(Chunks chunks) {
    ChunkDecoder.Dequantizer dequantizer = new ChunkDecoder.Dequantizer(STEP, 0);
    for (int i = 0; i < VALUES; i += GROUP * CHUNK) {
      decoder.decode(
          chunks.bytes, chunks.bounds, 0, GROUP, STEPS, TRELLIS, chunks.laws, chunks.classes, dequantizer, decoded, i);
    }
    return decoded;
  }

  @Benchmark
  public float[] decodeOneLaw() {
    return decode(ofOneLaw);
  }

  @Benchmark
  public float[] decodeLawOfRows() {
    return decode(ofRows);
  }

  @Benchmark
  public float[] decodeLawOfValues() {
    return decode(ofValues);
  }

  @Benchmark
  @Fork(value = 2, jvmArgsAppend = {"-Dllm265.kernels=scalar"})
  public float[] decodeScalar() {
    return decode(ofOneLaw);
  }

  private int encode(int stateBits) {
    ChunkEncoder encoder = new ChunkEncoder(STEPS);
    byte[] chunk = new byte[8 * CHUNK];
    int bytes = 0;
    for (int i = 0; i < VALUES; i += CHUNK) {
      encoder.search(
          values, i, STEPS, new ChunkEncoder.Quantizer(0, STEP, 0.5), Trellis.of(stateBits), ofOneLaw.laws, null);
      bytes += encoder.write(ofOneLaw.laws, chunk, 0);
    }
    return bytes;
  }

  @Benchmark
  public int encode(Effort effort) {
    return encode(effort.stateBits);
  }

  @Benchmark
  @Fork(value = 1, jvmArgsAppend = {"-Dllm265.kernels=scalar"})
  public int encodeScalar(Effort effort) {
    return encode(effort.stateBits);
  }
}
