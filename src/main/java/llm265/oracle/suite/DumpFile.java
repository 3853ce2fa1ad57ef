package llm265.oracle.suite;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import llm265.image.Y4mDump;

/** Files of samples that decoders have written: raw planar ones, or .y4m, which their first bytes tell. */
final class DumpFile {
  private DumpFile() {}

  static boolean isY4m(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(Y4mDump.MAGIC.length()), StandardCharsets.US_ASCII).equals(Y4mDump.MAGIC);
    }
  }

  /**
   * Opens a file.
   *
   * @param name its name in messages
   */
  static PictureDump open(Path file, String name) throws IOException {
    boolean y4m = isY4m(file);
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      return y4m ? new Y4mDump(in, name) : new RawDump(in, Files.size(file));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
