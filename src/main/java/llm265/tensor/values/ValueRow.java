package llm265.tensor.values;

/** A row of values for reading: in its own array, or in an array that has them anyway. Used by one thread at a time. */
public final class ValueRow {
  private final float[] own;
  private float[] array;
  private int offset;

  /** @param length greatest number of values */
  public ValueRow(int length) {
    own = new float[length];
    array = own;
  }

  /** Holds the values; may be changed only after {@link #detach}. */
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

  /** Makes the row a part of another array. */
  public void attach(float[] other, int otherOffset) {
    array = other;
    offset = otherOffset;
  }

  /** The row's own array for new values, starting at 0; old contents are arbitrary. */
  public float[] renew() {
    attach(own, 0);
    return own;
  }

  /** The row's own array, starting at 0, with the first {@code count} values in it. */
  public float[] detach(int count) {
    if (array != own) {
      System.arraycopy(array, offset, own, 0, count);
      attach(own, 0);
    }
    return own;
  }
}
