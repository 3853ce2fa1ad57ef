package llm265.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import llm265.h264.PictureFormat;

/**
 * Planar samples without any header, as {@code ffmpeg -f rawvideo} writes them: cropped, in output order; samples of more than
 * 8 bits take two bytes, little-endian.
 *
 * <p>FFmpeg turns 4:0:0 into 4:2:0 with chroma in the middle of its range. A dump is taken for this if its size fits and such
 * chroma follows the luma of the first picture.
 */
public final class RawDump implements PictureDump {
  private final BufferedInputStream in;
  private final long size;
  private boolean first = true;
  private int flatChroma;

  /**
   * A dump.
   *
   * @param in closed with it
   * @param size number of bytes; -1 if it is not known, or if 4:0:0 is luma alone
   */
  public RawDump(InputStream in, long size) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.size = size;
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    int bytes = PictureDump.pictureBytes(format);
    byte[] picture = in.readNBytes(bytes);
    if (first) {
      first = false;
      flatChroma = flatChroma(format);
    }
    in.readNBytes(flatChroma);
    return picture;
  }

  /** Number of bytes of chroma after each picture's luma that 4:0:0 lacks. */
  private int flatChroma(PictureFormat format) throws IOException {
    int chroma = PictureDump.flatChromaBytes(format);
    if (chroma == 0 || size < 0 || size % (PictureDump.pictureBytes(format) + chroma) != 0) {
      return 0;
    }
    in.mark(chroma + 1);
    byte[] behind = in.readNBytes(chroma);
    in.reset();
    int middle = 1 << (format.bitDepthLuma() - 1);
    boolean flat = behind.length == chroma;
    for (int i = 0; i < behind.length && flat; i++) {
      int expected = format.bitDepthLuma() == 8 ? middle : (middle >> 8 * (i & 1)) & 0xFF;
      flat = (behind[i] & 0xFF) == expected;
    }
    return flat ? chroma : 0;
  }

  @Override
  public long left() throws IOException {
    return in.transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
