package llm265.tensor.format;

/**
 * A coded tile, ready to be written.
 *
 * @param parameterSets NAL units that come before the first tile; null for other tiles
 * @param sections its side information
 * @param pictures the NAL units that follow the side information
 * @param error the error of its values
 */
public record CodedTile(byte[] parameterSets, byte[] sections, byte[][] pictures, Error error) {

  /**
   * The error that coding makes.
   *
   * @param squared squared error, summed over the values after rounding to the tensor's type; outliers have none
   * @param weighted the same, weighted by channel; 0 without weights
   * @param outliers number of values kept exactly
   */
  public record Error(double squared, double weighted, long outliers) {
    /** Every value comes back as it was. */
    public static final Error NONE = new Error(0, 0, 0);
  }
}
