package llm265.tensor.encode;

import java.io.Serializable;
import llm265.tensor.Codec;
import llm265.tensor.tools.Rotation;

/**
 * How a tensor is coded.
 *
 * @param byModes whether full mode decision is used, instead of coding white noise
 * @param rotation rotation of the plane's columns; null for none
 * @param preInverse whether the pre-inverse transform is used
 * @param isSplit none of these; instead, the steps of a quantizer lie on lossless pictures, with their low bits next to them
 * @param isCarried none of these but the rotation; levels of a trellis are carried by pictures
 * @param codec with pictures or without: not {@link Codec#AUTO}
 */
public record MethodChoice(
    boolean byModes, Rotation rotation, boolean preInverse, boolean isSplit, boolean isCarried, Codec codec)
    implements Serializable {
  MethodChoice(boolean byModes, Rotation rotation, boolean preInverse, boolean isSplit) {
    this(byModes, rotation, preInverse, isSplit, false, Codec.H264);
  }
}
