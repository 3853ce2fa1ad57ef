package llm265.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * How the tensors of a model are shared between files, in their order, as Hugging Face's libraries do it and name them: a file
 * gets tensors as long as their data are not larger than a limit. A tensor is never split, so one that is larger has a file
 * of its own.
 *
 * @param begins number of the first tensor of each file, and the number of tensors
 */
public record ShardPlan(List<Integer> begins) {
  public ShardPlan {
    begins = List.copyOf(begins);
  }

  /**
   * Shares tensors.
   *
   * @param sizes bytes of each tensor's data
   * @param most the limit in bytes, 1 or more
   */
  public static ShardPlan of(long[] sizes, long most) {
    if (most < 1) {
      throw new IllegalArgumentException("shards of " + most + " bytes");
    }
    List<Integer> begins = new ArrayList<>(List.of(0));
    long sum = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (i > begins.getLast() && sizes[i] > most - sum) {
        begins.add(i);
        sum = 0;
      }
      sum += Math.min(sizes[i], Long.MAX_VALUE - sum);
    }
    begins.add(sizes.length);
    return new ShardPlan(begins);
  }

  /** Number of files, at least 1. */
  public int count() {
    return begins.size() - 1;
  }

  /** Number of the first tensor of a file. */
  public int begin(int shard) {
    return begins.get(shard);
  }

  /** Number of the tensor after the last of a file. */
  public int end(int shard) {
    return begins.get(shard + 1);
  }

  /** The name of a file; a single one has the name of a model that is in one file. */
  public String name(int shard) {
    return count() == 1 ? CheckpointFolder.WEIGHTS
        : String.format("model-%05d-of-%05d.safetensors", shard + 1, count());
  }
}
