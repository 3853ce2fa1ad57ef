package llm265.image;

import java.io.IOException;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;

/** Pictures that another decoder has made of a stream, one after another, for comparison with ours. */
public interface PictureDump extends AutoCloseable {
  /**
   * The next picture.
   *
   * @param format that of our picture
   * @return its samples as {@link llm265.h264.Picture#writeCropped} lays them out; fewer where the dump ends within it, none
   *     where it has ended
   * @throws IOException if the dump cannot be read, or says itself that its pictures are not of that format
   */
  byte[] next(PictureFormat format) throws IOException;

  /** How many bytes, or pictures where it is {@link #inPictures}, have not been asked for; to be called last. */
  long left() throws IOException;

  /** Whether {@link #left} counts pictures. */
  default boolean inPictures() {
    return false;
  }

  @Override
  void close() throws IOException;

  /** Number of bytes of one picture of a format. */
  static int pictureBytes(PictureFormat format) {
    long bytes = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      bytes += (long) format.width(plane) * format.height(plane) * (format.bitDepth(plane) > 8 ? 2 : 1);
    }
    return Math.toIntExact(bytes);
  }

  /** Bytes of the two chroma planes that 4:2:0 has and 4:0:0 does not; 0 for other formats. */
  static int flatChromaBytes(PictureFormat format) {
    return format.chroma() != ChromaFormat.MONOCHROME ? 0
        : 2 * ((format.width(0) + 1) / 2) * ((format.height(0) + 1) / 2) * (format.bitDepthLuma() > 8 ? 2 : 1);
  }
}
