package llm265.h264;

/**
 * What samples mean: what the VUI parameters (E.2.1) say about range, colours, shape and rate. No sample depends on it.
 * Unknown parts are null or {@link #UNSPECIFIED}.
 *
 * @param fullRange video_full_range_flag: if true, black is 0 and white the greatest sample; if false or null, they are 16 and
 *     235 at 8 bits
 * @param colourPrimaries colour_primaries, 0..255 (Table E-3)
 * @param transferCharacteristics transfer_characteristics, 0..255 (Table E-4)
 * @param matrixCoefficients matrix_coefficients, 0..255 (Table E-5)
 * @param chromaSampleLocType chroma_sample_loc_type_top_field and the same of the bottom field, 0..5; only for 4:2:0
 * @param sampleAspectRatio width of a sample over its height, each 1..65535
 * @param frameRate frames per second
 */
public record VideoSignal(
    Boolean fullRange,
    int colourPrimaries,
    int transferCharacteristics,
    int matrixCoefficients,
    Integer chromaSampleLocType,
    Ratio sampleAspectRatio,
    Ratio frameRate) {

  /** The value of colour_primaries, transfer_characteristics and matrix_coefficients that means "unspecified". */
  public static final int UNSPECIFIED = 2;

  /** Nothing is known. */
  public static final VideoSignal UNKNOWN = new VideoSignal(null, UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, null, null, null);

  /** Full range; nothing else is known. */
  public static final VideoSignal FULL_RANGE = UNKNOWN.withFullRange(true);

  /**
   * A ratio in lowest terms.
   *
   * @param numerator 1 or more
   * @param denominator 1 or more
   */
  public record Ratio(int numerator, int denominator) {
    public Ratio {
      if (numerator < 1 || denominator < 1) {
        throw new IllegalArgumentException("ratio " + numerator + ":" + denominator);
      }
      int divisor = (int) greatestCommonDivisor(numerator, denominator);
      numerator /= divisor;
      denominator /= divisor;
    }

    /** The ratio of two numbers, or null if one is 0 or below, or if the lowest terms do not fit into an int. */
    public static Ratio of(long numerator, long denominator) {
      if (numerator < 1 || denominator < 1) {
        return null;
      }
      long divisor = greatestCommonDivisor(numerator, denominator);
      return Math.max(numerator, denominator) / divisor > Integer.MAX_VALUE
          ? null
          : new Ratio((int) (numerator / divisor), (int) (denominator / divisor));
    }

    private static long greatestCommonDivisor(long a, long b) {
      return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    @Override
    public String toString() {
      return numerator + ":" + denominator;
    }
  }

  public VideoSignal {
    if ((colourPrimaries | transferCharacteristics | matrixCoefficients) >>> 8 != 0) {
      throw new IllegalArgumentException(
          "colour description " + colourPrimaries + ", " + transferCharacteristics + ", " + matrixCoefficients);
    }
    if (chromaSampleLocType != null && (chromaSampleLocType < 0 || chromaSampleLocType > 5)) {
      throw new IllegalArgumentException("chroma_sample_loc_type " + chromaSampleLocType);
    }
    if (sampleAspectRatio != null && Math.max(sampleAspectRatio.numerator(), sampleAspectRatio.denominator()) > 0xFFFF) {
      throw new IllegalArgumentException("sample aspect ratio " + sampleAspectRatio);
    }
  }

  /** Whether full range is known. */
  public boolean isFullRange() {
    return fullRange != null && fullRange;
  }

  /** Whether any of the three elements of the colour description says something. */
  public boolean hasColourDescription() {
    return colourPrimaries != UNSPECIFIED || transferCharacteristics != UNSPECIFIED || matrixCoefficients != UNSPECIFIED;
  }

  public VideoSignal withFullRange(Boolean value) {
    return new VideoSignal(
        value, colourPrimaries, transferCharacteristics, matrixCoefficients, chromaSampleLocType, sampleAspectRatio, frameRate);
  }

  public VideoSignal withColours(int primaries, int transfer, int matrix) {
    return new VideoSignal(fullRange, primaries, transfer, matrix, chromaSampleLocType, sampleAspectRatio, frameRate);
  }

  public VideoSignal withChromaSampleLocType(Integer value) {
    return new VideoSignal(
        fullRange, colourPrimaries, transferCharacteristics, matrixCoefficients, value, sampleAspectRatio, frameRate);
  }

  public VideoSignal withSampleAspectRatio(Ratio value) {
    return new VideoSignal(
        fullRange, colourPrimaries, transferCharacteristics, matrixCoefficients, chromaSampleLocType, value, frameRate);
  }

  public VideoSignal withFrameRate(Ratio value) {
    return new VideoSignal(
        fullRange, colourPrimaries, transferCharacteristics, matrixCoefficients, chromaSampleLocType, sampleAspectRatio, value);
  }
}
