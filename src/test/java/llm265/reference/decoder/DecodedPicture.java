package llm265.reference.decoder;

import java.io.ByteArrayOutputStream;

/**
 * A frame, or a field without its other field, cropped.
 *
 * @param planes samples of Y, Cb and Cr, row by row; Y alone if the picture is monochrome
 * @param widths columns of each plane
 * @param heights rows of each plane
 * @param bitDepths number of bits of a sample of each plane
 */
public record DecodedPicture(int[][] planes, int[] widths, int[] heights, int[] bitDepths) {
  /**
   * 7.4.2.1.1: takes the samples within the cropping rectangle.
   *
   * @param samples by colour component, row, column
   * @param halfHeight whether the rows are those of one field
   */
  static DecodedPicture crop(SequenceParameters sps, int[][][] samples, boolean halfHeight) {
    int[][] planes = new int[samples.length][];
    int[] widths = new int[samples.length];
    int[] heights = new int[samples.length];
    int[] bitDepths = new int[samples.length];
    for (int cIdx = 0; cIdx < samples.length; cIdx++) {
      boolean subsampled = cIdx > 0 && sps.chromaArrayType != 0;
      int unitX = sps.cropUnitX() / (subsampled ? sps.subWidthC : 1);
      int unitY = sps.cropUnitY() / (subsampled ? sps.subHeightC : 1) / (halfHeight ? 2 : 1);
      int left = unitX * sps.frameCropLeftOffset;
      int top = unitY * sps.frameCropTopOffset;
      widths[cIdx] = samples[cIdx][0].length - left - unitX * sps.frameCropRightOffset;
      heights[cIdx] = samples[cIdx].length - top - unitY * sps.frameCropBottomOffset;
      bitDepths[cIdx] = sps.separateColourPlaneFlag ? sps.bitDepthY : sps.bitDepth(cIdx);
      planes[cIdx] = new int[widths[cIdx] * heights[cIdx]];
      for (int y = 0; y < heights[cIdx]; y++) {
        System.arraycopy(samples[cIdx][top + y], left, planes[cIdx], y * widths[cIdx], widths[cIdx]);
      }
    }
    return new DecodedPicture(planes, widths, heights, bitDepths);
  }

  /** All samples, plane after plane: one byte each, or two of them, the low one first, where they have more than 8 bits. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int cIdx = 0; cIdx < planes.length; cIdx++) {
      for (int sample : planes[cIdx]) {
        bytes.write(sample);
        if (bitDepths[cIdx] > 8) {
          bytes.write(sample >> 8);
        }
      }
    }
    return bytes.toByteArray();
  }
}
