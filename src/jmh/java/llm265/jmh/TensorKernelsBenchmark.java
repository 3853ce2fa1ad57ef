package llm265.jmh;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.tools.ScalarRotationKernels;
import llm265.tensor.values.ScalarTensorKernels;
import llm265.tensor.values.TensorKernels;
import llm265.vector.VectorRotationKernels;
import llm265.vector.VectorTensorKernels;
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
 * The way from floats to samples and back, rows of 4096 values from and to memory: bytes of F32 a nanosecond, that is GB/s, on
 * one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(4 * TensorKernelsBenchmark.VALUES)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TensorKernelsBenchmark {
  static final int VALUES = 1 << 22;
  private static final int ROW = 4096;
  private static final int VECTOR = 64;

  @Param({"scalar", "vector"})
  public String kernels;

  private TensorKernels tensor;
  private final float[] values = new float[VALUES];
  private final float[] decoded = new float[VALUES];
  private final float[] levels = new float[ROW];
  private final short[] samples = new short[ROW];
  private final double[] sums = new double[4 * TensorKernels.LANES];
  private final float[] range = new float[2];
  private final int[] bins = new int[ROW];
  private RotationKernels rotation;
  private final float[] vector = new float[VECTOR];
  private final float[] dots = new float[ROW];

  @Setup
  public void fill() {
    tensor = kernels.equals("scalar") ? new ScalarTensorKernels() : new VectorTensorKernels();
    rotation = kernels.equals("scalar") ? new ScalarRotationKernels() : new VectorRotationKernels();
    Arrays.fill(vector, 0.125f);
    Random random = new Random(1);
    for (int i = 0; i < VALUES; i++) {
      values[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < ROW; i++) {
      levels[i] = Math.round(28 * values[i]);
    }
  }

  @Benchmark
  public double[] statistics() {
    for (int i = 0; i < VALUES; i += ROW) {
      tensor.moments(values, i, ROW, 0, sums, range);
    }
    return sums;
  }

  @Benchmark
  public short[] quantize() {
    for (int i = 0; i < VALUES; i += ROW) {
      tensor.quantize(values, i, ROW, 0, 28 * 16, 2000, 2048, samples, 0);
    }
    return samples;
  }

  @Benchmark
  public float[] dequantize() {
    for (int i = 0; i < VALUES; i += ROW) {
      tensor.dequantize(levels, 0, ROW, 0, 1f / 28, decoded, i);
    }
    return decoded;
  }

  @Benchmark
  public int[] bins() {
    for (int i = 0; i < VALUES; i += ROW) {
      tensor.bins(values, i, ROW, 0, 20, bins);
    }
    return bins;
  }

  /** Columns of 64 elements, as a rotation of 64 has them. */
  @Benchmark
  public float[] reflect() {
    for (int i = 0; i < VALUES; i += ROW * VECTOR) {
      rotation.reflect(values, i, ROW, ROW, vector, 0, dots);
    }
    return values;
  }

  @Benchmark
  public double[] squaredError() {
    for (int i = 0; i < VALUES; i += ROW) {
      tensor.squaredError(values, i, levels, 0, ROW, sums);
    }
    return sums;
  }
}
