package llm265.reference.network;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Files of an npm package: a tar archive of POSIX (ustar) in gzip. */
final class NpmPackage {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE = 124;
  private static final int SIZE_DIGITS = 11;
  private static final int PREFIX = 345;

  private NpmPackage() {}

  /** The files of a folder, by their names without it. */
  static Map<String, byte[]> files(Path packed, String folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(packed)))) {
      byte[] header = new byte[BLOCK];
      for (in.readFully(header); header[0] != 0; in.readFully(header)) {
        int size = Integer.parseInt(text(header, SIZE, SIZE_DIGITS), 8);
        byte[] content = new byte[size];
        in.readFully(content);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        String prefix = text(header, PREFIX, BLOCK - PREFIX);
        String name = (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, NAME);
        if (name.startsWith(folder)) {
          files.put(name.substring(folder.length()), content);
        }
      }
    }
    return files;
  }

  private static String text(byte[] header, int from, int most) {
    int length = 0;
    while (length < most && header[from + length] != 0) {
      length++;
    }
    return new String(header, from, length, StandardCharsets.UTF_8).strip();
  }
}
