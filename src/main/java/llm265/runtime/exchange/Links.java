package llm265.runtime.exchange;

import llm265.runtime.ActivationCodec;

/** All ways of sending activations and their gradients. */
public final class Links {
  private static final int GROUP = 128;

  private Links() {}

  /** As bfloat16. */
  public static TensorLink raw() {
    return (values, rows, columns) -> {
      RawCompressor.round(values, 0, values.length);
      return (long) RawCompressor.BITS * values.length;
    };
  }

  /**
   * Rounded to nearest, a scale and a zero for each token.
   *
   * @param bits of a value, 2 to 8, without scales
   */
  public static TensorLink roundingByToken(int bits) {
    return new RoundingLink(bits, 0);
  }

  /**
   * Rounded to nearest in groups of 128 of a token's values.
   *
   * @param bits of a value, 2 to 8, without scales
   */
  public static TensorLink roundingInGroups(int bits) {
    return new RoundingLink(bits, GROUP);
  }

  /** The codec. */
  public static TensorLink codec(ActivationCodec.Settings settings) {
    return new CodecLink(settings);
  }
}
