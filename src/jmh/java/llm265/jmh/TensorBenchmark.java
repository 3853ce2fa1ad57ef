package llm265.jmh;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.tensor.Effort;
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

/** Floats in, stream out, and back, at a fixed QP: M values/s on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(TensorBenchmark.SIZE * TensorBenchmark.SIZE)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TensorBenchmark {
  static final int SIZE = 1024;

  @Param({"FAST", "BALANCED", "BEST", "MAX"})
  public Effort effort;

  private final float[] values = new float[SIZE * SIZE];
  private byte[] stream;

  @Setup
  public void encodeOnce() {
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    stream = encode();
  }

  @Benchmark
  public byte[] encode() {
    return TensorEncoder.atQp(28).withEffort(effort).encode(values, SIZE, SIZE);
  }

  @Benchmark
  public float[] decode() {
    return TensorDecoder.decode(stream);
  }
}
