package llm265.lm.token;

import java.util.Arrays;

/** A map of longs to ints that boxes neither: an open hash table that is at most half full. */
final class LongIntTable {
  static final int NONE = -1;

  private static final long FREE = -1;
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private long[] keys;
  private int[] values;
  private int size;

  /** @param expected how many keys there will be; more are possible */
  LongIntTable(int expected) {
    int slots = Integer.highestOneBit(Math.max(8, expected)) * 4;
    keys = freeKeys(slots);
    values = new int[slots];
  }

  private static long[] freeKeys(int slots) {
    long[] keys = new long[slots];
    Arrays.fill(keys, FREE);
    return keys;
  }

  /** The value of the key, or {@link #NONE}. */
  int get(long key) {
    int slot = slot(key);
    return keys[slot] == key ? values[slot] : NONE;
  }

  /**
   * Sets the value of a key.
   *
   * @param key any but -1
   */
  void put(long key, int value) {
    int slot = slot(key);
    if (keys[slot] != key) {
      if (2 * ++size > keys.length) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key;
    }
    values[slot] = value;
  }

  private int slot(long key) {
    int slot = (int) ((key * GOLDEN_RATIO) >>> 33) & (keys.length - 1);
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = freeKeys(2 * oldKeys.length);
    values = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
