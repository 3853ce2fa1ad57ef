package llm265.baseline;

/**
 * A linear layer y = W x.
 *
 * @param name for messages, and for rules that ask what a layer is: AWQ does not clip queries and keys
 * @param weights {@code out} x {@code in}, row-major, all finite; not copied, and not changed by any quantizer
 * @param out number of outputs
 * @param in number of inputs
 */
public record Layer(String name, float[] weights, int out, int in) {
  /** @throws IllegalArgumentException if sizes do not agree, or a weight is not a number or infinite */
  public Layer {
    if (out < 1 || in < 1 || (long) out * in != weights.length) {
      throw new IllegalArgumentException(name + ": " + weights.length + " weights are not " + out + " x " + in);
    }
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        throw new IllegalArgumentException(name + ": the weight in row " + i / in + ", column " + i % in + " is " + weights[i]);
      }
    }
  }
}
