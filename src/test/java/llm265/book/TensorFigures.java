package llm265.book;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import llm265.TensorDecoder;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.transform.ForwardTransform;

/** Chapter 11: golden-vectors/tensors/plain.264 from its side information to values, and levels back from samples. */
final class TensorFigures {
  private static final String FILE = "golden-vectors/tensors/plain.264";

  private TensorFigures() {}

  static void addTo(Figures figures) {
    figures.put("11.header", TensorFigures::header);
    figures.put("11.tile", () -> Texts.table(List.of(
        List.of("offset", Texts.hex(tile(3, 4)), Float.toString(offset())),
        List.of("step", Texts.hex(tile(7, 4)), Float.toString(step())))));
    figures.put("11.values", TensorFigures::values);
    figures.put("11.back", TensorFigures::back);
    figures.put("11.1", () -> Float.toString(offset() + step() * (150 - 128)));
    figures.put("11.2", () -> String.format(Locale.ROOT, "%.2f", 20 * Math.log10(deviation(12) / deviation(15))));
    figures.put("11.3", () -> String.format(Locale.ROOT, "%.2f", 8.0 * stream().length / (96 * 80)));
    figures.put("11.4", () -> Integer.toString(level(330, 1, 1)));
    figures.put("11.5", () -> Integer.toString(36 / 2));
  }

  private static byte[] stream() throws IOException {
    return Files.readAllBytes(Path.of(FILE));
  }

  private static byte[] payload() {
    String line = Texts.printed("inspect", FILE).stream().filter(text -> text.contains("user_data_payload_byte"))
        .findFirst().orElseThrow();
    return HexFormat.of().parseHex(line.replaceAll(".* ", ""));
  }

  private static byte[] part(int at, int length) {
    return Arrays.copyOfRange(payload(), at, at + length);
  }

  /** Bytes of the tile section, counted from its tag. */
  private static byte[] tile(int at, int length) {
    return part(23 + at, length);
  }

  private static int little(byte[] bytes) {
    int number = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      number = (number << 8) | (bytes[i] & 255);
    }
    return number;
  }

  private static float offset() {
    return Float.intBitsToFloat(little(tile(3, 4)));
  }

  private static float step() {
    return Float.intBitsToFloat(little(tile(7, 4)));
  }

  /** f21: three times seven bits, the upper bits of a binary32 below its sign. */
  private static float deviation(int at) {
    byte[] bytes = part(at, 3);
    return Float.intBitsToFloat(((bytes[0] & 127) | ((bytes[1] & 127) << 7) | ((bytes[2] & 127) << 14)) << 10);
  }

  private static String header() {
    String[] names = {"section_tag", "section_length", "format_version", "transform_flags", "element_type", "layout", "rank",
      "dimension[0]", "dimension[1]", "view_columns", "tile_width / 16", "tile_height / 16"};
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      rows.add(List.of(Texts.hex(part(i, 1)), names[i], Integer.toString(payload()[i])));
    }
    rows.add(List.of(Texts.hex(part(12, 3)), "deviation", Float.toString(deviation(12))));
    rows.add(List.of(Texts.hex(part(15, 3)), "rms_error", Float.toString(deviation(15))));
    rows.add(List.of(Texts.hex(part(18, 5)), "header_crc", ""));
    return Texts.table(rows);
  }

  private static String values() throws IOException {
    Picture picture = H264IntraDecoder.decodeAll(stream()).getFirst();
    float[] decoded = TensorDecoder.decode(stream());
    List<List<String>> rows = new ArrayList<>(List.of(List.of("sample", "level", "value")));
    for (int i = 0; i < 6; i++) {
      int sample = picture.samples(0)[picture.first(0) + i];
      float value = offset() + step() * (sample - 128);
      if (value != decoded[i]) {
        throw new AssertionError(value + " and " + decoded[i]);
      }
      rows.add(List.of(Integer.toString(sample), Integer.toString(sample - 128), Float.toString(value)));
    }
    return Texts.table(rows);
  }

  /** SPEC.md, "Carried integers", step 3, at QP 28. */
  private static int level(int w, int i, int j) {
    int f = i % 2 == 0 && j % 2 == 0 ? 262_144 : i % 2 == 1 && j % 2 == 1 ? 107_374 : 167_772;
    return (int) (((long) w * f + (1 << 23)) >> 24);
  }

  private static String back() {
    int[] w = new int[16];
    ForwardTransform.forward4x4(TransformFigures.residual(0), 0, 4, w, 0);
    int[] levels = new int[16];
    Arrays.setAll(levels, k -> level(w[k], k / 4, k % 4));
    if (!Arrays.equals(levels, TransformFigures.levels(0))) {
      throw new AssertionError();
    }
    return Texts.matrix(4, levels);
  }
}
