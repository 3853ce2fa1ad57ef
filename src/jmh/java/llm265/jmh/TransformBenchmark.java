package llm265.jmh;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.ScalarTransformKernels;
import llm265.h264.transform.TransformKernels;
import llm265.vector.VectorTransformKernels;
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

/** Transforms and quantization of one macroblock, the scalar reference against the Vector API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TransformBenchmark {
  private static final int QP = 28;

  @Param({"scalar", "vector"})
  public String kernels;

  private TransformKernels transform;
  private final int[] residual = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] levels = new int[256];
  private final int[] scratch = new int[256];
  private final short[] samples = new short[256];
  private final int[] levelScale = LevelScale.FLAT.levelScale4x4(0, QP);
  private final int[] levelScale8x8 = LevelScale.FLAT.levelScale8x8(0, QP);
  private final float[] scale = Quantization.scale4x4(levelScale, QP);

  @Setup
  public void fill() {
    transform = kernels.equals("scalar") ? new ScalarTransformKernels() : new VectorTransformKernels();
    Random random = new Random(1);
    for (int i = 0; i < 256; i++) {
      residual[i] = (int) Math.round(28 * random.nextGaussian());
      samples[i] = (short) (128 + residual[i]);
    }
    transform.forward4x4(residual, coefficients);
    transform.quantize(coefficients, 0, 256, scale, 0.5f, levels, 0);
  }

  @Benchmark
  public int[] forward4x4() {
    transform.forward4x4(residual, coefficients);
    return coefficients;
  }

  @Benchmark
  public int[] forward8x8() {
    transform.forward8x8(residual, coefficients);
    return coefficients;
  }

  @Benchmark
  public int[] quantize() {
    transform.quantize(coefficients, 0, 256, scale, 0.5f, levels, 0);
    return levels;
  }

  @Benchmark
  public short[] residual4x4() {
    transform.residual4x4(levels, 0, levelScale, QP, null, 0, 0xFFFF, 16, samples, 0, 16, 255, scratch);
    return samples;
  }

  @Benchmark
  public short[] residual8x8() {
    transform.residual8x8(levels, 0, levelScale8x8, QP, 15, samples, 0, 16, 255, scratch);
    return samples;
  }
}
