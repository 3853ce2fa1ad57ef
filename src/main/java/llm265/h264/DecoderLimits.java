package llm265.h264;

/**
 * What a decoder may allocate; checked before it does.
 *
 * @param maxPictureSizeInMbs largest picture in macroblocks
 * @param maxPictures largest number of pictures in one stream
 * @param maxNalUnitBytes largest NAL unit in bytes
 */
public record DecoderLimits(int maxPictureSizeInMbs, long maxPictures, int maxNalUnitBytes) {
  /** Level 6.2's picture size, a NAL unit of 256 MiB, any number of pictures. */
  public static final DecoderLimits DEFAULT =
      new DecoderLimits(PictureFormat.MAX_SIZE_IN_MBS, Long.MAX_VALUE, 256 << 20);

  public DecoderLimits {
    if (maxPictureSizeInMbs < 1 || maxPictures < 1 || maxNalUnitBytes < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
