package llm265.trinity;

import java.util.Arrays;

/** The reference of {@link SearchKernels}: each lane by itself, as SPEC.md tells it. */
public final class ScalarSearchKernels implements SearchKernels {
  private static final int LANES = ChunkKernels.LANES;

  @Override
  public void search(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] states, int[] codes, int[] decisions, float[] metrics) {
    for (int lane = 0; lane < LANES; lane++) {
      int end = searchLane(
          values, from, steps, centre, inverseStep, trellis, costs, length, classes, states == null ? 0 : states[lane], codes,
          decisions, metrics, lane);
      if (states != null) {
        states[lane] = end;
      }
    }
  }

  /** Returns the state that the path ends in. */
  private static int searchLane(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int begin, int[] codes, int[] decisions, float[] metrics, int lane) {
    int states = trellis.states();
    int words = Math.ceilDiv(states, 32);
    int[] evens = new int[states];
    int[] odds = new int[states];
    for (int s = 0; s < states; s++) {
      evens[s] = trellis.previous(s, 0);
      odds[s] = trellis.previous(s, 1);
    }
    Arrays.fill(metrics, 0, states, UNREACHED);
    metrics[begin] = 0;
    int now = 0;
    for (int t = 0; t < steps; t++) {
      int i = t * LANES + lane;
      float a = steps(values[from + i], centre, inverseStep);
      int table = classes == null ? 0 : 2 * length * classes[i];
      int next = states - now;
      // States of the first quantizer come first.
      int half = Math.max(1, states / 2);
      int bits = 0;
      for (int first = 0; first < states; first += half) {
        int quantizer = first == 0 ? 0 : 1;
        float even = evenCost(a, quantizer, costs, table, length);
        float odd = cost(a, quantizer, magnitude(a, quantizer, 1), costs, table, length);
        for (int s = first; s < first + half; s++) {
          float byEven = metrics[now + evens[s]] + even;
          float byOdd = metrics[now + odds[s]] + odd;
          metrics[next + s] = Math.min(byEven, byOdd);
          // The sign: whether the odd one is less.
          bits |= (Float.floatToRawIntBits(byOdd - byEven) >>> 31) << s;
          if ((s & 31) == 31) {
            decisions[i * words + s / 32] = bits;
            bits = 0;
          }
        }
      }
      if (states < 32) {
        decisions[i] = bits;
      }
      now = next;
      if (t % METRIC_STEPS == METRIC_STEPS - 1) {
        float least = metrics[now];
        for (int s = 0; s < states; s++) {
          metrics[now + s] -= least;
        }
      }
    }
    int end = 0;
    for (int s = 1; s < states; s++) {
      end = metrics[now + s] < metrics[now + end] ? s : end;
    }
    int state = end;
    for (int t = steps - 1; t >= 0; t--) {
      int i = t * LANES + lane;
      int parity = (decisions[i * words + state / 32] >>> state) & 1;
      int quantizer = states == 1 ? 0 : state >>> (trellis.stateBits() - 1);
      float a = steps(values[from + i], centre, inverseStep);
      int table = classes == null ? 0 : 2 * length * classes[i];
      int k = magnitude(a, quantizer, parity);
      if (parity == 0 && cost(a, quantizer, 0, costs, table, length) < cost(a, quantizer, k, costs, table, length)) {
        k = 0;
      }
      int sign = Float.floatToRawIntBits((values[from + i] - centre) * inverseStep) >>> 31;
      codes[i] = (k << 2) | (sign << 1) | quantizer;
      state = trellis.previous(state, parity);
    }
    return end;
  }

  private static float steps(float value, float centre, float inverseStep) {
    return Math.min(Math.abs((value - centre) * inverseStep), GREATEST_STEPS);
  }

  /** The nearest magnitude of a parity. */
  private static int magnitude(float a, int quantizer, int parity) {
    float rest = quantizer == 0 ? 2 * parity : 3 - 2 * parity;
    float u = rest + 4 * Math.max(0, (float) Math.rint((a - rest) * 0.25f));
    return ((int) u + quantizer) >> 1;
  }

  /** The cost of the nearest even magnitude, or of zero. */
  private static float evenCost(float a, int quantizer, float[] costs, int table, int length) {
    return Math.min(
        cost(a, quantizer, magnitude(a, quantizer, 0), costs, table, length), cost(a, quantizer, 0, costs, table, length));
  }

  private static float cost(float a, int quantizer, int k, float[] costs, int table, int length) {
    float error = a - Trellis.steps(quantizer, k);
    return error * error + costs[table + quantizer * length + Math.min(k, length - 1)];
  }
}
