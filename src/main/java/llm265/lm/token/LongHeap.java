package llm265.lm.token;

import java.util.Arrays;

/** Longs of which the least comes first: a binary heap. */
final class LongHeap {
  private long[] values;
  private int size;

  LongHeap(int expected) {
    values = new long[Math.max(4, expected)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0 && values[(at - 1) >> 1] > value) {
      values[at] = values[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    values[at] = value;
  }

  /** Takes the least value out. There must be one. */
  long remove() {
    long least = values[0];
    long last = values[--size];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= last) {
        break;
      }
      values[at] = values[child];
      at = child;
    }
    values[at] = last;
    return least;
  }
}
