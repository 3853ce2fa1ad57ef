package llm265.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;

/** YUV4MPEG2 files of every chroma format and bit depth, as {@code ffmpeg -f yuv4mpegpipe} writes them. */
public final class Y4mDump implements PictureDump {
  /** The first bytes of such a file. */
  public static final String MAGIC = "YUV4MPEG2 ";

  private final InputStream in;
  private final String name;
  private final Y4mHeader header;

  /** A dump; reads its header at once; {@code in} is closed with it. */
  public Y4mDump(InputStream in, String name) throws IOException {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.name = name;
    header = Y4mHeader.read(this.in, name);
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    requireFormat(format);
    if (!Y4mHeader.readFrameHeader(in, name)) {
      return new byte[0];
    }
    byte[] picture = in.readNBytes(PictureDump.pictureBytes(format));
    in.readNBytes(flatChroma(format));
    return picture;
  }

  private void requireFormat(PictureFormat format) throws IOException {
    if (header.width() != format.width(0) || header.height() != format.height(0)) {
      throw new IOException(name + ": has pictures of " + header.width() + "x" + header.height() + ", ours are "
          + format.width(0) + "x" + format.height(0));
    }
    String chroma = switch (format.chroma()) {
      case MONOCHROME -> "mono";
      case YUV420 -> "420";
      case YUV422 -> "422";
      case YUV444 -> "444";
    };
    int bits = format.bitDepthLuma();
    String depth = bits == 8 ? "" : (format.chroma() == ChromaFormat.MONOCHROME ? "" : "p") + bits;
    if (!colour().equals(chroma + depth) && flatChroma(format) == 0) {
      throw new IOException(name + ": has colour space C" + header.colour() + ", ours is " + chroma + depth);
    }
  }

  /** The colour space without the location of chroma samples. */
  private String colour() {
    return header.colour().replaceFirst("jpeg|paldv|mpeg2", "");
  }

  /** FFmpeg turns 4:0:0 into 4:2:0 with chroma that is not in the stream. */
  private int flatChroma(PictureFormat format) {
    String made = "420" + (format.bitDepthLuma() == 8 ? "" : "p" + format.bitDepthLuma());
    return colour().equals(made) ? PictureDump.flatChromaBytes(format) : 0;
  }

  @Override
  public long left() throws IOException {
    long frames = 0;
    while (Y4mHeader.readFrameHeader(in, name)) {
      for (long rest = frameBytes(); rest > 0; ) {
        long skipped = in.skip(rest);
        if (skipped == 0) {
          return frames + 1;
        }
        rest -= skipped;
      }
      frames++;
    }
    return frames;
  }

  private long frameBytes() {
    String colour = header.colour();
    int sampleBytes = colour.matches(".*(p|mono)1\\d") ? 2 : 1;
    int chromaWidth = colour.startsWith("444") ? header.width() : (header.width() + 1) / 2;
    int chromaHeight = colour.startsWith("420") ? (header.height() + 1) / 2 : header.height();
    long chroma = colour.startsWith("mono") ? 0 : 2L * chromaWidth * chromaHeight;
    return sampleBytes * ((long) header.width() * header.height() + chroma);
  }

  @Override
  public boolean inPictures() {
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
