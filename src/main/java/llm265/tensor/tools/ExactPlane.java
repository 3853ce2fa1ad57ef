package llm265.tensor.tools;

import java.util.Arrays;

/**
 * Bits of every value of a lossless tensor that lie as samples on a picture. SPEC.md, "Exact values".
 *
 * @param mask the bits, 1 to 8 of them: together, least significant first, they form a symbol
 * @param rows number of rows of values whose bits form one symbol, those of the first lowest: 1, 2, 4 or 8; at most 8 bits
 *     altogether
 * @param symbols the symbols that occur, by rank: the samples of neighbouring ranks lie around 128, so that frequent symbols
 *     are near it; empty if samples are symbols in their own order
 * @param offset added to a symbol in its own order, modulo 256; 0 with a list
 */
public record ExactPlane(long mask, int rows, byte[] symbols, int offset) {
  /** The greatest number of bits of a symbol: those of a sample. */
  public static final int MOST_BITS = 8;

  private static final int SAMPLES = 256;

  /** Entry of {@link #samples} for symbols that do not occur, and of {@link #symbolsOfSamples} for unused samples. */
  public static final int NONE = -1;

  public ExactPlane {
    int bits = Long.bitCount(mask) * rows;
    if (bits < 1 || bits > MOST_BITS || Integer.bitCount(rows) != 1
        || symbols.length > 1 << bits || offset < 0 || offset >= SAMPLES
        || symbols.length > 0 && offset != 0) {
      throw new IllegalArgumentException(bits + " bits, " + symbols.length + " symbols, offset " + offset);
    }
    boolean[] seen = new boolean[1 << bits];
    for (byte symbol : symbols) {
      int value = symbol & 0xFF;
      if (value >= seen.length || seen[value]) {
        throw new IllegalArgumentException("symbol " + value + " of " + bits + " bits, or twice");
      }
      seen[value] = true;
    }
    symbols = symbols.clone();
  }

  /** Bits of single values. */
  public ExactPlane(long mask, byte[] symbols, int offset) {
    this(mask, 1, symbols, offset);
  }

  /** Number of bits of a symbol. */
  public int bits() {
    return rows * Long.bitCount(mask);
  }

  public boolean isInOrder() {
    return symbols.length == 0;
  }

  /** The sample of a rank: 128, then alternately above and below it; the last of 256 is 0. */
  public static int sampleOfRank(int rank) {
    return (128 + ((rank & 1) == 1 ? (rank + 1) >> 1 : -(rank >> 1))) & 0xFF;
  }

  /** Sample of each symbol; {@link #NONE} for symbols that do not occur. */
  public short[] samples() {
    short[] samples = new short[SAMPLES];
    Arrays.fill(samples, (short) NONE);
    if (isInOrder()) {
      for (int symbol = 0; symbol < 1 << bits(); symbol++) {
        samples[symbol] = (short) ((symbol + offset) & 0xFF);
      }
    }
    for (int rank = 0; rank < symbols.length; rank++) {
      samples[symbols[rank] & 0xFF] = (short) sampleOfRank(rank);
    }
    return samples;
  }

  /** Symbol of each sample; {@link #NONE} for samples that stand for none. */
  public short[] symbolsOfSamples() {
    short[] result = new short[SAMPLES];
    Arrays.fill(result, (short) NONE);
    short[] samples = samples();
    for (int symbol = 0; symbol < SAMPLES; symbol++) {
      if (samples[symbol] != NONE) {
        result[samples[symbol]] = (short) symbol;
      }
    }
    return result;
  }

  @Override
  public byte[] symbols() {
    return symbols.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactPlane that
        && mask == that.mask && rows == that.rows && offset == that.offset && Arrays.equals(symbols, that.symbols);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(mask) + 31 * Arrays.hashCode(symbols) + offset;
  }

  @Override
  public String toString() {
    return "bits " + Long.toHexString(mask) + " of " + rows + (isInOrder() ? ", in order" : ", " + symbols.length + " symbols");
  }
}
