package llm265.lm.token;

import java.util.Arrays;

/** The merges of byte-pair encoding: which neighbours become which token, and which go first. */
final class MergeTable {
  private final LongIntTable ranks;
  private int[] results;
  private int size;

  MergeTable(int expected) {
    ranks = new LongIntTable(expected);
    results = new int[Math.max(1, expected)];
  }

  /** Adds a merge that ranks behind all others. */
  void add(int left, int right, int result) {
    if (size == results.length) {
      results = Arrays.copyOf(results, 2 * size);
    }
    ranks.put(((long) left << 32) | right, size);
    results[size++] = result;
  }

  /** The rank of the merge of two neighbours, or {@link LongIntTable#NONE}. */
  int rank(int left, int right) {
    return ranks.get(((long) left << 32) | right);
  }

  /** Merges until no neighbours can be: always those of the least rank, of equal ones the first. */
  int[] merge(int[] symbols) {
    int count = symbols.length;
    int[] ids = symbols.clone();
    int[] before = new int[count];
    int[] after = new int[count];
    LongHeap candidates = new LongHeap(count);
    for (int i = 0; i < count; i++) {
      before[i] = i - 1;
      after[i] = i + 1;
      if (i + 1 < count) {
        addCandidate(ids, i, i + 1, candidates);
      }
    }
    boolean[] isGone = new boolean[count];
    int left = count;
    while (!candidates.isEmpty()) {
      long candidate = candidates.remove();
      int result = results[(int) (candidate >>> 32)];
      int at = (int) candidate;
      int next = after[at];
      if (isGone[at] || next == count) {
        continue;
      }
      int rank = rank(ids[at], ids[next]);
      if (rank == LongIntTable.NONE || results[rank] != result) {
        // One of the two has become something else in the meantime.
        continue;
      }
      ids[at] = result;
      isGone[next] = true;
      left--;
      after[at] = after[next];
      if (after[at] < count) {
        before[after[at]] = at;
        addCandidate(ids, at, after[at], candidates);
      }
      if (before[at] >= 0) {
        addCandidate(ids, before[at], at, candidates);
      }
    }
    int[] merged = new int[left];
    for (int i = 0, at = 0; at < count; at = after[at]) {
      merged[i++] = ids[at];
    }
    return merged;
  }

  private void addCandidate(int[] ids, int at, int next, LongHeap candidates) {
    int rank = rank(ids[at], ids[next]);
    if (rank != LongIntTable.NONE) {
      candidates.add(((long) rank << 32) | at);
    }
  }
}
