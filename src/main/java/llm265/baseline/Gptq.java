package llm265.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import llm265.moments.InputMoments;
import llm265.moments.InverseFactor;
import llm265.parallel.Workers;

/**
 * GPTQ (Frantar et al., arXiv 2210.17323): rounds the inputs of a row one after the other, and moves the error of each into
 * those that follow, such that the output changes least. With H^-1 = U^T U, the error e = (w_i - q_i) / U_ii of input i takes
 * e U_ij off each later weight w_j.
 *
 * <p>Calibrated on second moments of the layer's input. As in the original, H is damped by 1 % of its mean diagonal, inputs that
 * are always 0 have weights 0, and a group's grid is found when its first input's turn comes, from weights as they are by then.
 * The moments should be those of inputs that layers before, already quantized, make; who calls sees to that.
 *
 * <p>Differences: a group that begins inside a block of 128 inputs also sees the errors of that block; a failed factorization is
 * tried again with more damping; weights of dead inputs are 0 before a row's grid is found. Everything is binary32, but for the
 * factorization in binary64.
 *
 * <p>With act-order, inputs of greater mean square come first. Then the groups are those of this order, and 32 bits for each
 * input say which group it is in (g_idx); with static groups they are those of the row, with grids from the weights as they
 * were, and there is nothing to say.
 */
record Gptq(String name, GroupFormat format, boolean actOrder, boolean staticGroups, Workers workers)
    implements WeightQuantizer {
  private static final double DAMPING = 0.01;
  private static final int BLOCK = 128;
  private static final int GROUP_INDEX_BITS = 32;

  @Override
  public boolean isCalibrated() {
    return true;
  }

  @Override
  public String settings() {
    return "GPTQ, " + format.describe() + ", damping 0.01" + (actOrder ? ", act-order" : "")
        + (staticGroups ? ", static groups" : "");
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    InputMoments moments = group.requireMoments("GPTQ");
    int n = group.in();
    double[] second = moments.second();
    boolean[] dead = new boolean[n];
    for (int i = 0; i < n; i++) {
      dead[i] = second[i * n + i] == 0;
    }
    int[] order = order(second, n);
    double[] h = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i * n + j] = second[order[i] * n + order[j]];
      }
      h[i * n + i] = dead[order[i]] ? 1 : h[i * n + i];
    }
    float[] factor = InverseFactor.of(h, n, DAMPING);
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      float[] alive = layer.weights().clone();
      for (int i = 0; i < alive.length; i++) {
        alive[i] = dead[i % n] ? 0 : alive[i];
      }
      float[] rounded = new float[alive.length];
      RowChunks.forEach(workers, layer.out(), (first, end) ->
          new Rows(alive, n, first, end, order, factor).round(rounded));
      results.add(new QuantizedLayer(rounded, format.bits(layer.out(), n) + indexBits(n)));
    }
    return results;
  }

  private long indexBits(int n) {
    return actOrder && !staticGroups && format.groups(n) > 1 ? (long) GROUP_INDEX_BITS * n : 0;
  }

  private int[] order(double[] second, int n) {
    IntStream inputs = IntStream.range(0, n);
    return actOrder
        ? inputs.boxed().sorted(Comparator.comparingDouble(i -> -second[i * n + i])).mapToInt(Integer::intValue).toArray()
        : inputs.toArray();
  }

  /** A few rows at work; their inputs are in the order of rounding. */
  private final class Rows {
    private final int n;
    private final int first;
    private final int rows;
    private final int[] order;
    private final float[] factor;
    private final int groupSize;
    private final float[] weights;
    private final float[] errors;
    private final float[] rowScales;
    /** Of each row: for each group with static groups, and else the grid of the current group only. */
    private final Grid[][] grids;

    Rows(float[] all, int n, int first, int end, int[] order, float[] factor) {
      this.n = n;
      this.first = first;
      this.order = order;
      this.factor = factor;
      rows = end - first;
      groupSize = format.groupSize(n);
      weights = new float[rows * n];
      errors = new float[rows * BLOCK];
      rowScales = new float[rows];
      grids = new Grid[rows][staticGroups ? format.groups(n) : 1];
      for (int r = 0; r < rows; r++) {
        int from = (first + r) * n;
        rowScales[r] = format.rowScale(all, from, n);
        for (int i = 0; i < n; i++) {
          weights[r * n + i] = all[from + order[i]];
        }
        Arrays.setAll(grids[r], g -> new Grid());
        for (int g = 0; staticGroups && g < grids[r].length; g++) {
          format.fit(all, from + g * groupSize, Math.min(groupSize, n - g * groupSize), rowScales[r], grids[r][g]);
        }
      }
    }

    void round(float[] rounded) {
      for (int begin = 0; begin < n; begin += BLOCK) {
        int end = Math.min(n, begin + BLOCK);
        for (int i = begin; i < end; i++) {
          for (int r = 0; r < rows; r++) {
            float value = grid(r, i).nearest(weights[r * n + i]);
            float error = (weights[r * n + i] - value) / factor[i * n + i];
            rounded[(first + r) * n + order[i]] = value;
            errors[r * BLOCK + i - begin] = error;
            feedBack(r, i, error, i + 1, end);
          }
        }
        for (int i = begin; i < end; i++) {
          for (int r = 0; r < rows; r++) {
            feedBack(r, i, errors[r * BLOCK + i - begin], end, n);
          }
        }
      }
    }

    private Grid grid(int r, int i) {
      if (staticGroups) {
        return grids[r][order[i] / groupSize];
      }
      Grid grid = grids[r][0];
      if (i % groupSize == 0) {
        format.fit(weights, r * n + i, Math.min(groupSize, n - i), rowScales[r], grid);
      }
      return grid;
    }

    private void feedBack(int r, int i, float error, int from, int to) {
      int row = r * n;
      int column = i * n;
      for (int j = from; j < to; j++) {
        weights[row + j] -= error * factor[column + j];
      }
    }
  }
}
