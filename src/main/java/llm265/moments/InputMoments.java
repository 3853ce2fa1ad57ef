package llm265.moments;

/**
 * What calibrated methods know of the inputs x of a layer: moments over calibration tokens.
 *
 * @param second mean of x x^T, {@code in} x {@code in}, symmetric; half of what GPTQ calls the Hessian. Not copied
 * @param meanMagnitude mean of |x_c| for each input c
 * @param tokens number of tokens that the means are of, 1 or more
 */
public record InputMoments(double[] second, double[] meanMagnitude, long tokens) {
  /** @throws IllegalArgumentException if sizes do not agree, or a moment cannot be one */
  public InputMoments {
    int size = meanMagnitude.length;
    if ((long) size * size != second.length) {
      throw new IllegalArgumentException(second.length + " second moments are not " + size + " x " + size);
    }
    if (tokens < 1) {
      throw new IllegalArgumentException("moments of " + tokens + " tokens");
    }
    for (double moment : second) {
      require(Double.isFinite(moment), "second moment", moment);
    }
    for (int c = 0; c < size; c++) {
      require(second[c * size + c] >= 0, "mean square", second[c * size + c]);
      require(meanMagnitude[c] >= 0 && Double.isFinite(meanMagnitude[c]), "mean magnitude", meanMagnitude[c]);
    }
  }

  private static void require(boolean good, String what, double moment) {
    if (!good) {
      throw new IllegalArgumentException("a " + what + " of an input is " + moment);
    }
  }

  /** Number of inputs. */
  public int size() {
    return meanMagnitude.length;
  }
}
