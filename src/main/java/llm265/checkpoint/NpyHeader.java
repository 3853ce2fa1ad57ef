package llm265.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;

/**
 * The header of an npy file: the literal of a Python dictionary with the keys descr, fortran_order and shape.
 *
 * @param descr NumPy's name of the array's type, such as {@code <f4}
 * @param fortranOrder whether the first index runs fastest
 * @param shape dimensions
 */
record NpyHeader(String descr, boolean fortranOrder, long[] shape) {
  private static final int MAX_RANK = 64;

  /** The dictionary, without magic, lengths and padding. */
  String toPython() {
    StringBuilder text = new StringBuilder("{'descr': '").append(descr).append("', 'fortran_order': ");
    text.append(fortranOrder ? "True" : "False").append(", 'shape': (");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    return text.append(shape.length == 1 ? ",), }" : "), }").toString();
  }

  /**
   * @throws ModelFormatException if the text is not such a dictionary, or its type is a structure
   */
  static NpyHeader parse(Path path, String text) {
    return new Parsing(path, text).parse();
  }

  /** Parses dictionaries with those keys, and no other Python. */
  private static final class Parsing {
    private final Path path;
    private final String text;
    private int position;

    Parsing(Path path, String text) {
      this.path = path;
      this.text = text;
    }

    NpyHeader parse() {
      Map<String, Object> values = new HashMap<>();
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        Object value = switch (key) {
          case "descr" -> descr();
          case "fortran_order" -> bool();
          case "shape" -> shape();
          default -> throw bad("key " + ModelFormatException.quote(key) + " is not one of npy's");
        };
        if (values.put(key, value) != null) {
          throw bad("key " + key + " appears twice");
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      skipSpace();
      if (position != text.length()) {
        throw bad("text follows the dictionary");
      }
      if (values.size() != 3) {
        throw bad("keys are " + values.keySet() + ", not descr, fortran_order and shape");
      }
      return new NpyHeader((String) values.get("descr"), (Boolean) values.get("fortran_order"),
          (long[]) values.get("shape"));
    }

    private String descr() {
      skipSpace();
      if (position < text.length() && text.charAt(position) == '[') {
        throw bad("structured arrays are not supported");
      }
      return string();
    }

    private String string() {
      skipSpace();
      char quote = position < text.length() ? text.charAt(position) : 0;
      if (quote != '\'' && quote != '"') {
        throw bad("a string was expected at character " + position);
      }
      int end = text.indexOf(quote, position + 1);
      if (end < 0) {
        throw bad("a string does not end");
      }
      String value = text.substring(position + 1, end);
      position = end + 1;
      return value;
    }

    private boolean bool() {
      skipSpace();
      for (String word : List.of("True", "False")) {
        if (text.startsWith(word, position)) {
          position += word.length();
          return word.equals("True");
        }
      }
      throw bad("fortran_order is neither True nor False");
    }

    private long[] shape() {
      expect('(');
      List<Long> dimensions = new ArrayList<>();
      boolean comma = true;
      while (!accept(')')) {
        if (!comma) {
          throw bad("a comma is missing in the shape");
        }
        if (dimensions.size() == MAX_RANK) {
          throw bad("more than " + MAX_RANK + " dimensions");
        }
        dimensions.add(number());
        comma = accept(',');
      }
      return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    private long number() {
      skipSpace();
      int start = position;
      while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
        position++;
      }
      String digits = text.substring(start, position);
      if (digits.isEmpty() || digits.length() > 18) {
        throw bad("a dimension is not a number from 0 to 10^18");
      }
      // Python 2 marked long integers this way.
      if (position < text.length() && text.charAt(position) == 'L') {
        position++;
      }
      return Long.parseLong(digits);
    }

    private void skipSpace() {
      while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
    }

    private boolean accept(char c) {
      skipSpace();
      if (position < text.length() && text.charAt(position) == c) {
        position++;
        return true;
      }
      return false;
    }

    private void expect(char c) {
      if (!accept(c)) {
        throw bad("'" + c + "' was expected at character " + position);
      }
    }

    private ModelFormatException bad(String problem) {
      return new ModelFormatException(path, "bad npy header: " + problem);
    }
  }
}
