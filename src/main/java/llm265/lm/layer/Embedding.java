package llm265.lm.layer;

import java.util.Objects;

/** A vector for each token: from a table, or the factors of the model's head if the two are tied. */
public final class Embedding {
  private final int count;
  private final int size;
  private final Linear tied;
  private float[] table;

  private Embedding(int count, int size, Linear tied, float[] table) {
    this.count = count;
    this.size = size;
    this.tied = tied;
    this.table = table;
  }

  /** @param table {@code count x size} */
  public static Embedding of(int count, int size, float... table) {
    return new Embedding(count, size, null, table);
  }

  /** The factors of a head. */
  public static Embedding tied(Linear head) {
    return new Embedding(head.layer().outFeatures(), head.layer().inFeatures(), head, null);
  }

  /**
   * Replaces the table.
   *
   * @throws IllegalArgumentException if it has another size
   */
  public void setTable(float... values) {
    if (values.length != table.length) {
      throw new IllegalArgumentException(values.length + " values are not a table of " + count + " x " + size);
    }
    table = values.clone();
  }

  /** Copies the vector of {@code index} to {@code offset}. */
  public void copyRow(int index, float[] vector, int offset) {
    Objects.checkIndex(index, count);
    if (tied != null) {
      tied.copyRow(index, vector, offset);
    } else {
      System.arraycopy(table, index * size, vector, offset, size);
    }
  }

  /** Number of vectors. */
  public int count() {
    return count;
  }
}
