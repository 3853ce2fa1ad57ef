package llm265.baseline.kv;

/**
 * What a cache takes, in bits.
 *
 * @param values number of elements of keys and values of all tokens and layers
 * @param coded bits of what is coded, with scales, headers and the like
 * @param side those that came once for the whole sequence
 * @param raw bits of tokens that are kept as they are, in 16 bits an element
 */
public record KvSize(long values, long coded, long side, long raw) {
  public double bitsPerValue() {
    return (double) (coded + side + raw) / values;
  }

  public KvSize plus(KvSize other) {
    return new KvSize(values + other.values, coded + other.coded, side + other.side, raw + other.raw);
  }
}
