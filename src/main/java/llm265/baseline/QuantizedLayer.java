package llm265.baseline;

/**
 * What a method makes of a layer.
 *
 * @param weights {@code out} x {@code in}, row-major: those that a user of the method computes with
 * @param bits what the method stores for them: codes, scales, zeros, indices, numbers for the whole layer; whole bytes each
 */
public record QuantizedLayer(float[] weights, long bits) {
  /** Bits for each weight. */
  public double bitsPerValue() {
    return (double) bits / weights.length;
  }
}
