package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The first line of a YUV4MPEG2 file.
 *
 * @param width width in samples, 1 to 65,536
 * @param height height in samples, likewise
 * @param colour what follows C, such as 420jpeg, which is the default
 */
record Y4mHeader(int width, int height, String colour) {
  private static final int LONGEST_LINE = 1024;

  /** Reads it. {@code name} is that of the file, for errors. */
  static Y4mHeader read(InputStream in, String name) throws IOException {
    String header = readLine(in, name);
    if (header == null || !header.startsWith("YUV4MPEG2")) {
      throw new IOException(name + ": not a YUV4MPEG2 file");
    }
    int width = 0;
    int height = 0;
    String colour = "420jpeg";
    for (String token : header.split(" ")) {
      switch (token.isEmpty() ? ' ' : token.charAt(0)) {
        case 'W' -> width = size(token, name);
        case 'H' -> height = size(token, name);
        case 'C' -> colour = token.substring(1);
        default -> { }
      }
    }
    if (width == 0 || height == 0) {
      throw new IOException(name + ": header without width and height");
    }
    return new Y4mHeader(width, height, colour);
  }

  private static int size(String token, String name) throws IOException {
    try {
      int value = Integer.parseInt(token.substring(1));
      if (value > 0 && value <= 65_536) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as any other wrong size is.
    }
    throw new IOException(name + ": header has size " + token);
  }

  /** Reads the line before a frame; false at the end of the file. */
  static boolean readFrameHeader(InputStream in, String name) throws IOException {
    String line = readLine(in, name);
    if (line != null && !line.startsWith("FRAME")) {
      throw new IOException(name + ": expected FRAME");
    }
    return line != null;
  }

  /** A line without its end, or null at the end of the file. */
  private static String readLine(InputStream in, String name) throws IOException {
    byte[] line = new byte[LONGEST_LINE];
    for (int length = 0; length < LONGEST_LINE; length++) {
      int value = in.read();
      if (value < 0) {
        if (length == 0) {
          return null;
        }
        throw new EOFException(name + ": ends within a header");
      }
      if (value == '\n') {
        return new String(line, 0, length, StandardCharsets.US_ASCII);
      }
      line[length] = (byte) value;
    }
    throw new IOException(name + ": header line of more than " + LONGEST_LINE + " bytes");
  }
}
