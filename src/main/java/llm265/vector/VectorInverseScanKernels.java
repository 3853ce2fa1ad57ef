package llm265.vector;

import java.util.Random;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.cabac.InverseScanKernels;
import llm265.h264.cabac.ScalarInverseScanKernels;
import llm265.h264.macroblock.BlockScan;
import llm265.kernel.WarmingKernels;

/**
 * {@link InverseScanKernels} with the Vector API, if a block fits into a vector of 512 bits: levels are expanded to their
 * positions in the scan and permuted, in five instructions. All of decoding takes 7 % less time at 2 and 3 bits per value, 5 %
 * less at 4.
 */
public final class VectorInverseScanKernels extends WarmingKernels implements InverseScanKernels {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final int LEVELS = 16;
  private static final boolean ONE_VECTOR = LaneIndex.LANES == LEVELS;
  private static final IntVector FROM_ZIGZAG = LaneIndex.of(inverse(BlockScan.ZIGZAG_4X4));
  private static final IntVector FROM_FIELD = LaneIndex.of(inverse(BlockScan.FIELD_4X4));

  /** A call saves some 20 ns, less than with other kernels. */
  private static final int CALLS_BEFORE = 1_000_000;

  private final ScalarInverseScanKernels scalar = new ScalarInverseScanKernels();

  public VectorInverseScanKernels() {
    super(CALLS_BEFORE);
  }

  /** The position in the scan of each position in the block. */
  private static IntUnaryOperator inverse(int[] scan) {
    int[] positions = new int[LEVELS];
    for (int k = 0; k < LEVELS; k++) {
      positions[scan[k]] = k;
    }
    return lane -> positions[lane % LEVELS];
  }

  @Override
  public void place4x4(int[] inOrder, long significant, boolean fieldScan, int[] levels, int offset) {
    if (!ONE_VECTOR || !isWarm()) {
      scalar.place4x4(inOrder, significant, fieldScan, levels, offset);
      return;
    }
    IntVector scanned = IntVector.fromArray(INTS, inOrder, 0).expand(VectorMask.fromLong(INTS, significant));
    (fieldScan ? FROM_FIELD : FROM_ZIGZAG).selectFrom(scanned).intoArray(levels, offset);
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    InverseScanKernels kernels = vector ? new VectorInverseScanKernels() : scalar;
    int blocks = 256;
    int[] inOrder = new int[LEVELS];
    int[] levels = new int[LEVELS * blocks];
    long[] maps = new Random(1).longs(blocks, 1, 1 << LEVELS).toArray();
    return () -> {
      for (int block = 0; block < blocks; block++) {
        kernels.place4x4(inOrder, maps[block], false, levels, LEVELS * block);
      }
    };
  }
}
