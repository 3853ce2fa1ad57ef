package llm265.h264.cabac;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;

/**
 * 9.3.1.2 and 9.3.3.2 Arithmetic decoding engine.
 *
 * <p>{@link #value} is a window of the bitstream. codIOffset is in bits 62..54 (and 63 briefly, after a bypass shift). Below it
 * are the bits not yet read, then a 1 that marks their end, then zeros. The only test for refilling, 32 bits at a time, is
 * {@code (int) value == 0}: the mark has left the low half. At least 22 bits are left then, so that two or three bins, of at
 * most 6 bits each, can share a test.
 *
 * <p>Nearly all bins are in the residual parser. It works on copies of the fields in local variables and repeats the steps of
 * {@link #decodeDecision}, because Java cannot return two values without writing them to memory.
 */
public final class CabacDecodingEngine {
  /** Bytes after the end of the data that must exist in the array; their values do not matter. */
  public static final int SLACK = 4;

  /** Position of codIOffset's least significant bit in the window. */
  static final int OFFSET_SHIFT = 54;

  /** The part of a context word, shifted left by 8 * qCodIRangeIdx, that is rangeTabLPS in the position of codIRange. */
  static final long RANGE_LPS = 0xFFL << OFFSET_SHIFT;

  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** {@link TransitionTables#CONTEXT_WORD} of each context's state. */
  final long[] contexts = new long[ContextVariables.COUNT];

  /** Room for the levels of a block in the order of the scan, without the zeros. */
  final int[] levels = new int[64];

  /**
   * Running mean of the number of nonzero levels per block, kept by {@link SignificanceMap}. It only selects the faster of two
   * parsers.
   */
  int density;

  long value;

  /** codIRange in the position of codIOffset in the window: bit 62 is its highest bit, which is always set between bins. */
  long range;

  private byte[] data;
  private int position;
  private int end;

  /** Sets all contexts to their state at the start of an I slice (9.3.1.1). */
  public void initContexts(ContextVariables variables) {
    for (int ctxIdx = 0; ctxIdx < contexts.length; ctxIdx++) {
      contexts[ctxIdx] = TransitionTables.CONTEXT_WORD[variables.state[ctxIdx] & 127];
    }
  }

  /**
   * Starts to decode at a byte (9.3.1.2).
   *
   * @param rbsp the data, with {@link #SLACK} bytes after {@code end}
   * @param offset index of the first byte
   * @param end index after the last byte
   * @throws MalformedStreamException if there are fewer than nine bits, or codIOffset is 510 or 511
   */
  public void init(byte[] rbsp, int offset, int end) {
    if (offset < 0 || end < 0 || end > rbsp.length - SLACK) {
      throw new IllegalArgumentException(offset + ".." + end + " of " + rbsp.length + " bytes");
    }
    if (end - offset < 2) {
      throw new MalformedStreamException("slice_data", "9.3.1.2", "no data to initialize the decoding engine from");
    }
    this.data = rbsp;
    this.end = end;
    position = offset + 4;
    value = (((int) INT.get(rbsp, offset) & 0xFFFFFFFFL) << 31) | (1L << 30);
    range = 510L << OFFSET_SHIFT;
    if (value >>> OFFSET_SHIFT >= 510) {
      throw new MalformedStreamException("slice_data", "9.3.1.2", "codIOffset is " + (value >>> OFFSET_SHIFT));
    }
  }

  /** 9.3.3.2.1 Decoding process for binary decisions before termination and bypass: one bin, 0 or 1. */
  public int decodeDecision(int ctxIdx) {
    long word = contexts[ctxIdx];
    long rangeLps = (word << ((int) (range >>> 57) & 24)) & RANGE_LPS;
    long rangeMps = range - rangeLps;
    long difference = value - rangeMps;
    // All ones for the more probable symbol. Uses the sign of the difference, not a comparison: bit 63 of value may be set.
    long mps = difference >> 63;
    int decision = (int) (word - mps) & 0xFF;
    contexts[ctxIdx] = TransitionTables.DECISION[decision];
    range = rangeLps + ((rangeMps - rangeLps) & mps);
    int shift = Long.numberOfLeadingZeros(range) - 1;
    range <<= shift;
    value = (difference + (rangeMps & mps)) << shift;
    if ((int) value == 0) {
      value = refill(value);
    }
    return decision & 1;
  }

  /** 9.3.3.2.3 Bypass decoding process for binary decisions. */
  public int decodeBypass() {
    long difference = (value << 1) - range;
    long zero = difference >> 63;
    value = difference + (range & zero);
    if ((int) value == 0) {
      value = refill(value);
    }
    return 1 + (int) zero;
  }

  /**
   * 9.3.3.2.2.3 Decoding process for binary decisions before termination. After a 1, nothing can be decoded before the next
   * {@link #init}.
   */
  public int decodeTerminate() {
    range -= 2L << OFFSET_SHIFT;
    if (value >= range) {
      return 1;
    }
    int shift = Long.numberOfLeadingZeros(range) - 1;
    range <<= shift;
    value <<= shift;
    if ((int) value == 0) {
      value = refill(value);
    }
    return 0;
  }

  /**
   * The next 32 bits of the data, in the upper half, with an end mark below them, as the test {@code (int) value == 0} needs
   * it. Past the end of the data the bits are meaningless; {@link #checkNotOverread} detects this.
   */
  private long nextBits() {
    int at = position;
    position = at + 4;
    return ((long) (int) INT.get(data, Math.min(at, end)) << 32) | (1L << 31);
  }

  /** Refills a window whose low half is 0 with 32 bits. The method is small, so that it is always inlined. */
  long refill(long window) {
    return window & (window - 1) | (nextBits() >>> ~Long.numberOfTrailingZeros(window));
  }

  /** Position, in bits from the start of the array, after the last bit that has been read into codIOffset. */
  public long bitPosition() {
    return 8L * position - (OFFSET_SHIFT - 1 - Long.numberOfTrailingZeros(value));
  }

  /** codIRange, between bins. */
  int codIRange() {
    return (int) (range >>> OFFSET_SHIFT);
  }

  /** codIOffset, between bins. */
  int codIOffset() {
    return (int) (value >>> OFFSET_SHIFT);
  }

  /**
   * A reader of the data at {@link #bitPosition}. Positions count from the start of the array. The engine must not have
   * over-read.
   */
  RbspReader readerAtPosition() {
    RbspReader reader = new RbspReader(data, 0, end);
    reader.moveTo(bitPosition());
    return reader;
  }

  /**
   * Must be called once per macroblock.
   *
   * @throws MalformedStreamException if bits past the end were read
   */
  public void checkNotOverread() {
    if (bitPosition() > 8L * end) {
      throw new MalformedStreamException("slice_data", "9.3.1.2", "the data ends within a macroblock");
    }
  }

  /** Moves past the pcm_alignment_zero_bits, after {@link #decodeTerminate} has returned 1 for an I_PCM macroblock. */
  void startPcm() {
    position = (int) Math.min(end, (bitPosition() + 7) >> 3);
  }

  /**
   * Reads pcm_sample_luma or pcm_sample_chroma.
   *
   * @param count number of samples, a multiple of 8
   * @param bitDepth bits of a sample, 8 to 14
   */
  void readPcmSamples(short[] samples, int from, int count, int bitDepth) {
    if (count * bitDepth >> 3 > end - position) {
      throw new MalformedStreamException("pcm_sample", "7.3.5", "the data ends within a macroblock");
    }
    int bits = 0;
    int held = 0;
    for (int i = 0; i < count; i++) {
      while (held < bitDepth) {
        bits = (bits << 8) | data[position++] & 0xFF;
        held += 8;
      }
      held -= bitDepth;
      samples[from + i] = (short) ((bits >>> held) & ((1 << bitDepth) - 1));
    }
  }

  /** Initializes the engine after the pcm samples (9.3.1.2). */
  void endPcm() {
    init(data, position, end);
  }
}
