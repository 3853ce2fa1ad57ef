package llm265.h264.coverage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of the standard streams make use of: for each row the values that occur.
 *
 * <p>Rows bear the names of syntax elements where there is one. Values are numbers, or words where numbers would say nothing.
 */
public final class Coverage {
  private final SortedMap<String, SortedSet<Object>> values = new TreeMap<>();

  /** Nothing covered yet. */
  public Coverage() {}

  /** Takes over all that other streams cover. */
  public void addAll(Coverage other) {
    other.values.forEach((row, found) -> values.computeIfAbsent(row, name -> new TreeSet<>()).addAll(found));
  }

  /** The rows that have values, in alphabetical order. */
  public Collection<String> rows() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** The values of a row that occur: integers, or words. */
  public SortedSet<Object> values(String row) {
    return Collections.unmodifiableSortedSet(values.getOrDefault(row, new TreeSet<>()));
  }

  void note(String row, int value) {
    values.computeIfAbsent(row, name -> new TreeSet<>()).add(value);
  }

  void note(String row, boolean value) {
    note(row, value ? 1 : 0);
  }

  void note(String row, String word) {
    values.computeIfAbsent(row, name -> new TreeSet<>()).add(word);
  }

  /**
   * One text for some rows, such as {@code intra4x4=0..8 mb_type=0,25}; those without values are left out. Spaces in words become
   * underscores.
   */
  public String text(Collection<String> rows) {
    return rows.stream().filter(values::containsKey).map(row -> row + "=" + text(row, ",").replace(' ', '_'))
        .collect(Collectors.joining(" "));
  }

  /** The values of a row; runs of three numbers and more are drawn together. */
  public String text(String row, String separator) {
    SortedSet<Object> found = values(row);
    if (found.isEmpty()) {
      return "";
    }
    if (!(found.first() instanceof Integer)) {
      return found.stream().map(Object::toString).collect(Collectors.joining(separator));
    }
    int[] numbers = found.stream().mapToInt(value -> (Integer) value).toArray();
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < numbers.length; ) {
      int to = from;
      while (to + 1 < numbers.length && numbers[to + 1] == numbers[to] + 1) {
        to++;
      }
      if (to > from + 1) {
        parts.add(numbers[from] + ".." + numbers[to]);
      } else {
        Arrays.stream(numbers, from, to + 1).forEach(number -> parts.add("" + number));
      }
      from = to + 1;
    }
    return String.join(separator, parts);
  }
}
