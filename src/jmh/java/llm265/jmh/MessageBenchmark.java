package llm265.jmh;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.runtime.message.HeldRateCoder;
import llm265.runtime.message.MessageDecoder;
import llm265.runtime.message.Segments;
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

/** Messages of 1,024 tokens of 256 Gaussian values with row scales, on one thread: values a microsecond. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(MessageBenchmark.ROWS * MessageBenchmark.COLUMNS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dllm265.kernels=vector"})
public class MessageBenchmark {
  static final int ROWS = 1024;
  static final int COLUMNS = 256;

  @Param({"0.4", "0.8", "1.4", "2.6", "3.5"})
  public double bits;

  private final float[] values = new float[ROWS * COLUMNS];
  private final float[] decoded = new float[ROWS * COLUMNS];
  private HeldRateCoder coder;
  private MessageDecoder decoder;
  private byte[] message;

  @Setup
  public void begin() {
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Segments rows = Segments.rows(ROWS, COLUMNS);
    coder = new HeldRateCoder(rows, HeldRateCoder.Settings.of(bits).withScales());
    decoder = new MessageDecoder(rows);
    message = coder.encode(values, 0, decoded, 0);
  }

  @Benchmark
  public byte[] encode() {
    return coder.encode(values, 0, decoded, 0);
  }

  @Benchmark
  public float[] decode() {
    decoder.decode(message, decoded, 0);
    return decoded;
  }
}
