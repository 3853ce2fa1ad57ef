package llm265.lm.token;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes the table of replacements that SentencePiece's normalizer reads: a double-array trie, and the replacements. */
final class CharacterMap {
  private static final class Node {
    final SortedMap<Integer, Node> children = new TreeMap<>();
    int value = -1;
  }

  private static final int BLOCK = 256;

  private int[] units = new int[BLOCK];
  private boolean[] isUsed = new boolean[BLOCK];

  private CharacterMap() {}

  /** The table in Base64. */
  static String of(Map<String, String> replacements) {
    ByteArrayOutputStream texts = new ByteArrayOutputStream();
    Node root = new Node();
    replacements.forEach((from, to) -> {
      Node node = root;
      for (byte value : from.getBytes(StandardCharsets.UTF_8)) {
        node = node.children.computeIfAbsent(value & 0xFF, ignored -> new Node());
      }
      node.value = texts.size();
      texts.writeBytes(to.getBytes(StandardCharsets.UTF_8));
      texts.write(0);
    });
    CharacterMap map = new CharacterMap();
    map.isUsed[0] = true;
    map.place(root, 0, 0);
    ByteBuffer table =
        ByteBuffer.allocate(Integer.BYTES * (1 + map.units.length) + texts.size()).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(Integer.BYTES * map.units.length);
    for (int unit : map.units) {
      table.putInt(unit);
    }
    table.put(texts.toByteArray());
    return Base64.getEncoder().encodeToString(table.array());
  }

  /** Puts the children of a node, which is at a place, where they are all free. */
  private void place(Node node, int at, int label) {
    int base = 1;
    while (!isFree(node, base)) {
      base++;
    }
    units[at] = ((at ^ base) << 10) | (node.value >= 0 ? 1 << 8 : 0) | label;
    if (node.value >= 0) {
      isUsed[base] = true;
      units[base] = (1 << 31) | node.value;
    }
    for (int child : node.children.keySet()) {
      isUsed[base ^ child] = true;
    }
    for (Map.Entry<Integer, Node> child : node.children.entrySet()) {
      place(child.getValue(), base ^ child.getKey(), child.getKey());
    }
  }

  private boolean isFree(Node node, int base) {
    if (base + BLOCK > units.length) {
      units = Arrays.copyOf(units, units.length + BLOCK);
      isUsed = Arrays.copyOf(isUsed, units.length);
    }
    return !isUsed[base] && node.children.keySet().stream().noneMatch(child -> isUsed[base ^ child]);
  }
}
