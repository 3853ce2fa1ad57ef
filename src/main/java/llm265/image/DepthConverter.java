package llm265.image;

import java.io.IOException;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/**
 * Changes the bits per sample of another source, with rounding and clipping. White stays white (E.2.1): full range is scaled
 * by the ratio of the greatest samples, other ranges by a power of two.
 */
final class DepthConverter implements PictureSource {
  private final PictureSource source;
  private final PictureFormat format;
  /** The factor of luma, and of chroma's distance from its middle. */
  private final double scale;

  DepthConverter(PictureSource source, int bitDepth) {
    this.source = source;
    format = source.format().withBitDepth(bitDepth);
    int from = source.format().bitDepthLuma();
    scale = source.signal().isFullRange()
        ? ((1 << bitDepth) - 1) / (double) ((1 << from) - 1)
        : Math.scalb(1.0, bitDepth - from);
  }

  @Override
  public PictureFormat format() {
    return format;
  }

  @Override
  public int width() {
    return source.width();
  }

  @Override
  public int height() {
    return source.height();
  }

  @Override
  public VideoSignal signal() {
    return source.signal();
  }

  @Override
  public List<String> notes() {
    return source.notes();
  }

  @Override
  public Picture next() throws IOException {
    Picture picture = source.next();
    if (picture == null) {
      return null;
    }
    Picture converted = new Picture(format);
    int greatest = (1 << format.bitDepthLuma()) - 1;
    for (int plane = 0; plane < format.planes(); plane++) {
      short[] from = picture.samples(plane);
      short[] to = converted.samples(plane);
      int middleBefore = plane == 0 ? 0 : 1 << (picture.format().bitDepthChroma() - 1);
      int middle = plane == 0 ? 0 : 1 << (format.bitDepthChroma() - 1);
      for (int i = 0; i < from.length; i++) {
        to[i] = (short) Math.clamp((int) Math.floor((from[i] - middleBefore) * scale + 0.5) + middle, 0, greatest);
      }
    }
    return converted;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
