package llm265.book;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import llm265.TensorDecoder;
import llm265.trinity.Alphabet;
import llm265.trinity.Law;
import llm265.trinity.Trellis;

/** Chapter 12: the trellis of eight states, a small rANS, and golden-vectors/tensors/trellis-constant.trinity. */
final class TrellisFigures {
  private static final String FILE = "golden-vectors/tensors/trellis-constant.trinity";
  private static final Trellis EIGHT = Trellis.of(3);
  private static final int[] MAGNITUDES = {1, -2, 0, 1, 1, -1};
  private static final double[] VALUES = {0.8, 2.6, -1.1, 0.9, 3.2, -0.6};

  /** The law of Gaussian values of a deviation of two steps: width 1.4 deviations, in twelfths of an octave from 1/8 on. */
  private static final Law GAUSSIAN = new Law(Alphabet.NARROW, 54, 16, 0, 6, 0);

  private TrellisFigures() {}

  static void addTo(Figures figures) {
    figures.put("12.states", TrellisFigures::states);
    figures.put("12.path", () -> path(MAGNITUDES));
    figures.put("12.search", TrellisFigures::search);
    figures.put("12.rans", () -> decode(encode("abacaadb")));
    figures.put("12.law", () -> "first quantizer   " + counts(0) + "\nsecond quantizer  " + counts(1));
    figures.put("12.file", TrellisFigures::file);
    figures.put("12.1", () -> Integer.toString(EIGHT.next(5, 3)));
    figures.put("12.2", () -> Integer.toString(Math.max(2 * 3 - 1, 0)));
    figures.put("12.3", () -> path(new int[] {2, 1, 1}).replaceAll("(?s).* ", ""));
    figures.put("12.4", () -> new ToyState(85).symbol() + " " + new ToyState(85).next());
    figures.put("12.5", () -> String.format(Locale.ROOT, "%.3f", 8.0 * Files.size(Path.of(FILE)) / (96 * 80)));
    figures.put("12.6", () -> Float.toString(TensorDecoder.decode(Files.readAllBytes(Path.of(FILE)))[4711]));
  }

  private static String states() {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("state", "quantizer", "k even", "k odd")));
    for (int state = 0; state < 8; state++) {
      rows.add(List.of(Integer.toString(state), Integer.toString(state & 1),
          Integer.toString(EIGHT.next(state, 0)), Integer.toString(EIGHT.next(state, 1))));
    }
    return Texts.table(rows);
  }

  /** Level of a magnitude with a sign. */
  private static int level(int quantizer, int signed) {
    int u = Math.max(2 * Math.abs(signed) - quantizer, 0);
    return signed < 0 ? -u : u;
  }

  private static String path(int[] signed) {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("state", "quantizer", "magnitude, sign", "u")));
    int state = 0;
    for (int k : signed) {
      rows.add(List.of(Integer.toString(state), Integer.toString(state & 1), Integer.toString(k),
          Integer.toString(level(state & 1, k))));
      state = EIGHT.next(state, Math.abs(k));
    }
    return Texts.table(rows);
  }

  /** The path of the least squared error, of all of them, beside the one quantizer of every second step. */
  private static String search() {
    int[] best = null;
    double least = Double.POSITIVE_INFINITY;
    int choices = 5;
    int paths = (int) Math.pow(choices, VALUES.length);
    for (int path = 0; path < paths; path++) {
      int[] signed = new int[VALUES.length];
      double error = 0;
      int state = 0;
      for (int i = 0, rest = path; i < signed.length; i++, rest /= choices) {
        signed[i] = rest % choices - choices / 2;
        double off = VALUES[i] - level(state & 1, signed[i]);
        error += off * off;
        state = EIGHT.next(state, Math.abs(signed[i]));
      }
      if (error < least) {
        least = error;
        best = signed;
      }
    }
    List<List<String>> rows = new ArrayList<>(List.of(List.of("value", "trellis: magnitude, sign", "u", "every second step: u")));
    int state = 0;
    double plain = 0;
    for (int i = 0; i < best.length; i++) {
      int even = 2 * (int) Math.rint(VALUES[i] / 2);
      plain += (VALUES[i] - even) * (VALUES[i] - even);
      rows.add(List.of(Double.toString(VALUES[i]), Integer.toString(best[i]), Integer.toString(level(state & 1, best[i])),
          Integer.toString(even)));
      state = EIGHT.next(state, Math.abs(best[i]));
    }
    rows.add(List.of("error", "", String.format(Locale.ROOT, "%.2f", least), String.format(Locale.ROOT, "%.2f", plain)));
    return Texts.table(rows);
  }

  /** A state of a rANS coder of 16 slots: a has 8 of them, b 4, c and d 2 each. */
  private record ToyState(int x) {
    private static final String SLOTS = "aaaaaaaabbbbccdd";

    char symbol() {
      return SLOTS.charAt(x & 15);
    }

    static int frequency(char symbol) {
      return (int) SLOTS.chars().filter(slot -> slot == symbol).count();
    }

    int place() {
      return (x & 15) - SLOTS.indexOf(symbol());
    }

    int next() {
      return frequency(symbol()) * (x >> 4) + place();
    }

    /** The state from which a symbol leads to this one. */
    ToyState before(char symbol) {
      int f = frequency(symbol);
      return new ToyState((x / f << 4) + SLOTS.indexOf(symbol) + x % f);
    }
  }

  /** The words of a message, and its first state. */
  private record Toy(int first, Deque<Integer> words, int count) {}

  private static Toy encode(String message) {
    ToyState state = new ToyState(16);
    Deque<Integer> words = new ArrayDeque<>();
    for (int i = message.length() - 1; i >= 0; i--) {
      char symbol = message.charAt(i);
      while (state.x() >= 16 * ToyState.frequency(symbol)) {
        words.push(state.x() & 15);
        state = new ToyState(state.x() >> 4);
      }
      state = state.before(symbol);
    }
    return new Toy(state.x(), words, message.length());
  }

  private static String decode(Toy toy) {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("x", "slot", "symbol", "f * (x >> 4) + place", "word", "next x")));
    ToyState state = new ToyState(toy.first());
    for (int i = 0; i < toy.count(); i++) {
      int y = state.next();
      String word = "";
      int x = y;
      if (x < 16) {
        word = Integer.toString(toy.words().peek());
        x = 16 * x + toy.words().pop();
      }
      char symbol = state.symbol();
      rows.add(List.of(Integer.toString(state.x()), Integer.toString(state.x() & 15), Character.toString(symbol),
          ToyState.frequency(symbol) + " * " + (state.x() >> 4) + " + " + state.place() + " = " + y, word, Integer.toString(x)));
      state = new ToyState(x);
    }
    if (state.x() != 16 || !toy.words().isEmpty()) {
      throw new AssertionError();
    }
    return Texts.table(rows);
  }

  private static String counts(int quantizer) {
    int[] counts = GAUSSIAN.frequencies().counts();
    return Texts.list(Arrays.copyOfRange(counts, 16 * quantizer, 16 * quantizer + 16));
  }

  private static String file() throws IOException {
    byte[] stream = Files.readAllBytes(Path.of(FILE));
    String[] names = {"magic", "payload_length", "tag, length of the tensor section", "format_version", "transform_flags",
      "element_type, layout", "rank", "dimensions", "view_columns", "tile_width / 16, tile_height / 16", "state_bits",
      "chunk_steps", "law_classes", "law: kind, alphabet, width, shape", "law: first_zero, second_zero, first_one",
      "deviation, rms_error", "header_crc", "tag, length of the tile section", "tile_number", "offset", "step", "outlier_count",
      "tile_crc"};
    int[] lengths = {8, 4, 2, 1, 2, 2, 1, 2, 1, 2, 1, 2, 1, 4, 3, 6, 5, 2, 1, 4, 4, 1, 4};
    List<List<String>> rows = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < names.length; i++) {
      rows.add(List.of(names[i], Texts.hex(Arrays.copyOfRange(stream, at, at + lengths[i]))));
      at += lengths[i];
    }
    if (at != stream.length) {
      throw new AssertionError(at);
    }
    return Texts.table(rows);
  }
}
