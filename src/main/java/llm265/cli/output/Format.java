package llm265.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import llm265.checkpoint.file.PrintableText;

/** Formats numbers, shapes and JSON in the same way in every locale. */
public final class Format {
  private Format() {}

  public static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  public static String decibels(double snr) {
    if (Double.isInfinite(snr)) {
      return snr > 0 ? "exact" : "-inf";
    }
    return Double.isNaN(snr) ? "-" : number("%.2f", snr);
  }

  /** {@code 384x1536}; {@code scalar} without dimensions. */
  public static String shape(long[] shape) {
    return shape.length == 0 ? "scalar" : Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }

  public static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    if (bytes < 10_000_000) {
      return number("%.1f KB", bytes / 1e3);
    }
    return bytes < 10_000_000_000L ? number("%.1f MB", bytes / 1e6) : number("%.1f GB", bytes / 1e9);
  }

  /** Sets a member to a number, or to null if the number is not finite: JSON has no infinity. */
  public static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  /** Prints an object on lines of its own. */
  public static void printJson(PrintWriter out, ObjectMapper mapper, ObjectNode root) throws JsonProcessingException {
    out.print(PrintableText.ofJson(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root)) + System.lineSeparator());
  }
}
