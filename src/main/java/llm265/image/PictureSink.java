package llm265.image;

import java.io.IOException;
import java.util.List;
import llm265.h264.decode.DecodedPicture;

/** Writes pictures into an image or video file. */
public interface PictureSink {
  /**
   * Writes the output rectangle of the next picture.
   *
   * @throws IOException if the file cannot be written, or cannot hold this picture after the ones before
   */
  void write(DecodedPicture picture) throws IOException;

  /** What the file lacks of the pictures written so far, unless its name says so; one clause each. */
  default List<String> notes() {
    return List.of();
  }
}
