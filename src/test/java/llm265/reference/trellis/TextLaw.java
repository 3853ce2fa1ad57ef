package llm265.reference.trellis;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** A law by the text of SPEC.md, "Laws" and "Alias tables". */
final class TextLaw {
  static final int[][] RAW_BITS = {
    {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 1},
    {0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 7, 1},
    {0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 1},
  };
  static final int ESCAPE = 15;
  private static final long[] ROOTS = roots();

  /** The laws used last: computing them takes longer than using them. */
  private static final Map<List<Integer>, TextLaw> KNOWN = new LinkedHashMap<>(1000, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<List<Integer>, TextLaw> eldest) {
      return size() > 500;
    }
  };

  final int alphabet;
  /** Of each quantizer, of each token. */
  final int[][] frequencies;
  /** Of each quantizer, of each slot. */
  final int[][] tokens = new int[2][4096];
  final int[][] places = new int[2][4096];

  /** Of each quantizer, of each token, of each of its places: the slot. */
  private final int[][][] slots = new int[2][16][];

  TextLaw(int alphabet, int[][] frequencies) {
    this.alphabet = alphabet;
    this.frequencies = frequencies;
    for (int q = 0; q < 2; q++) {
      for (int t = 0; t < 16; t++) {
        int f = frequencies[q][t];
        Refused.unless(f >= 0 && f <= 4095 && f % unit(alphabet, t) == 0, "a frequency that cannot be");
      }
      Refused.unless(Arrays.stream(frequencies[q]).sum() == 4096 && frequencies[q][ESCAPE] >= 1, "frequencies that cannot be");
      alias(frequencies[q], tokens[q], places[q]);
      for (int t = 0; t < 16; t++) {
        slots[q][t] = new int[frequencies[q][t]];
      }
      for (int slot = 0; slot < 4096; slot++) {
        slots[q][tokens[q][slot]][places[q][slot]] = slot;
      }
    }
  }

  int slot(int q, int token, int place) {
    return slots[q][token][place];
  }

  static int unit(int alphabet, int token) {
    return 1 << Math.max(0, RAW_BITS[alphabet][token] - 4);
  }

  /** The first magnitude of a token, or behind the last one for the escape. */
  static int base(int alphabet, int token) {
    int base = 0;
    for (int t = 0; t < token; t++) {
      base += t == 0 ? 1 : 1 << (RAW_BITS[alphabet][t] - 1);
    }
    return base;
  }

  /** The token of a magnitude, whatever its frequency. */
  static int tokenOf(int alphabet, int magnitude) {
    for (int t = 14; t >= 0; t--) {
      if (magnitude >= base(alphabet, t)) {
        return magnitude < base(alphabet, t + 1) ? t : ESCAPE;
      }
    }
    throw new IllegalArgumentException();
  }

  private static long[] roots() {
    long[] roots = new long[16];
    roots[0] = BigInteger.TWO.shiftLeft(60).sqrt().longValueExact();
    for (int i = 1; i < 16; i++) {
      roots[i] = BigInteger.valueOf(roots[i - 1]).shiftLeft(30).sqrt().longValueExact();
    }
    return roots;
  }

  static long log2(long n) {
    int w = 63 - Long.numberOfLeadingZeros(n);
    long m = n << (30 - w);
    long result = w;
    for (int i = 0; i < 16; i++) {
      m = m * m >> 30;
      if (m >= 1L << 31) {
        result = 2 * result + 1;
        m >>= 1;
      } else {
        result = 2 * result;
      }
    }
    return result;
  }

  static long exp2(long x) {
    if (x <= -63L << 16) {
      return 0;
    }
    long value = 1L << 30;
    for (int i = 0; i < 16; i++) {
      if (((x >> (15 - i)) & 1) == 1) {
        value = Math.multiplyExact(value, ROOTS[i]) >> 30;
      }
    }
    int shift = (int) Math.floorDiv(x, 1L << 16);
    return shift > 0 ? Math.multiplyExact(value, 1L << shift) : value >> Math.min(63, -shift);
  }

  private static long weight(int k, int q, int width, int shape, int firstZero, int secondZero, int firstOne) {
    if (k == 0) {
      return q == 0 ? exp2((firstZero - 8L) << 14) : exp2(-2L * secondZero << 16);
    }
    long logWidth = -3L * 65536 + Math.floorDiv(width * 65536L, 12L);
    long p = ((log2(Math.max(2 * k - q, 0)) - logWidth) * shape) >> 3;
    if (p > 8 << 16) {
      return 0;
    }
    long e = Math.multiplyExact(exp2(p), 94_548) >> 30;
    if (q == 0 && k == 1) {
      e -= (firstOne - 4L) << 13;
    }
    return 2 * exp2(-e);
  }

  /** A law of kind 1 or 0. */
  static synchronized TextLaw computed(int alphabet, int width, int shape, int firstZero, int secondZero, int firstOne) {
    return KNOWN.computeIfAbsent(List.of(alphabet, width, shape, firstZero, secondZero, firstOne),
        fields -> compute(alphabet, width, shape, firstZero, secondZero, firstOne));
  }

  private static TextLaw compute(int alphabet, int width, int shape, int firstZero, int secondZero, int firstOne) {
    int[][] frequencies = new int[2][];
    for (int q = 0; q < 2; q++) {
      long[] weights = new long[16];
      for (int k = 0; k <= 1023; k++) {
        long weight = weight(k, q, width, shape, firstZero, secondZero, firstOne);
        if (k > 2 && weight == 0) {
          break;
        }
        weights[tokenOf(alphabet, k)] += weight;
      }
      frequencies[q] = frequencies(alphabet, weights);
    }
    return new TextLaw(alphabet, frequencies);
  }

  private static int[] frequencies(int alphabet, long[] weights) {
    long all = Math.max(1, Arrays.stream(weights).sum());
    for (int t = 0; t < ESCAPE; t++) {
      if (10 * 4096 * weights[t] < 3 * all * unit(alphabet, t)) {
        weights[ESCAPE] += weights[t];
        weights[t] = 0;
      }
    }
    int[] result = new int[16];
    long[] rests = new long[16];
    int sum = 0;
    for (int t = 0; t < 16; t++) {
      int unit = unit(alphabet, t);
      int share = (int) (4096 * weights[t] / all / unit * unit);
      result[t] = t != ESCAPE && weights[t] == 0 ? 0 : Math.max(unit, share);
      rests[t] = share == 0 || unit != 1 || result[t] == 0 ? 0 : 4096 * weights[t] % all;
      sum += result[t];
    }
    while (sum > 4096) {
      int greatest = first(result, t -> true);
      result[greatest] -= unit(alphabet, greatest);
      sum -= unit(alphabet, greatest);
    }
    for (; sum < 4096; sum++) {
      int greatest = 0;
      for (int t = 1; t < 16; t++) {
        greatest = rests[t] > rests[greatest] ? t : greatest;
      }
      if (rests[greatest] == 0) {
        result[first(result, t -> unit(alphabet, t) == 1)] += 4096 - sum;
        break;
      }
      result[greatest]++;
      rests[greatest] = 0;
    }
    if (result[ESCAPE] == 4096) {
      result[ESCAPE]--;
      result[0]++;
    }
    return result;
  }

  /** The first of the greatest frequencies of some tokens. */
  private static int first(int[] frequencies, IntPredicate tokens) {
    int greatest = -1;
    for (int t = 0; t < 16; t++) {
      greatest = tokens.test(t) && (greatest < 0 || frequencies[t] > frequencies[greatest]) ? t : greatest;
    }
    return greatest;
  }

  private static void alias(int[] frequencies, int[] tokens, int[] places) {
    int[] left = frequencies.clone();
    int[] given = new int[16];
    boolean[] filled = new boolean[16];
    for (int i = 0; i < 16; i++) {
      int u = lowest(left, filled, 0, 255);
      if (u < 0) {
        u = lowest(left, filled, 0, 4096);
      }
      int d = Math.max(0, 256 - left[u]);
      int g = d > 0 ? lowest(left, filled, 257, 4096) : -1;
      for (int p = 0; p < 256; p++) {
        tokens[256 * u + p] = p < d ? g : u;
        places[256 * u + p] = p < d ? given[g] + p : given[u] + p - d;
      }
      if (d > 0) {
        given[g] += d;
        left[g] -= d;
      }
      filled[u] = true;
    }
  }

  private static int lowest(int[] left, boolean[] filled, int least, int most) {
    for (int t = 0; t < 16; t++) {
      if (!filled[t] && left[t] >= least && left[t] <= most) {
        return t;
      }
    }
    return -1;
  }
}
