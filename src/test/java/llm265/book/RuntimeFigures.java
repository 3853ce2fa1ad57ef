package llm265.book;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import llm265.runtime.GradientCodec;

/** Chapter 13: error feedback, and messages of gradients. */
final class RuntimeFigures {
  private static final int VALUES = 1024;

  private RuntimeFigures() {}

  static void addTo(Figures figures) {
    figures.put("13.feedback", RuntimeFigures::feedback);
    figures.put("13.zeros", RuntimeFigures::zeros);
    figures.put("13.head", RuntimeFigures::head);
    figures.put("13.size", () -> Integer.toString(message().length));
    figures.put("13.1", () -> Long.toString(cacheBytes(16)));
    figures.put("13.2", () -> Long.toString(cacheBytes(2)));
    figures.put("13.3", () -> Integer.toString(sumOfRounded(0.2, 10, true)));
    figures.put("13.4", () -> Integer.toString(sumOfRounded(0.2, 10, false)));
    figures.put("13.5", () -> String.format(Locale.ROOT, "%.2f", 8.0 * message().length / VALUES));
  }

  /** Keys and values of 6 layers, 4 heads of 32 and 1,024 tokens. */
  private static long cacheBytes(int bits) {
    return 2L * 6 * 4 * 32 * 1024 * bits / 8;
  }

  private static int sumOfRounded(double gradient, int steps, boolean feedback) {
    double error = 0;
    int sum = 0;
    for (int i = 0; i < steps; i++) {
      double wanted = gradient + (feedback ? error : 0);
      int sent = (int) Math.rint(wanted);
      error = wanted - sent;
      sum += sent;
    }
    return sum;
  }

  private static String feedback() {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("step", "gradient", "e + g", "sent", "e", "sum sent")));
    int error = 0;
    int sum = 0;
    for (int step = 1; step <= 6; step++) {
      int wanted = error + 35;
      int sent = (int) Math.rint(wanted / 100.0);
      error = wanted - 100 * sent;
      sum += sent;
      rows.add(List.of(Integer.toString(step), hundredths(35), hundredths(wanted), Integer.toString(sent), hundredths(error),
          Integer.toString(sum)));
    }
    return Texts.table(rows);
  }

  private static String hundredths(int number) {
    return String.format(Locale.ROOT, "%.2f", number / 100.0);
  }

  private static String zeros() {
    byte[] message = new GradientCodec(new GradientCodec.Settings(2, false, 3), 8).encode(new float[8]);
    checkSum(message);
    String[] names = {"kind: 3 for 8 states, 32 for scales", "values", "silent: some segments have no levels",
      "a bit for each segment", "scale_parameter", "segment_scale, filled up", "checksum"};
    int[] lengths = {1, 1, 1, 1, 1, 1, 4};
    return rows(message, names, lengths);
  }

  private static void checkSum(byte[] message) {
    CRC32C sum = new CRC32C();
    sum.update(message, 0, message.length - 4);
    if (ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(message.length - 4) != (int) sum.getValue()) {
      throw new AssertionError();
    }
  }

  private static String rows(byte[] message, String[] names, int[] lengths) {
    List<List<String>> rows = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < names.length; i++) {
      rows.add(List.of(Texts.hex(Arrays.copyOfRange(message, at, at + lengths[i])), names[i]));
      at += lengths[i];
    }
    return Texts.table(rows);
  }

  /** A message of values that are spread like a bell: sums of four sines. */
  private static byte[] message() {
    float[] gradient = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      double sum = 0;
      for (int k = 1; k <= 4; k++) {
        sum += StrictMath.sin(i * i * 0.37 * k + k);
      }
      gradient[i] = (float) sum;
    }
    return new GradientCodec(new GradientCodec.Settings(3, false, 3), VALUES).encode(gradient);
  }

  private static String head() {
    byte[] message = message();
    checkSum(message);
    String[] names = {"kind: 3 for 8 states, 16 for levels, 32 for scales", "values", "silent", "scale_parameter",
      "segment_scale", "scale", "law_width", "law_shape", "law_zeros", "law_first_one", "chunk_bytes",
      "the chunk begins: tail, lengths of 16 lanes"};
    int[] lengths = {1, 2, 1, 1, 1, 4, 1, 1, 1, 1, 2, 9};
    return rows(message, names, lengths);
  }
}
