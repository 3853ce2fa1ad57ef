package llm265.oracle;

import java.io.IOException;
import llm265.h264.PictureFormat;
import llm265.image.PictureDump;

/** Pictures of 4:2:0 in NV12, luma and then Cb and Cr alternating, with their chroma taken apart. No sample changes. */
public final class Nv12Dump implements PictureDump {
  private final PictureDump interleaved;

  /** @param interleaved closed with this */
  public Nv12Dump(PictureDump interleaved) {
    this.interleaved = interleaved;
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    byte[] samples = interleaved.next(format);
    int luma = format.width(0) * format.height(0);
    int chroma = format.width(1) * format.height(1);
    if (samples.length < luma + 2 * chroma) {
      return samples;
    }
    byte[] planar = samples.clone();
    for (int i = 0; i < chroma; i++) {
      planar[luma + i] = samples[luma + 2 * i];
      planar[luma + chroma + i] = samples[luma + 2 * i + 1];
    }
    return planar;
  }

  @Override
  public long left() throws IOException {
    return interleaved.left();
  }

  @Override
  public void close() throws IOException {
    interleaved.close();
  }
}
