package llm265.lm.layer;

import java.util.Arrays;

/** A cache that keeps keys and values as they are. */
public final class FloatKvCache implements KvCache {
  private final int width;
  private final int headSize;
  private final boolean rotated;
  private final float[][] keys;
  private final float[][] values;
  private int length;

  /**
   * @param heads number of heads of keys and values
   * @param rotated whether keys are stored after their rotary embedding
   */
  public FloatKvCache(int layers, int heads, int headSize, boolean rotated) {
    this.width = heads * headSize;
    this.headSize = headSize;
    this.rotated = rotated;
    keys = new float[layers][0];
    values = new float[layers][0];
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean storesRotatedKeys() {
    return rotated;
  }

  @Override
  public void append(int layer, int rows, float[] newKeys, float[] newValues) {
    keys[layer] = append(keys[layer], rows, newKeys);
    values[layer] = append(values[layer], rows, newValues);
  }

  private float[] append(float[] store, int rows, float[] more) {
    int needed = Math.multiplyExact(length + rows, width);
    // The first pass takes what it needs; tokens that come one by one find room.
    int room = length == 0 ? needed : (int) Math.min(2L * needed, Math.max(needed, 1 << 30));
    float[] larger = needed <= store.length ? store : Arrays.copyOf(store, room);
    System.arraycopy(more, 0, larger, length * width, rows * width);
    return larger;
  }

  @Override
  public void read(int layer, int head, int count, float[] headKeys, float[] headValues) {
    for (int token = 0; token < count; token++) {
      int at = token * width + head * headSize;
      System.arraycopy(keys[layer], at, headKeys, token * headSize, headSize);
      System.arraycopy(values[layer], at, headValues, token * headSize, headSize);
    }
  }

  @Override
  public void advance(int rows) {
    length += rows;
  }
}
