package llm265.vector;

import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The species of 32-bit lanes that transforms use, and index vectors that permute lanes.
 *
 * <p>Two-source permutations are written {@code index.selectFrom(a, b)}: lane l of the result is element index[l] of a followed
 * by b.
 */
public final class LaneIndex {
  /** 4, 8 or 16 lanes, as on the machine. A species wider than the machine's would be emulated, lane by lane. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(Math.min(512, Math.max(128, preferredBits()))));

  public static final int LANES = INTS.length();

  private LaneIndex() {}

  private static int preferredBits() {
    return VectorShape.preferredShape().vectorBitSize();
  }

  /** The vector whose lane l is {@code source} of l. */
  public static IntVector of(IntUnaryOperator source) {
    int[] lanes = new int[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = source.applyAsInt(lane);
    }
    return IntVector.fromArray(INTS, lanes, 0);
  }
}
