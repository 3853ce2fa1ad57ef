package llm265.fidelity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A story that models are tried on where there is no other text, in words that small models know. In the public domain. */
public final class SampleText {
  private static final String RESOURCE = "story.txt";

  private SampleText() {}

  public static String read() throws IOException {
    try (InputStream in = SampleText.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + RESOURCE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
