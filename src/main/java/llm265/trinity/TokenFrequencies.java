package llm265.trinity;

import java.util.Arrays;

/**
 * How often tokens are expected, of 4096: what a coder's tables are made of.
 *
 * @param alphabet of the tokens
 * @param counts multiples of {@link Alphabet#unit}: those of the first quantizer's tokens, then those of the second's; each half
 *     adds up to {@link #TOTAL}. A token that has none is told by the escape, which always has some
 */
public record TokenFrequencies(Alphabet alphabet, int[] counts) {
  static final int TOTAL_BITS = 12;

  /** What the frequencies of a quantizer's tokens add up to. */
  public static final int TOTAL = 1 << TOTAL_BITS;

  /** Bits of the word that an escape's magnitude is. */
  private static final int ESCAPE_BITS = 16;

  /** Binary logarithms of frequencies. */
  private static final double[] LOG2 = new double[TOTAL + 1];

  static {
    for (int i = 1; i < LOG2.length; i++) {
      LOG2[i] = (double) BinaryLogarithm.log2(i) / (1 << BinaryLogarithm.FRACTION);
    }
  }

  public TokenFrequencies {
    counts = counts.clone();
    for (int q = 0; q < 2; q++) {
      int sum = 0;
      for (int t = 0; t < Alphabet.TOKENS; t++) {
        int count = counts[q * Alphabet.TOKENS + t];
        if (count < 0 || count >= TOTAL || count % alphabet.unit(t) != 0) {
          throw new IllegalArgumentException("a frequency of " + count);
        }
        sum += count;
      }
      if (sum != TOTAL || counts[q * Alphabet.TOKENS + Alphabet.ESCAPE] == 0) {
        throw new IllegalArgumentException("frequencies that add up to " + sum);
      }
    }
  }

  /** Those of a token of one quantizer. */
  int count(int quantizer, int token) {
    return counts[quantizer * Alphabet.TOKENS + token];
  }

  /** The token that a magnitude is told by. */
  int token(int quantizer, int magnitude) {
    int token = alphabet.token(magnitude);
    return count(quantizer, token) == 0 ? Alphabet.ESCAPE : token;
  }

  /** What a magnitude takes with its sign, in bits. */
  double bits(int quantizer, int magnitude) {
    int token = token(quantizer, magnitude);
    double bits = TOTAL_BITS - LOG2[count(quantizer, token)] + alphabet.rawBits(token);
    return token == Alphabet.ESCAPE ? bits + ESCAPE_BITS : bits;
  }

  @Override
  public int[] counts() {
    return counts.clone();
  }

  /**
   * Frequencies in proportion to weights. Those below .3 of a unit go to the escape.
   *
   * @param weights of both quantizers' tokens, 0 or more, with a sum of at most 2^44 for each quantizer
   */
  static TokenFrequencies of(Alphabet alphabet, long[] weights) {
    int[] counts = new int[2 * Alphabet.TOKENS];
    for (int q = 0; q < 2; q++) {
      int first = q * Alphabet.TOKENS;
      distribute(alphabet, Arrays.copyOfRange(weights, first, first + Alphabet.TOKENS), counts, first);
    }
    return new TokenFrequencies(alphabet, counts);
  }

  private static void distribute(Alphabet alphabet, long[] weights, int[] counts, int first) {
    long sum = Math.max(1, Arrays.stream(weights).sum());
    for (int t = 0; t < Alphabet.ESCAPE; t++) {
      if (10 * TOTAL * weights[t] < 3 * sum * alphabet.unit(t)) {
        weights[Alphabet.ESCAPE] += weights[t];
        weights[t] = 0;
      }
    }
    long[] rests = new long[Alphabet.TOKENS];
    int left = TOTAL;
    for (int t = 0; t < Alphabet.TOKENS; t++) {
      if (weights[t] > 0 || t == Alphabet.ESCAPE) {
        int unit = alphabet.unit(t);
        long share = TOTAL * weights[t] / sum / unit * unit;
        // Only single units are left to give.
        rests[t] = share == 0 || unit > 1 ? 0 : TOTAL * weights[t] % sum;
        counts[first + t] = (int) Math.max(unit, share);
        left -= counts[first + t];
      }
    }
    while (left < 0) {
      int most = mostFrequent(alphabet, counts, first, TOTAL);
      counts[first + most] -= alphabet.unit(most);
      left += alphabet.unit(most);
    }
    for (int best = greatest(rests); left > 0 && rests[best] > 0; best = greatest(rests)) {
      counts[first + best]++;
      rests[best] = 0;
      left--;
    }
    counts[first + mostFrequent(alphabet, counts, first, 1)] += left;
    if (counts[first + Alphabet.ESCAPE] == TOTAL) {
      // A frequency has 12 bits.
      counts[first + Alphabet.ESCAPE]--;
      counts[first]++;
    }
  }

  /** The first of the most frequent tokens whose unit is no more than {@code mostUnit}. */
  private static int mostFrequent(Alphabet alphabet, int[] counts, int first, int mostUnit) {
    int most = Alphabet.ESCAPE;
    for (int t = Alphabet.ESCAPE - 1; t >= 0; t--) {
      most = alphabet.unit(t) <= mostUnit && counts[first + t] >= counts[first + most] ? t : most;
    }
    return most;
  }

  private static int greatest(long[] values) {
    int greatest = 0;
    for (int i = 1; i < values.length; i++) {
      greatest = values[i] > values[greatest] ? i : greatest;
    }
    return greatest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenFrequencies that && alphabet == that.alphabet && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * alphabet.hashCode() + Arrays.hashCode(counts);
  }
}
