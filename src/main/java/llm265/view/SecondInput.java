package llm265.view;

import java.io.IOException;
import llm265.image.PictureDump;

/** What a stream is compared with: another stream, or what another decoder has made of it. */
public interface SecondInput {
  /** Its pictures in output order, from the first one on. */
  PictureDump open() throws IOException;

  /** The name of its file. */
  String file();

  /** Its own resources if it is a stream; null for a dump. */
  default Resources resources() {
    return null;
  }
}
