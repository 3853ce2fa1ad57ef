package llm265.h264;

import java.util.Arrays;

/**
 * A decoded picture, or one to be encoded: one array of samples per plane, row by row, in whole macroblocks.
 *
 * <p>Samples of every bit depth are {@code short}s in 0..2^bitDepth-1, so that each normative process is written once.
 */
public final class Picture {
  private final PictureFormat format;
  private final short[][] planes;
  private final int[] first;
  private final int[] strides;

  /** A picture of zeros. */
  public Picture(PictureFormat format) {
    this(format, new short[format.planes()][], new int[format.planes()], new int[format.planes()]);
    for (int plane = 0; plane < planes.length; plane++) {
      planes[plane] = new short[format.codedWidth(plane) * format.codedHeight(plane)];
      strides[plane] = format.codedWidth(plane);
    }
  }

  private Picture(PictureFormat format, short[][] planes, int[] first, int[] strides) {
    this.format = format;
    this.planes = planes;
    this.first = first;
    this.strides = strides;
  }

  /** A field of this frame as a picture of its own. It shares the samples of every other row of the frame. */
  public Picture field(boolean bottom) {
    int[] firstOfField = first.clone();
    int[] stridesOfField = strides.clone();
    for (int plane = 0; plane < planes.length; plane++) {
      firstOfField[plane] += bottom ? strides[plane] : 0;
      stridesOfField[plane] *= 2;
    }
    return new Picture(format.field(), planes, firstOfField, stridesOfField);
  }

  /** A plane of this 4:4:4 picture as a monochrome picture that shares its samples. */
  public Picture plane(int plane) {
    return new Picture(
        format.monochrome(), new short[][] {planes[plane]}, new int[] {first[plane]}, new int[] {strides[plane]});
  }

  public PictureFormat format() {
    return format;
  }

  /**
   * The live array of samples of plane 0 (luma), 1 (Cb) or 2 (Cr), row-major: exactly {@code codedHeight x codedWidth}, unless
   * this picture is a {@link #field} of a frame.
   */
  public short[] samples(int plane) {
    return planes[plane];
  }

  /** Index of a plane's first sample in its array; 0 unless this picture is a {@link #field} of a frame. */
  public int first(int plane) {
    return first[plane];
  }

  /** Distance between vertically neighbouring samples of a plane. */
  public int stride(int plane) {
    return strides[plane];
  }

  /** Sets every sample of a plane. */
  public void fill(int plane, int value) {
    Arrays.fill(planes[plane], (short) value);
  }

  /** Number of bytes that {@link #writeCropped} writes: one per sample at 8 bits, two above. */
  public int croppedBytes() {
    int bytes = 0;
    for (int plane = 0; plane < planes.length; plane++) {
      bytes += format.width(plane) * format.height(plane) * (format.bitDepth(plane) > 8 ? 2 : 1);
    }
    return bytes;
  }

  /**
   * Writes the output rectangle, plane by plane: one byte per sample at 8 bits, two bytes, little-endian, above.
   *
   * @return index after the last byte written
   */
  public int writeCropped(byte[] out, int offset) {
    int position = offset;
    for (int plane = 0; plane < planes.length; plane++) {
      short[] samples = planes[plane];
      int width = format.width(plane);
      boolean wide = format.bitDepth(plane) > 8;
      for (int y = 0; y < format.height(plane); y++) {
        int row = first(plane) + (format.top(plane) + y) * stride(plane) + format.left(plane);
        for (int x = 0; x < width; x++) {
          int sample = samples[row + x];
          out[position++] = (byte) sample;
          if (wide) {
            out[position++] = (byte) (sample >> 8);
          }
        }
      }
    }
    return position;
  }

  /** Repeats the border samples of a plane's output rectangle into the rows and columns outside it. */
  public void padFromOutputRectangle(int plane) {
    short[] samples = planes[plane];
    int stride = stride(plane);
    int left = format.left(plane);
    int right = left + format.width(plane);
    int top = format.top(plane);
    int bottom = top + format.height(plane);
    for (int y = top; y < bottom; y++) {
      int row = y * stride;
      Arrays.fill(samples, row, row + left, samples[row + left]);
      Arrays.fill(samples, row + right, row + stride, samples[row + right - 1]);
    }
    for (int y = 0; y < top; y++) {
      System.arraycopy(samples, top * stride, samples, y * stride, stride);
    }
    for (int y = bottom; y < format.codedHeight(plane); y++) {
      System.arraycopy(samples, (bottom - 1) * stride, samples, y * stride, stride);
    }
  }

  /** Whether format and every sample, padding included, are equal. */
  public boolean sameSamples(Picture other) {
    return format.equals(other.format) && Arrays.deepEquals(planes, other.planes);
  }
}
