package llm265.image;

import java.io.IOException;
import java.util.List;
import llm265.h264.decode.DecodedPicture;

/** Writes pictures into an image or video file. */
public interface PictureSink {
  /**
   * Writes the output rectangle of the next picture.
   *
   * @throws IOException if the file cannot be written, or cannot hold this picture after those before
   */
  void write(DecodedPicture picture) throws IOException;

  /** What the file does not have of the pictures written so far, though its name does not say so; a clause each. */
  default List<String> notes() {
    return List.of();
  }
}
