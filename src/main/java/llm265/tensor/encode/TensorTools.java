package llm265.tensor.encode;

import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.SignPatterns;

/**
 * Which of the tensor layer's own tools an encoder may use; what it then uses is decided for each tensor. Decoders read from the
 * stream what was used.
 *
 * @param signPatterns number of sign patterns to choose from for each macroblock: 1 for none, else a power of two up to
 *     {@link SignPatterns#MAX_COUNT}
 * @param scaleClasses whether rows and columns may be sorted by scale, with a QP by scale
 * @param preInverse whether the pre-inverse transform may be used
 * @param reflections most reflections of a rotation of rows or columns to their principal axes, 0 to 256: each takes decoders about a
 *     nanosecond a value
 */
public record TensorTools(int signPatterns, boolean scaleClasses, boolean preInverse, int reflections) {
  /** None of them. */
  public static final TensorTools NONE = new TensorTools(1, false, false, 0);

  public TensorTools {
    if (signPatterns < 1 || signPatterns > SignPatterns.MAX_COUNT || Integer.bitCount(signPatterns) != 1) {
      throw new IllegalArgumentException(signPatterns + " sign patterns");
    }
    if (reflections < 0 || reflections > Rotation.MAX_REFLECTIONS) {
      throw new IllegalArgumentException(reflections + " reflections");
    }
  }
}
