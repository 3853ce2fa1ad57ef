package llm265.tensor.encode;

import llm265.tensor.Codec;
import llm265.tensor.tools.Rotation;

/**
 * How a tensor is coded.
 *
 * @param byModes by full mode decision, not as white noise
 * @param rotation of the plane's columns; null for none
 * @param preInverse with the pre-inverse transform
 * @param isSplit none of these, but as the steps of a quantizer on lossless pictures and their low bits beside them
 * @param codec with pictures or without: not {@link Codec#AUTO}
 */
public record MethodChoice(boolean byModes, Rotation rotation, boolean preInverse, boolean isSplit, Codec codec) {
  MethodChoice(boolean byModes, Rotation rotation, boolean preInverse, boolean isSplit) {
    this(byModes, rotation, preInverse, isSplit, Codec.H264);
  }

  /** Without pictures. */
  static MethodChoice withoutPictures(Rotation rotation) {
    return new MethodChoice(false, rotation, false, false, Codec.TRINITY);
  }
}
