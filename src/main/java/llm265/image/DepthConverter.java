package llm265.image;

import java.io.IOException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Pictures of another source with more or fewer bits a sample: times a power of two, or over one, rounded and clipped. */
final class DepthConverter implements PictureSource {
  private final PictureSource source;
  private final PictureFormat format;
  /** Bits more; negative for fewer. */
  private final int shift;

  DepthConverter(PictureSource source, int bitDepth) {
    this.source = source;
    format = source.format().withBitDepth(bitDepth);
    shift = bitDepth - source.format().bitDepthLuma();
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
      for (int i = 0; i < from.length; i++) {
        to[i] = (short) (shift >= 0 ? from[i] << shift : Math.min(from[i] + (1 << -shift - 1) >> -shift, greatest));
      }
    }
    return converted;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
