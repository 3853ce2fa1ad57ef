package llm265.trinity;

import java.util.Arrays;

/**
 * How magnitudes are told by tokens and raw bits: 16 tokens, the last of which is the escape. A token other than the first begins
 * with one raw bit, the sign; the others say which of its magnitudes it is. SPEC.md, "Tokens".
 */
public enum Alphabet {
  /** For rates up to about 4.5 bits per value: magnitudes 0 to 25. */
  NARROW(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4),
  /** For 4.5 to 6 bits: 0 to 111. */
  MIDDLE(0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 7),
  /** For more: 0 to 269. */
  WIDE(0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7);

  /** Tokens, the escape included. */
  public static final int TOKENS = 16;

  /** The token whose magnitude is a word of its own. */
  static final int ESCAPE = TOKENS - 1;

  /** The greatest magnitude that an escape can tell. */
  static final int GREATEST_MAGNITUDE = (1 << 16) - 1;

  private final int[] rawBits = new int[TOKENS];
  private final int[] base = new int[TOKENS];
  private final byte[] tokens;

  Alphabet(int... rawBits) {
    System.arraycopy(rawBits, 0, this.rawBits, 0, ESCAPE);
    this.rawBits[ESCAPE] = 1;
    for (int t = 0; t < ESCAPE; t++) {
      base[t + 1] = base[t] + magnitudes(t);
    }
    tokens = new byte[base[ESCAPE]];
    for (int t = 0; t < ESCAPE; t++) {
      Arrays.fill(tokens, base[t], base[t + 1], (byte) t);
    }
  }

  private int magnitudes(int token) {
    return token == 0 ? 1 : 1 << (rawBits[token] - 1);
  }

  /** Raw bits behind a token, its sign included. */
  int rawBits(int token) {
    return rawBits[token];
  }

  /**
   * What a token's frequency is a multiple of: with more than four raw bits, a state that has given away a word could else fall
   * below 2^16 behind it.
   */
  int unit(int token) {
    return 1 << Math.max(0, rawBits[token] - 4);
  }

  /** The least magnitude of a token; of the escape, the first that has no token. */
  int base(int token) {
    return base[token];
  }

  /** The token of a magnitude, by its value alone: the escape from {@code base(ESCAPE)} on. */
  int token(int magnitude) {
    return magnitude < tokens.length ? tokens[magnitude] : ESCAPE;
  }
}
