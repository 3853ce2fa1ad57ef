package llm265.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * AWQ (Lin et al., arXiv 2306.00978): scales the inputs that matter up before rounding, and folds the inverse into what comes
 * before; then clips the ranges of groups; then rounds to nearest with zeros.
 *
 * <p>Calibrated on mean magnitudes a and second moments of the input. For r = 0, 0.05, ... 0.95 the scales are
 * s = max(a^r, 1e-4), divided by sqrt(max s * min s). The r with the least {@link OutputError} of all layers of the group is
 * taken; r = 0 is plain rounding. Then each row and group tries to clip to 1, 0.95, ... 0.55 of its greatest magnitude, and
 * takes what changes its part of the output least: d H d^T over the group's inputs. Queries and keys are not clipped, as in the
 * original.
 *
 * <p>Differences: for layers of attention and for gate and up, the original compares outputs of the whole attention or MLP, on
 * some tokens; here they are the outputs of the linear layers, on all calibration tokens. Layers whose scales cannot be folded
 * are only clipped. The range of a group includes 0, see {@link UniformFormat.Range#ASYMMETRIC}. Scales cost no bits: they vanish
 * in what they are folded into.
 */
record Awq(String name, UniformFormat format, Workers workers) implements WeightQuantizer {
  private static final int RATIOS = 20;
  private static final double LEAST_SCALE = 1e-4;
  private static final int CLIPS = 10;
  private static final float CLIP_STEP = 0.05f;
  private static final Pattern UNCLIPPED = Pattern.compile("(.*[._])?(q|k|qk|qkv|query|key|query_key_value|Wqkv)([._].*)?");

  @Override
  public boolean isCalibrated() {
    return true;
  }

  @Override
  public String settings() {
    return "AWQ, " + format.describe() + ", 20 scale ratios, 10 clips except for queries and keys";
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    InputMoments moments = group.requireMoments("AWQ");
    float[] scales = group.foldable() ? searchScales(group, moments) : ones(group.in());
    double[] second = scaled(moments.second(), scales);
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      boolean clips = !UNCLIPPED.matcher(layer.name()).matches();
      float[] rounded = rounded(layer, scales, clips ? second : null);
      results.add(new QuantizedLayer(rounded, format.bits(layer.out(), layer.in())));
    }
    return results;
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private float[] searchScales(LinearGroup group, InputMoments moments) {
    float[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < RATIOS; i++) {
      float[] scales = scales(moments.meanMagnitude(), (double) i / RATIOS);
      double error = 0;
      for (Layer layer : group.layers()) {
        error += OutputError.of(layer, rounded(layer, scales, null), moments, workers);
      }
      if (best == null || error < least) {
        least = error;
        best = scales;
      }
    }
    return best;
  }

  private static float[] scales(double[] magnitudes, double ratio) {
    double[] powers = new double[magnitudes.length];
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (int c = 0; c < powers.length; c++) {
      powers[c] = Math.max(StrictMath.pow(magnitudes[c], ratio), LEAST_SCALE);
      least = Math.min(least, powers[c]);
      greatest = Math.max(greatest, powers[c]);
    }
    float[] scales = new float[powers.length];
    for (int c = 0; c < powers.length; c++) {
      scales[c] = (float) (powers[c] / Math.sqrt(greatest * least));
    }
    return scales;
  }

  /** Second moments of inputs that are divided by scales. */
  private static double[] scaled(double[] second, float[] scales) {
    int n = scales.length;
    double[] result = new double[second.length];
    for (int i = 0; i < second.length; i++) {
      result[i] = second[i] / ((double) scales[i / n] * scales[i % n]);
    }
    return result;
  }

  /** Rounds weights that are multiplied by scales, and divides them again. Clips if there are second moments to clip by. */
  private float[] rounded(Layer layer, float[] scales, double[] second) {
    int n = layer.in();
    float[] result = new float[layer.weights().length];
    RowChunks.forEach(workers, layer.out(), (first, end) -> {
      Grid grid = new Grid();
      ClipSearch search = second == null ? null : new ClipSearch(n, second);
      float[] row = new float[n];
      for (int r = first; r < end; r++) {
        for (int c = 0; c < n; c++) {
          row[c] = layer.weights()[r * n + c] * scales[c];
        }
        if (search == null) {
          format.roundRow(row, 0, n, row, grid);
        } else {
          search.roundRow(row);
        }
        for (int c = 0; c < n; c++) {
          result[r * n + c] = row[c] / scales[c];
        }
      }
    });
    return result;
  }

  /** Clips the groups of a row. */
  private final class ClipSearch {
    private final int n;
    private final double[] second;
    private final int size;
    private final Grid grid = new Grid();
    private final float[] clipped;
    private final double[] errors;
    private final double[] work;

    ClipSearch(int n, double[] second) {
      this.n = n;
      this.second = second;
      size = format.groupSize(n);
      clipped = new float[size];
      errors = new double[size];
      work = new double[size];
    }

    void roundRow(float[] row) {
      for (int first = 0; first < n; first += size) {
        int count = Math.min(size, n - first);
        float amax = 0;
        for (int i = first; i < first + count; i++) {
          amax = Math.max(amax, Math.abs(row[i]));
        }
        float limit = bestLimit(row, first, count, amax);
        round(row, first, count, limit);
        System.arraycopy(clipped, 0, row, first, count);
      }
    }

    private float bestLimit(float[] row, int first, int count, float amax) {
      float best = amax;
      double least = Double.POSITIVE_INFINITY;
      for (int step = 0; step < CLIPS; step++) {
        float limit = amax * (1 - step * CLIP_STEP);
        round(row, first, count, limit);
        for (int i = 0; i < count; i++) {
          errors[i] = (double) clipped[i] - row[first + i];
        }
        double error = OutputError.ofInputs(errors, first, count, second, n, work);
        if (error < least) {
          least = error;
          best = limit;
        }
      }
      return best;
    }

    private void round(float[] row, int first, int count, float limit) {
      for (int i = 0; i < count; i++) {
        clipped[i] = Math.clamp(row[first + i], -limit, limit);
      }
      format.fit(clipped, 0, count, 1, grid);
      for (int i = 0; i < count; i++) {
        clipped[i] = grid.nearest(clipped[i]);
      }
    }
  }
}
