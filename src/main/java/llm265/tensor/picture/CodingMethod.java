package llm265.tensor.picture;

/**
 * A way of coding pictures.
 *
 * @param coders make the coders
 * @param signPatterns number of sign patterns to choose from, 1 for none
 * @param preInverse whether samples go through the pre-inverse transform; not with sign patterns
 * @param isSplit whether the quantizer's steps lie on lossless pictures, except their low bits, which are kept raw; only with
 *     the tensor as it is, and without the other two
 */
public record CodingMethod(PictureCoder.Factory coders, int signPatterns, boolean preInverse, boolean isSplit) {
  public CodingMethod(PictureCoder.Factory coders, int signPatterns, boolean preInverse) {
    this(coders, signPatterns, preInverse, false);
  }
}
