package llm265.tensor.values;

/** A row of values to look at: in an array of its own, or where an array has them anyway. Used by one thread at a time. */
public final class ValueRow {
  private final float[] own;
  private float[] array;
  private int offset;

  /**
   * @param length number of values at most
   */
  public ValueRow(int length) {
    own = new float[length];
    array = own;
  }

  /** Holds the values; to be changed only after {@link #detach}. */
  public float[] array() {
    return array;
  }

  /** Index of the first value in {@link #array}. */
  public int offset() {
    return offset;
  }

  public float get(int x) {
    return array[offset + x];
  }

  /** From now on the row is part of another array. */
  public void attach(float[] other, int otherOffset) {
    array = other;
    offset = otherOffset;
  }

  /** An array for the row's values, from 0 on, whatever was in it. */
  public float[] renew() {
    attach(own, 0);
    return own;
  }

  /** The array of the row's own, from 0 on, with its first {@code count} values in it. */
  public float[] detach(int count) {
    if (array != own) {
      System.arraycopy(array, offset, own, 0, count);
      attach(own, 0);
    }
    return own;
  }
}
