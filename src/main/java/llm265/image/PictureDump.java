package llm265.image;

import java.io.IOException;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;

/** Pictures that another decoder has made from a stream, one after another, for comparison with ours. */
public interface PictureDump extends AutoCloseable {
  /**
   * The next picture.
   *
   * @param format format of our picture
   * @return its samples in the layout of {@link llm265.h264.Picture#writeCropped}; fewer if the dump ends within it, none if
   *     the dump has ended
   * @throws IOException if the dump cannot be read, or states another format for its pictures
   */
  byte[] next(PictureFormat format) throws IOException;

  /** Number of bytes, or of pictures if {@link #inPictures}, that were not requested; must be called last. */
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

  /** Number of bytes of the two chroma planes that 4:2:0 has and 4:0:0 lacks; 0 for other formats. */
  static int flatChromaBytes(PictureFormat format) {
    return format.chroma() != ChromaFormat.MONOCHROME ? 0
        : 2 * ((format.width(0) + 1) / 2) * ((format.height(0) + 1) / 2) * (format.bitDepthLuma() > 8 ? 2 : 1);
  }
}
