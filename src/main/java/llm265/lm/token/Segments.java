package llm265.lm.token;

import java.util.Arrays;

/** A text in consecutive segments, each of which matches a pattern or does not. */
final class Segments {
  private static final int FIELDS = 3;

  private int[] segments = new int[8 * FIELDS];
  private int size;

  void add(int start, int end, boolean isMatch) {
    if (size * FIELDS == segments.length) {
      segments = Arrays.copyOf(segments, 2 * segments.length);
    }
    segments[size * FIELDS] = start;
    segments[size * FIELDS + 1] = end;
    segments[size * FIELDS + 2] = isMatch ? 1 : 0;
    size++;
  }

  int size() {
    return size;
  }

  int start(int index) {
    return segments[index * FIELDS];
  }

  int end(int index) {
    return segments[index * FIELDS + 1];
  }

  boolean isMatch(int index) {
    return segments[index * FIELDS + 2] != 0;
  }

  /** Lets the last segment go on to another end. */
  void extendLast(int end) {
    segments[(size - 1) * FIELDS + 1] = end;
  }
}
