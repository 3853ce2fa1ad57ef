package llm265.h264.cabac;

import java.util.Arrays;

/**
 * A string of bins, each with the context that codes it: what binarization (9.3.2) makes of syntax elements, before
 * arithmetic coding. Its bits can be counted under several contexts, and it can be coded once that is decided.
 *
 * <p>A bin is an operation {@code ctxIdx << 1 | binVal}, with {@link #BYPASS} and {@link #TERMINATE} for ctxIdx where no
 * context variable is used.
 */
public final class BinString {
  /** In place of a ctxIdx: the bypass coding engine. */
  public static final int BYPASS = ContextVariables.COUNT;

  /** ctxIdx of end_of_slice_flag and of the bin of mb_type that tells I_PCM. */
  public static final int TERMINATE = 276;

  short[] operations = new short[1024];
  int size;

  /** Where a residual block's levels that are not 0 are gathered while it is appended. */
  final int[] levels = new int[64];

  /** Forgets all bins. */
  public void reset() {
    size = 0;
  }

  /** Number of bins. */
  public int size() {
    return size;
  }

  /** Cuts the string to its first {@code bins} bins, to which it must have had been appended. */
  public void truncate(int bins) {
    if (bins < 0 || bins > size) {
      throw new IllegalArgumentException(bins + " of " + size + " bins");
    }
    size = bins;
  }

  /** The operation at an index, {@code ctxIdx << 1 | binVal}. */
  public int operation(int index) {
    return operations[index];
  }

  /** Appends a bin coded with a context. */
  public void decision(int ctxIdx, int binVal) {
    add(ctxIdx << 1 | binVal);
  }

  /** Appends a bin of the bypass engine. */
  public void bypass(int binVal) {
    add(BYPASS << 1 | binVal);
  }

  /** Appends a bin before termination. */
  public void terminate(int binVal) {
    add(TERMINATE << 1 | binVal);
  }

  /** Appends all bins of another string. */
  public void append(BinString other) {
    ensureRoom(other.size);
    System.arraycopy(other.operations, 0, operations, size, other.size);
    size += other.size;
  }

  /** Appends the bins {@code from .. to - 1} of another string. */
  public void append(BinString other, int from, int to) {
    ensureRoom(to - from);
    System.arraycopy(other.operations, from, operations, size, to - from);
    size += to - from;
  }

  private void add(int operation) {
    ensureRoom(1);
    operations[size++] = (short) operation;
  }

  void ensureRoom(int bins) {
    if (operations.length - size < bins) {
      operations = Arrays.copyOf(operations, Math.max(size + bins, 2 * operations.length));
    }
  }
}
