package llm265.h264.cabac;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A string of bins, each with the context that codes it: what binarization (9.3.2) makes of syntax elements, before arithmetic
 * coding. Its bits can be counted under several contexts. It is coded once the decision is made.
 *
 * <p>A bin is an operation {@code ctxIdx << 1 | binVal}; {@link #BYPASS} and {@link #TERMINATE} stand for ctxIdx where there is
 * no context variable.
 */
public final class BinString {
  /** Stands for a ctxIdx: the bypass coding engine. */
  public static final int BYPASS = ContextVariables.COUNT;

  /** Stands for a ctxIdx: no bin at all; fills up a group of operations. */
  static final int NOTHING = ContextVariables.COUNT + 1;

  /** ctxIdx of end_of_slice_flag and of the bin of mb_type that distinguishes I_PCM. */
  public static final int TERMINATE = 276;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Part of an operation in {@link #operations}. */
  public static final int CTX_IDX = 0x7FFF;

  /** A binVal of 1 in {@link #operations}. */
  static final int ONE = 1 << 15;

  /** Bins {@code binVal << 15 | ctxIdx} in two bytes each, so that several can be written or read at once. */
  public byte[] operations = new byte[2048];
  public int size;

  /** Receives a residual block's levels that are not 0 while the block is appended. */
  final int[] levels = new int[64];

  /** Removes all bins. */
  public void reset() {
    size = 0;
  }

  /** Number of bins. */
  public int size() {
    return size;
  }

  /** The operation at an index, {@code ctxIdx << 1 | binVal}. */
  public int operation(int index) {
    int operation = get(operations, index);
    return ((operation & CTX_IDX) << 1) | (operation >>> 15);
  }

  /** An operation in the form of {@link #operations}. */
  public static int get(byte[] operations, int index) {
    return (short) SHORT.get(operations, 2 * index) & 0xFFFF;
  }

  /** Sets an operation in the form of {@link #operations}. */
  static void set(byte[] operations, int index, int operation) {
    SHORT.set(operations, 2 * index, (short) operation);
  }

  /** Four operations; the first is in the lowest 16 bits. */
  static long four(byte[] operations, int index) {
    return (long) LONG.get(operations, 2 * index);
  }

  /** Sets four operations; the first is in the lowest 16 bits. */
  static void setFour(byte[] operations, int index, long four) {
    LONG.set(operations, 2 * index, four);
  }

  /** Appends a bin coded with a context. */
  public void decision(int ctxIdx, int binVal) {
    add(ctxIdx | (binVal << 15));
  }

  /** Appends a bin of the bypass engine. */
  public void bypass(int binVal) {
    add(BYPASS | (binVal << 15));
  }

  /** Appends a bin before termination. */
  public void terminate(int binVal) {
    add(TERMINATE | (binVal << 15));
  }

  private void add(int operation) {
    ensureRoom(1);
    set(operations, size++, operation);
  }

  void ensureRoom(int bins) {
    if (operations.length - 2 * size < 2 * bins) {
      operations = Arrays.copyOf(operations, Math.max(2 * (size + bins), 2 * operations.length));
    }
  }
}
