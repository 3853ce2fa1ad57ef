package llm265.runtime.transform;

import llm265.numeric.HadamardRotation;

/**
 * A randomized Hadamard rotation of each head, so that no channel stands out (QuaRot, arXiv 2404.00456). Orthonormal. Sizes that
 * have no Hadamard matrix are rotated in blocks, as {@link HadamardRotation} says.
 */
public final class HadamardTransform implements ChannelTransform {
  private final int heads;
  private final int headSize;
  private final HadamardRotation rotation;

  /** @param seed of the signs that elements are multiplied by first, the same for all heads */
  public HadamardTransform(int heads, int headSize, long seed) {
    if (heads < 1 || headSize < 1) {
      throw new IllegalArgumentException(heads + " heads of " + headSize + " elements");
    }
    this.heads = heads;
    this.headSize = headSize;
    rotation = new HadamardRotation(headSize, seed);
  }

  @Override
  public int channels() {
    return heads * headSize;
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    rotation.apply(rows, at, at + tokens * channels());
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    rotation.invert(rows, at, at + tokens * channels());
  }
}
