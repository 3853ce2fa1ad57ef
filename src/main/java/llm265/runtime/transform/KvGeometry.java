package llm265.runtime.transform;

import java.util.Arrays;
import llm265.runtime.transform.RotaryTransform.Pairing;

/**
 * What a profile must know of a model's cache.
 *
 * @param layers number of layers
 * @param heads number of heads of keys and values
 * @param headSize number of elements of a head
 * @param groupHeads number of successive heads that are transformed together, a divisor of {@code heads}
 * @param frequencies radians per position by which keys have been rotated, for each pair of elements that take part; empty if
 *     keys are to be taken as they come
 * @param pairing which elements of a head turn together
 */
public record KvGeometry(int layers, int heads, int headSize, int groupHeads, float[] frequencies, Pairing pairing) {
  public KvGeometry {
    if (layers < 1 || heads < 1 || headSize < 1 || groupHeads < 1 || heads % groupHeads != 0) {
      throw new IllegalArgumentException(
          layers + " layers of " + heads + " heads of " + headSize + " elements, in groups of " + groupHeads + " heads");
    }
    if (2 * frequencies.length > headSize) {
      throw new IllegalArgumentException(frequencies.length + " frequencies for heads of " + headSize + " elements");
    }
    for (float frequency : frequencies) {
      if (!Float.isFinite(frequency)) {
        throw new IllegalArgumentException("a frequency is " + frequency);
      }
    }
    frequencies = frequencies.clone();
  }

  /** Number of channels that are transformed together. */
  public int channels() {
    return groupHeads * headSize;
  }

  /** Number of groups of heads. */
  public int groups() {
    return heads / groupHeads;
  }

  /** Undoes the rotary embedding of a group's keys, if there is one, and goes on with another transform. */
  ChannelTransform unrotated(ChannelTransform next) {
    return frequencies.length == 0 ? next : new RotaryTransform(frequencies, pairing, headSize, next);
  }

  /** What keeps a profile of this geometry from being used with another; null if nothing does. */
  String difference(KvGeometry other) {
    if (layers != other.layers) {
      return layers + " layers, not " + other.layers;
    }
    if (heads != other.heads || headSize != other.headSize) {
      return heads + " heads of " + headSize + " elements, not " + other.heads + " of " + other.headSize;
    }
    if (groupHeads != other.groupHeads) {
      return "groups of " + groupHeads + " heads, not " + other.groupHeads;
    }
    if (!Arrays.equals(frequencies, other.frequencies) || frequencies.length > 0 && pairing != other.pairing) {
      return "another rotary embedding";
    }
    return null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KvGeometry that && difference(that) == null && pairing == that.pairing;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(new int[] {layers, heads, headSize, groupHeads, Arrays.hashCode(frequencies)});
  }
}
