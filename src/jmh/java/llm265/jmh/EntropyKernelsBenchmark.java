package llm265.jmh;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.h264.cabac.InverseScanKernels;
import llm265.h264.cabac.LevelKernels;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.cabac.ResidualBins;
import llm265.h264.cabac.ScalarInverseScanKernels;
import llm265.h264.cabac.ScalarLevelKernels;
import llm265.h264.rate.ScalarTrellisKernels;
import llm265.h264.rate.TrellisKernels;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.vector.VectorInverseScanKernels;
import llm265.vector.VectorLevelKernels;
import llm265.vector.VectorTrellisKernels;
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

/** What entropy coding does with the sixteen 4x4 blocks of a macroblock, the scalar reference against the Vector API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class EntropyKernelsBenchmark {
  private static final int BLOCKS = 16;
  private static final int LEVELS = LevelKernels.LEVELS;
  private static final int MACROBLOCKS = 64;
  private static final int QP = 28;

  @Param({"scalar", "vector"})
  public String kernels;

  private LevelKernels level;
  private InverseScanKernels inverseScan;
  private TrellisKernels trellis;
  private final ResidualBins bins = MacroblockWriter.lumaAcBins();
  /** As many that a branch predictor cannot learn them. */
  private final int[] coefficients = new int[MACROBLOCKS * BLOCKS * LEVELS];
  private final int[] levels = new int[MACROBLOCKS * BLOCKS * LEVELS];
  private final int[] inOrder = new int[LEVELS];
  private final long[] significant = new long[MACROBLOCKS * BLOCKS];
  private final int[] placed = new int[BLOCKS * LEVELS];
  private final byte[] operations = new byte[2 * LevelKernels.MOST_OPERATIONS];
  private final int[] scratch = new int[LevelKernels.SCRATCH];
  private final float[] scale = Quantization.scale4x4(LevelScale.FLAT.levelScale4x4(0, QP), QP);
  private final float[] costs = new float[TrellisKernels.COSTS];
  private final int[] macroblock = new int[BLOCKS * LEVELS];
  private final int[] scanned = new int[BLOCKS * LEVELS];
  private final int[] choices = new int[BLOCKS * LEVELS];
  private final int[] best = new int[BLOCKS * TrellisKernels.CTX_IDX_INCS];
  private final float[] room = new float[TrellisKernels.SCRATCH];
  private int next;

  @Setup
  public void fill() {
    boolean scalar = kernels.equals("scalar");
    level = scalar ? new ScalarLevelKernels() : new VectorLevelKernels();
    inverseScan = scalar ? new ScalarInverseScanKernels() : new VectorInverseScanKernels();
    trellis = scalar ? new ScalarTrellisKernels() : new VectorTrellisKernels();
    Random random = new Random(1);
    Arrays.fill(inOrder, 1);
    for (int i = 0; i < levels.length; i++) {
      double value = random.nextGaussian();
      // Some 3 bits per value.
      levels[i] = (int) (1.9 * value);
      coefficients[i] = (int) (1.9 * value / scale[i % LEVELS]);
      significant[i / LEVELS] |= levels[i] == 0 ? 0 : 1L << i % LEVELS;
    }
    for (int i = 0; i < costs.length; i++) {
      costs[i] = 0.1f + 0.2f * random.nextFloat();
    }
  }

  private int macroblock() {
    next = (next + 1) % MACROBLOCKS;
    return next;
  }

  @Benchmark
  public int binarize4x4() {
    int first = BLOCKS * macroblock();
    int count = 0;
    for (int block = first; block < first + BLOCKS; block++) {
      count += level.binarize4x4(levels, LEVELS * block, 1, bins, operations, 0, scratch);
    }
    return count;
  }

  @Benchmark
  public int[] place4x4() {
    int first = BLOCKS * macroblock();
    Arrays.fill(placed, 0);
    for (int block = 0; block < BLOCKS; block++) {
      inverseScan.place4x4(inOrder, significant[first + block], false, placed, LEVELS * block);
    }
    return placed;
  }

  @Benchmark
  public int[] trellis() {
    System.arraycopy(coefficients, BLOCKS * LEVELS * macroblock(), macroblock, 0, macroblock.length);
    trellis.search(macroblock, scale, costs, scanned, choices, best, room);
    return best;
  }
}
