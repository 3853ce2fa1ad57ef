package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import llm265.checkpoint.file.PrintableText;
import llm265.h264.VideoSignal;
import llm265.h264.VideoSignal.Ratio;

/**
 * The first line of a YUV4MPEG2 file.
 *
 * @param width width in samples, 1 to 65,536
 * @param height height in samples, 1 to 65,536
 * @param colour what follows C, such as 420jpeg, which is the default
 * @param signal what it says about range, location of chroma samples, shape of samples and frame rate
 * @param interlacing the letter after I: p for frames, t and b for fields, m for both; ? if it is not known
 */
record Y4mHeader(int width, int height, String colour, VideoSignal signal, char interlacing) {
  private static final int LONGEST_LINE = 1024;

  private static final String RANGE = "XCOLORRANGE=";

  /** Reads the header. {@code name} is the file's name, for errors. */
  static Y4mHeader read(InputStream in, String name) throws IOException {
    String header = readLine(in, name);
    if (header == null || !header.startsWith("YUV4MPEG2")) {
      throw new IOException(name + ": not a YUV4MPEG2 file");
    }
    int width = 0;
    int height = 0;
    String colour = null;
    VideoSignal signal = VideoSignal.UNKNOWN;
    char interlacing = '?';
    for (String token : header.split(" ")) {
      switch (token.isEmpty() ? ' ' : token.charAt(0)) {
        case 'W' -> width = size(token, name);
        case 'H' -> height = size(token, name);
        case 'C' -> colour = token.substring(1);
        case 'F' -> signal = signal.withFrameRate(ratio(token, name));
        case 'A' -> signal = signal.withSampleAspectRatio(aspectRatio(token, name));
        case 'I' -> interlacing = token.length() == 2 ? token.charAt(1) : '?';
        case 'X' -> signal = token.startsWith(RANGE) ? signal.withFullRange(fullRange(token, name)) : signal;
        default -> { }
      }
    }
    if (width == 0 || height == 0) {
      throw new IOException(name + ": header without width and height");
    }
    return colour == null
        ? new Y4mHeader(width, height, "420jpeg", signal, interlacing)
        : new Y4mHeader(width, height, colour, signal.withChromaSampleLocType(chromaSampleLocType(colour)), interlacing);
  }

  /** Figure E-1: the location of chroma samples that a colour space names, or null. */
  private static Integer chromaSampleLocType(String colour) {
    return switch (colour) {
      case "420mpeg2" -> 0;
      case "420", "420jpeg" -> 1;
      case "420paldv" -> 2;
      default -> null;
    };
  }

  private static Boolean fullRange(String token, String name) throws IOException {
    return switch (token.substring(RANGE.length())) {
      case "FULL" -> true;
      case "LIMITED" -> false;
      default -> throw new IOException(name + ": header has " + PrintableText.of(token) + ", which is neither FULL nor LIMITED");
    };
  }

  private static Ratio aspectRatio(String token, String name) throws IOException {
    Ratio ratio = ratio(token, name);
    // sar_width and sar_height have 16 bits
    return ratio != null && Math.max(ratio.numerator(), ratio.denominator()) > 0xFFFF ? null : ratio;
  }

  /** A ratio; null for 0:0, an unknown one. */
  private static Ratio ratio(String token, String name) throws IOException {
    String[] numbers = token.substring(1).split(":", 2);
    try {
      int numerator = Integer.parseInt(numbers[0]);
      int denominator = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 1;
      if (numerator >= 0 && denominator >= 0) {
        return Ratio.of(numerator, denominator);
      }
    } catch (NumberFormatException e) {
      // Reported below, like any other wrong ratio.
    }
    throw new IOException(name + ": header has ratio " + PrintableText.of(token));
  }

  private static int size(String token, String name) throws IOException {
    try {
      int value = Integer.parseInt(token.substring(1));
      if (value > 0 && value <= 65_536) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like any other wrong size.
    }
    throw new IOException(name + ": header has size " + PrintableText.of(token));
  }

  /** Reads the line before a frame; returns false at the end of the file. */
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
