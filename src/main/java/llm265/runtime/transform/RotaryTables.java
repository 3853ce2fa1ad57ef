package llm265.runtime.transform;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Cosines and sines of rotary embedding, kept for blocks of positions: all layers, heads and cells ask for the same. Thread-safe.
 *
 * <p>Angles are made in binary32, as PyTorch makes them; sine and cosine are the exact ones of the angle, rounded.
 */
final class RotaryTables {
  /** Positions of a block. */
  static final int BLOCK = 64;

  /** Blocks that are kept: of 64 pairs 32 KiB each. */
  private static final int BLOCKS = 64;

  private static final int MOST_TABLES = 8;

  /** Those that were used last. */
  private static final Map<Key, RotaryTables> TABLES = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, RotaryTables> eldest) {
      return size() > MOST_TABLES;
    }
  };

  private final float[] frequencies;
  private final AtomicReferenceArray<Block> blocks = new AtomicReferenceArray<>(BLOCKS);

  /** Frequencies by their values. */
  private record Key(float[] frequencies) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && Arrays.equals(frequencies, that.frequencies);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(frequencies);
    }
  }

  /**
   * Positions one after the other.
   *
   * @param number of the block
   * @param cosines {@code BLOCK x pairs}
   * @param sines likewise
   */
  record Block(long number, float[] cosines, float[] sines) {}

  private RotaryTables(float[] frequencies) {
    this.frequencies = frequencies;
  }

  /** @param frequencies radians per position of each pair; not changed afterwards */
  static RotaryTables of(float[] frequencies) {
    synchronized (TABLES) {
      return TABLES.computeIfAbsent(new Key(frequencies), key -> new RotaryTables(key.frequencies));
    }
  }

  int pairs() {
    return frequencies.length;
  }

  /** The block that a position is in. */
  Block block(long position) {
    long number = position / BLOCK;
    int place = (int) (number % BLOCKS);
    Block known = blocks.get(place);
    if (known == null || known.number != number) {
      known = computed(number);
      blocks.set(place, known);
    }
    return known;
  }

  private Block computed(long number) {
    int pairs = frequencies.length;
    float[] cosines = new float[BLOCK * pairs];
    float[] sines = new float[BLOCK * pairs];
    for (int i = 0; i < cosines.length; i++) {
      float angle = (number * BLOCK + i / pairs) * frequencies[i % pairs];
      cosines[i] = (float) StrictMath.cos(angle);
      sines[i] = (float) StrictMath.sin(angle);
    }
    return new Block(number, cosines, sines);
  }
}
