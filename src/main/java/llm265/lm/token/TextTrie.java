package llm265.lm.token;

/** Words by their UTF-16 units from the first one on, each with a number: which of them begin at a place in a text? */
final class TextTrie {
  /** The node that no unit has led to. */
  static final int ROOT = 0;

  private final LongIntTable children;
  private final LongIntTable numbers;
  private int nodes = 1;

  TextTrie(int expectedWords) {
    children = new LongIntTable(expectedWords);
    numbers = new LongIntTable(expectedWords);
  }

  /** Adds a word. One that is there gets the later number. */
  void put(String word, int number) {
    int node = ROOT;
    for (int i = 0; i < word.length(); i++) {
      int child = child(node, word.charAt(i));
      if (child == LongIntTable.NONE) {
        child = nodes++;
        children.put(key(node, word.charAt(i)), child);
      }
      node = child;
    }
    numbers.put(node, number);
  }

  /** The node to which a unit leads from another, or {@link LongIntTable#NONE}. */
  int child(int node, char unit) {
    return children.get(key(node, unit));
  }

  /** The number of the word that ends at a node, or {@link LongIntTable#NONE}. */
  int number(int node) {
    return numbers.get(node);
  }

  private static long key(int node, char unit) {
    return ((long) node << 16) | unit;
  }
}
