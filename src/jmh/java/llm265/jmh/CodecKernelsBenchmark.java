package llm265.jmh;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.h264.deblock.DeblockKernels;
import llm265.h264.deblock.ScalarDeblockKernels;
import llm265.h264.encode.DistortionKernels;
import llm265.h264.encode.ScalarDistortionKernels;
import llm265.vector.VectorDeblockKernels;
import llm265.vector.VectorDistortionKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Differences, distortion and deblocking of one macroblock's luma, the scalar reference against the Vector API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class CodecKernelsBenchmark {
  private static final int STRIDE = 64;
  private static final int FIRST = 16 * STRIDE + 16;
  private static final int ALL_EDGES = 0b1111;

  /** alpha, beta and tC0 at QP 36: of the macroblock's own edge with bS = 4, and of the others. */
  private static final int[] THRESHOLDS = {40, 13, -1, 40, 13, 4};

  @Param({"scalar", "vector"})
  public String kernels;

  private DistortionKernels distortion;
  private DeblockKernels deblock;
  private final short[] source = new short[48 * STRIDE];
  private final short[] filtered = new short[48 * STRIDE];
  private final short[] prediction = new short[256];
  private final int[] residual = new int[256];
  private final short[] scratch = new short[DeblockKernels.SCRATCH];

  @Setup
  public void fill() {
    boolean scalar = kernels.equals("scalar");
    distortion = scalar ? new ScalarDistortionKernels() : new VectorDistortionKernels();
    deblock = scalar ? new ScalarDeblockKernels() : new VectorDeblockKernels();
    Random random = new Random(1);
    for (int i = 0; i < source.length; i++) {
      source[i] = (short) (128 + 3 * random.nextGaussian());
    }
    Arrays.fill(prediction, (short) 128);
  }

  @Benchmark
  public long subtract() {
    return distortion.subtract(source, FIRST, STRIDE, prediction, 0, 16, 16, 16, 0, residual);
  }

  @Benchmark
  public long squaredError() {
    return distortion.squaredError(source, FIRST, STRIDE, prediction, 0, 16, 16, 16, 0);
  }

  @Benchmark
  public short[] deblockVerticalEdges() {
    System.arraycopy(source, 0, filtered, 0, source.length);
    deblock.filterLuma(filtered, FIRST, 1, STRIDE, ALL_EDGES, THRESHOLDS, 255, scratch);
    return filtered;
  }

  @Benchmark
  public short[] deblockHorizontalEdges() {
    System.arraycopy(source, 0, filtered, 0, source.length);
    deblock.filterLuma(filtered, FIRST, STRIDE, 1, ALL_EDGES, THRESHOLDS, 255, scratch);
    return filtered;
  }
}
