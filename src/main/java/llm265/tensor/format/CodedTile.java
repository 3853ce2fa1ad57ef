package llm265.tensor.format;

/**
 * A tile, ready to be written.
 *
 * @param parameterSets NAL units that stand before the first tile; null for others
 * @param sections its side information
 * @param pictures the NAL units that follow the side information
 * @param error what coding has made of its values
 */
public record CodedTile(byte[] parameterSets, byte[] sections, byte[][] pictures, Error error) {

  /**
   * What coding has made of the values.
   *
   * @param squared squared error, summed over the values after rounding to the tensor's type; outliers have none
   * @param weighted the same by the weights of channels; 0 without them
   * @param outliers number of values kept exactly
   */
  public record Error(double squared, double weighted, long outliers) {
    /** Every value comes back as it was. */
    public static final Error NONE = new Error(0, 0, 0);
  }
}
