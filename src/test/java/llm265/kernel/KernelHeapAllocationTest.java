package llm265.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import llm265.h264.cabac.InverseScanKernels;
import llm265.h264.cabac.LevelKernels;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.cabac.ResidualBins;
import llm265.h264.deblock.DeblockKernels;
import llm265.h264.encode.DistortionKernels;
import llm265.h264.rate.TrellisKernels;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.TransformKernels;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.values.TensorKernels;
import org.junit.jupiter.api.Test;

/**
 * No kernel allocates once it is compiled, whatever other kernels have run in the same process: they take turns, so that
 * the Vector API sees vectors of all sizes before the first of them is compiled.
 */
class KernelHeapAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Rounds of all operations, and calls in a round. */
  private static final int ROUNDS = 20_000;
  private static final int CALLS = 20;

  private static final int STRIDE = 48;

  @Test
  void kernelsAllocateNothing() {
    Map<String, Runnable> operations = new LinkedHashMap<>();
    addDistortion(operations);
    addTransforms(operations);
    addLevels(operations);
    addDeblocking(operations);
    addTensors(operations);
    addRotations(operations);
    Map<String, Long> least = new TreeMap<>();
    operations.keySet().forEach(name -> least.put(name, Long.MAX_VALUE));
    for (int round = 0; round < ROUNDS && least.values().stream().anyMatch(bytes -> bytes > 0); round++) {
      operations.forEach((name, operation) -> least.merge(name, allocated(operation), Math::min));
    }
    least.values().removeIf(bytes -> bytes == 0);
    assertThat(least).as("bytes for %d calls", CALLS).isEmpty();
  }

  private static long allocated(Runnable operation) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      operation.run();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static short[] samples() {
    short[] samples = new short[STRIDE * STRIDE];
    for (int k = 0; k < samples.length; k++) {
      samples[k] = (short) (100 + ((k >> 2) & 3) + ((k / STRIDE >> 2) & 3) + k * 37 % 5);
    }
    return samples;
  }

  private static void addDistortion(Map<String, Runnable> operations) {
    DistortionKernels kernels = DistortionKernels.ACTIVE;
    short[] a = samples();
    short[] b = new short[256];
    int[] residual = new int[256];
    for (int width = 4; width <= 16; width *= 2) {
      int size = width;
      operations.put("subtract " + size, () -> kernels.subtract(a, 0, STRIDE, b, 0, size, size, size, 0, residual));
      operations.put("squaredError " + size, () -> kernels.squaredError(a, 0, STRIDE, b, 0, size, size, size, 0));
    }
  }

  private static void addTransforms(Map<String, Runnable> operations) {
    TransformKernels kernels = TransformKernels.ACTIVE;
    int qP = 24;
    int[] levelScale4x4 = LevelScale.FLAT.levelScale4x4(0, qP);
    int[] levelScale8x8 = LevelScale.FLAT.levelScale8x8(0, qP);
    float[] scale4x4 = Quantization.scale4x4(levelScale4x4, qP);
    float[] scale8x8 = Quantization.scale8x8(levelScale8x8, qP);
    int[] residual = new int[256];
    for (int k = 0; k < 256; k++) {
      residual[k] = k * 37 % 101 - 50;
    }
    int[] coefficients = new int[256];
    int[] levels = new int[256];
    int[] scratch = new int[TransformKernels.SCRATCH];
    short[] samples = samples();
    operations.put("forward4x4", () -> kernels.forward4x4(residual, coefficients));
    operations.put("quantize 4x4", () -> kernels.quantize(coefficients, 0, 256, scale4x4, 0.5f, levels, 0));
    operations.put("residual4x4", () ->
        kernels.residual4x4(levels, 0, levelScale4x4, qP, null, 0, 0xFFFF, 16, samples, 0, STRIDE, 255, scratch));
    operations.put("residual4x4 with DC", () ->
        kernels.residual4x4(levels, 0, levelScale4x4, qP, residual, 0, 0xF, 16, samples, 0, STRIDE, 255, scratch));
    operations.put("residual4x4 of chroma", () ->
        kernels.residual4x4(levels, 0, levelScale4x4, qP, residual, 0, 0xF, 4, samples, 0, STRIDE, 255, scratch));
    operations.put("forward8x8", () -> kernels.forward8x8(residual, coefficients));
    operations.put("quantize 8x8", () -> kernels.quantize(coefficients, 0, 256, scale8x8, 0.5f, levels, 0));
    operations.put("residual8x8", () ->
        kernels.residual8x8(levels, 0, levelScale8x8, qP, 15, samples, 0, STRIDE, 255, scratch));
  }

  private static void addLevels(Map<String, Runnable> operations) {
    LevelKernels kernels = LevelKernels.ACTIVE;
    int[] levels = new int[LevelKernels.LEVELS];
    int[] scratch = new int[LevelKernels.SCRATCH];
    byte[] bins = new byte[2 * LevelKernels.MOST_OPERATIONS];
    levels[5] = 3;
    TrellisKernels trellis = TrellisKernels.ACTIVE;
    int[] coefficients = new int[16 * TrellisKernels.BLOCKS];
    Arrays.setAll(coefficients, k -> k * 37 % 101 - 50);
    float[] scale = new float[16];
    Arrays.fill(scale, 1 / 16f);
    float[] costs = new float[TrellisKernels.COSTS];
    int[] scanned = new int[TrellisKernels.COEFFICIENTS * TrellisKernels.BLOCKS];
    int[] choices = new int[scanned.length];
    int[] best = new int[TrellisKernels.CTX_IDX_INCS * TrellisKernels.BLOCKS];
    int[] chosen = new int[coefficients.length];
    float[] room = new float[TrellisKernels.SCRATCH];
    int[] roomToTrace = new int[TrellisKernels.SCRATCH];
    float[] magnitudes = {0, 1.4f, 2.3f, 0.6f, 1.7f, 0.2f, 40, 0.9f, 1.2f};
    float[] paths = new float[TrellisKernels.STATES];
    operations.put("trellis of a block",
        () -> trellis.searchBlock(magnitudes, magnitudes.length, costs, choices, paths, room));
    operations.put("trellis of a macroblock",
        () -> trellis.search(coefficients, scale, costs, scanned, choices, best, room));
    operations.put("trellis, way back", () -> trellis.trace(scanned, scale, choices, best, chosen, roomToTrace));
    ResidualBins pieces = MacroblockWriter.lumaAcBins();
    int[] placed = new int[LevelKernels.LEVELS];
    operations.put("place4x4", () -> InverseScanKernels.ACTIVE.place4x4(levels, 0x8421, false, placed, 0));
    operations.put("binarize4x4", () -> kernels.binarize4x4(levels, 0, 1, pieces, bins, 0, scratch));
  }

  private static void addDeblocking(Map<String, Runnable> operations) {
    DeblockKernels kernels = DeblockKernels.ACTIVE;
    int strong = -1;
    int[] thresholds = {40, 10, strong, 40, 10, 4};
    short[] samples = samples();
    short[] original = samples.clone();
    short[] scratch = new short[DeblockKernels.SCRATCH];
    int offset = 16 * STRIDE + 16;
    operations.put("filterLuma, vertical edges", () -> {
      System.arraycopy(original, 0, samples, 0, samples.length);
      kernels.filterLuma(samples, offset, 1, STRIDE, 15, thresholds, 255, scratch);
    });
    operations.put("filterLuma, horizontal edges", () -> {
      System.arraycopy(original, 0, samples, 0, samples.length);
      kernels.filterLuma(samples, offset, STRIDE, 1, 15, thresholds, 255, scratch);
    });
    operations.put("filterChroma", () -> kernels.filterChroma(samples, offset, STRIDE, 1, 8, 3, thresholds, 255));
  }

  private static void addRotations(Map<String, Runnable> operations) {
    RotationKernels kernels = RotationKernels.ACTIVE;
    float[] plane = new float[64 * 64];
    float[] vector = new float[64];
    float[] dots = new float[64];
    float[] sums = new float[64 * 16];
    operations.put("products", () -> kernels.addProducts(plane, 0, 64, 1, 11, 9, plane, 0, 16, sums, 0));
    operations.put("reflection", () -> kernels.reflect(plane, 0, 64, 63, vector, 0.1f, dots));
  }

  private static void addTensors(Map<String, Runnable> operations) {
    TensorKernels kernels = TensorKernels.ACTIVE;
    int count = 250;
    float[] values = new float[256];
    float[] levels = new float[256];
    int[] coefficients = new int[256];
    byte[] signs = new byte[256];
    for (int i = 0; i < 256; i++) {
      values[i] = i * 37 % 101 - 50;
      coefficients[i] = i * 37 % 101 - 50;
      signs[i] = (byte) -(i & 1);
    }
    float[] decoded = new float[256];
    float[] scale = new float[16];
    int[] costs = new int[TensorKernels.LEVEL_COSTS];
    double[] sums = new double[4 * TensorKernels.LANES];
    float[] range = new float[2];
    short[] samples = new short[256];
    operations.put("moments", () -> kernels.moments(values, 0, count, 0, sums, range));
    float[] notFinite = values.clone();
    notFinite[100] = Float.NaN;
    operations.put("moments without a NaN", () -> kernels.moments(notFinite, 0, count, 0, sums, range));
    operations.put("quantize of values", () -> kernels.quantize(values, 0, count, 0, 1, 127.5f, 128, samples, 0));
    operations.put("dequantize", () -> kernels.dequantize(levels, 0, count, 0, 1, decoded, 0));
    double[] columns = new double[256];
    byte[] bytes = new byte[256];
    operations.put("squares", () -> kernels.squares(values, 0, count, 0, 100, columns, sums));
    int[] bins = new int[256];
    operations.put("bins", () -> kernels.bins(values, 0, count, 1, 19, bins));
    operations.put("levels", () -> kernels.levels(samples, 0, count, 128, levels));
    operations.put("bytes", () -> kernels.bytes(samples, 0, count, bytes));
    operations.put("regression", () -> kernels.regression(values, 0, count, 0, levels, 0, sums));
    operations.put("squaredError of values", () -> kernels.squaredError(values, 0, decoded, 0, count, sums));
    operations.put("negate", () -> kernels.negate(coefficients, signs, 0, coefficients));
    operations.put("levelCost", () -> kernels.levelCost(coefficients, 0, 256, scale, 0.5f, 4096, costs, 23));
  }
}
