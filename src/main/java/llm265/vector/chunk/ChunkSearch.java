package llm265.vector.chunk;

import java.util.Arrays;
import llm265.trinity.ChunkKernels;
import llm265.trinity.SearchKernels;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/** The search for levels: costs of branches and paths forward by turns, a block of steps each, then paths back. */
final class ChunkSearch {
  private static final int LANES = ChunkKernels.LANES;
  private static final int BLOCK = SearchKernels.METRIC_STEPS;

  private ChunkSearch() {}

  static void search(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] pathStates, int[] codes, int[] decisions, float[] metrics) {
    if (trellis.states() == 1 && LaneIndex.LANES == LANES && length == ChunkKernels.NARROW_LENGTH
        && (classes == null || ChunkClasses.isUniform(classes, 0, LANES * steps))) {
      for (int t = 0; t < steps; t += BLOCK) {
        int table = classes == null ? 0 : 2 * length * classes[0];
        ChunkUniformSearch.search(
            values, from + t * LANES, Math.min(BLOCK, steps - t), centre, inverseStep, costs, table, codes, t * LANES);
      }
      return;
    }
    int states = trellis.states();
    int words = Math.ceilDiv(states, 32);
    int half = states * LANES;
    int branchAt = 2 * half;
    begin(metrics, half, pathStates);
    for (int t = 0; t < steps; t += BLOCK) {
      int count = Math.min(BLOCK, steps - t);
      branches(values, from, t, count, centre, inverseStep, costs, length, classes, codes, metrics, branchAt);
      for (int lane = 0; lane < LANES; lane += LaneIndex.LANES) {
        ChunkPaths.forward(trellis, count, metrics, branchAt, decisions, t * words * LANES, metrics, lane);
        if (count == BLOCK) {
          ChunkPaths.subtractFirst(metrics, 0, states, lane);
        }
      }
    }
    int end = states < 16 ? 0 : (steps & 1) * half;
    for (int lane = 0; lane < LANES; lane += LaneIndex.LANES) {
      ChunkTraceback.trace(values, from, steps, centre, inverseStep, trellis, decisions, metrics, end, lane, pathStates, codes);
    }
  }

  private static void begin(float[] metrics, int half, int[] pathStates) {
    if (pathStates == null) {
      Arrays.fill(metrics, 0, LANES, 0);
      Arrays.fill(metrics, LANES, half, SearchKernels.UNREACHED);
      return;
    }
    Arrays.fill(metrics, 0, half, SearchKernels.UNREACHED);
    for (int lane = 0; lane < LANES; lane++) {
      metrics[pathStates[lane] * LANES + lane] = 0;
    }
  }

  private static void branches(
      float[] values, int from, int first, int count, float centre, float inverseStep, float[] costs, int length, byte[] classes,
      int[] codes, float[] branches, int branchAt) {
    if (LaneIndex.LANES != LANES || length != ChunkKernels.NARROW_LENGTH) {
      ChunkBranches.gathered(
          values, from + first * LANES, count, centre, inverseStep, costs, length, classes, first * LANES, codes, first * LANES,
          branches, branchAt);
      return;
    }
    int t = first;
    while (t < first + count) {
      int i = t * LANES;
      int run = classes == null ? count : ChunkClasses.run(classes, i, first + count - t);
      int at = branchAt + (t - first) * ChunkBranches.STEP;
      if (run > 0) {
        int table = classes == null ? 0 : 2 * length * classes[i];
        ChunkBranches.permuted(values, from + i, run, centre, inverseStep, costs, table, codes, i, branches, at);
      } else {
        run = -run;
        ChunkBranches.gathered(
            values, from + i, run, centre, inverseStep, costs, length, classes, i, codes, i, branches, at);
      }
      t += run;
    }
  }
}
