package llm265.tensor.tools;

import java.util.Arrays;
import llm265.dtype.Shape;

/**
 * The input channel of each value of a tensor. Runs of values take some channels in turn. After a block of values come as many
 * other channels, so that each expert of a mixture has its own.
 *
 * @param run number of consecutive values in one channel, 1 or more
 * @param inBlock number of channels of a block, 1 or more
 * @param block number of values of a block; {@link #NO_BLOCKS} if there is only one
 */
public record Channels(long run, int inBlock, long block) {
  static final long NO_BLOCKS = Long.MAX_VALUE;

  public Channels {
    if (run < 1 || inBlock < 1 || block < 1) {
      throw new IllegalArgumentException("blocks of " + block + " values, " + inBlock + " channels, runs of " + run);
    }
  }

  /**
   * The channels of a shape for a number of weights: its last dimension; or the first, if only that one has as many; or the
   * last dimension of each matrix separately.
   *
   * @throws IllegalArgumentException if none of them fits
   */
  public static Channels of(int count, long... shape) {
    int rank = shape.length;
    if (rank > 0 && shape[rank - 1] == count) {
      return new Channels(1, Math.max(1, count), NO_BLOCKS);
    }
    long values = Shape.count(shape);
    if (rank > 0 && shape[0] == count) {
      return new Channels(Math.max(1, values / Math.max(1, count)), Math.max(1, count), NO_BLOCKS);
    }
    if (rank > 2 && values > 0 && shape[0] <= count && shape[0] * shape[rank - 1] == count) {
      return new Channels(1, (int) shape[rank - 1], values / shape[0]);
    }
    throw new IllegalArgumentException(
        count + " weights fit neither the last nor the first dimension of " + Arrays.toString(shape)
            + (rank > 2 ? ", nor both together" : ""));
  }

  /** The channel of a value, given by its index in the tensor. */
  public int of(long index) {
    int inItsBlock = (int) (index / run % inBlock);
    return block == NO_BLOCKS ? inItsBlock : (int) (index / block * inBlock) + inItsBlock;
  }

  public boolean hasBlocks() {
    return block != NO_BLOCKS;
  }
}
