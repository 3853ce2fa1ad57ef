package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import llm265.h264.trace.ElementCollector;

/** How often syntax elements occur, and the bits that they take. Elements of an array are counted together. */
final class ElementSums {
  private final Map<Key, Sum> sums = new LinkedHashMap<>();
  /** The same by structure and by name with index. */
  private final Map<String, Map<String, Sum>> known = new HashMap<>();

  private record Key(String structure, String clause, String name) {}

  private static final class Sum {
    private long count;
    private long bits;
  }

  /** Adds an element. */
  void add(String structure, String name, long bits) {
    Sum sum = known.computeIfAbsent(structure, unused -> new HashMap<>()).get(name);
    if (sum == null) {
      int bracket = name.indexOf('[');
      sum = sum(new Key(structure, ElementCollector.clauseOf(structure), bracket < 0 ? name : name.substring(0, bracket)));
      known.get(structure).put(name, sum);
    }
    sum.count++;
    sum.bits += bits;
  }

  /** Adds bits that belong to no element. */
  void addGap(String name, String clause, long bits) {
    Sum sum = sum(new Key("slice_data", clause, name));
    sum.count += bits > 0 ? 1 : 0;
    sum.bits += bits;
  }

  private Sum sum(Key key) {
    return sums.computeIfAbsent(key, unused -> new Sum());
  }

  /** Adds those of another picture. */
  void add(ElementSums other) {
    other.sums.forEach((key, sum) -> {
      Sum ours = sum(key);
      ours.count += sum.count;
      ours.bits += sum.bits;
    });
  }

  /** The sum over all elements. */
  long bits() {
    return sums.values().stream().mapToLong(sum -> sum.bits).sum();
  }

  /** The elements, those with the most bits first. */
  ArrayNode toJson() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    sums.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Key, Sum> entry) -> -entry.getValue().bits))
        .forEach(entry -> {
          ObjectNode element = array.addObject();
          element.put("name", entry.getKey().name());
          element.put("structure", entry.getKey().structure());
          element.put("clause", entry.getKey().clause());
          element.put("count", entry.getValue().count);
          element.put("bits", entry.getValue().bits);
        });
    return array;
  }
}
