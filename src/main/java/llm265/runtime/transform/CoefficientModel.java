package llm265.runtime.transform;

/**
 * What is known of a token's coefficients before they are coded.
 *
 * @param transform makes coefficients of channels
 * @param means expected value of each coefficient
 * @param deviations expected standard deviation of each, 0 or more
 */
public record CoefficientModel(ChannelTransform transform, float[] means, float[] deviations) {
  public CoefficientModel {
    if (means.length != transform.channels() || deviations.length != means.length) {
      throw new IllegalArgumentException(
          means.length + " means and " + deviations.length + " deviations for " + transform.channels() + " channels");
    }
  }
}
