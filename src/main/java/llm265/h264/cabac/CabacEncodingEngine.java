package llm265.h264.cabac;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * 9.3.4.2 to 9.3.4.5 Arithmetic encoding process.
 *
 * <p>The standard's encoder holds back "outstanding" bits until it knows their carry. Here bits are written at once, 32
 * at a time, and a carry that comes later is added to the bytes already written: the same bits, without a test a bit.
 */
public final class CabacEncodingEngine {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** Most bytes that a bin can add, with room for the last ones; generous, as memory is grown by doubling. */
  private static final int MOST_BYTES_A_BIN = 1;

  private byte[] bytes = new byte[1 << 12];
  private int position;

  /**
   * codILow without what has been written: {@link #queued} + 9 bits, and a carry above them. Its lowest 10 bits are the
   * standard's register.
   */
  private long codILow;
  private int codIRange;

  /** Number of bits shifted out of the standard's register but not written. */
  private int queued;

  private boolean flushed;

  /** Starts a slice's data with no bytes. */
  public void init() {
    position = 0;
    initEngine();
  }

  /** 9.3.4.1 Initialization process for the arithmetic encoding engine. */
  private void initEngine() {
    codILow = 0;
    codIRange = 510;
    queued = 0;
    flushed = false;
  }

  /**
   * Codes all bins of a string and adapts the contexts. After a {@link BinString#terminate} of 1, which must be the last
   * bin, the data is flushed (9.3.4.5) and filled up with zero bits to a whole byte: either the slice is at its end, the
   * last 1 being rbsp_stop_one_bit, or {@link #encodePcm} follows.
   */
  public void encode(BinString bins, ContextVariables contexts) {
    if (flushed) {
      throw new IllegalStateException("bins after the end of the arithmetic code");
    }
    ensureRoom(MOST_BYTES_A_BIN * bins.size + 16);
    byte[] states = contexts.state;
    short[] operations = bins.operations;
    long low = codILow;
    int range = codIRange;
    int bits = queued;
    for (int i = 0; i < bins.size; i++) {
      int operation = operations[i];
      int ctxIdx = operation >> 1;
      int binVal = operation & 1;
      if (ctxIdx == BinString.BYPASS) {
        low = (low << 1) + (range & -binVal);
        bits++;
      } else if (ctxIdx == BinString.TERMINATE) {
        range -= 2;
        if (binVal != 0) {
          codILow = low + range << 7;
          queued = bits + 7;
          flush();
          return;
        }
        int shift = Integer.numberOfLeadingZeros(range) - 23;
        range <<= shift;
        low <<= shift;
        bits += shift;
      } else {
        int state = states[ctxIdx];
        int rangeLps = (int) (TransitionTables.CONTEXT_WORD[state & 127] >>> (range >>> 3 & 56)) & 0xFF;
        // All ones for the more probable symbol.
        int mps = (state ^ binVal ^ 1) << 31 >> 31;
        int rangeMps = range - rangeLps;
        low += rangeMps & ~mps;
        range = rangeLps + (rangeMps - rangeLps & mps);
        states[ctxIdx] = (byte) TransitionTables.nextState(state, binVal);
        int shift = Integer.numberOfLeadingZeros(range) - 23;
        range <<= shift;
        low <<= shift;
        bits += shift;
      }
      if (bits >= 32) {
        write32(low >>> bits - 23);
        low &= (1L << bits - 23) - 1;
        bits -= 32;
      }
    }
    codILow = low;
    codIRange = range;
    queued = bits;
  }

  /** Writes the lowest 32 of 33 bits and carries the highest into the bytes before. */
  private void write32(long word) {
    if (word >>> 32 != 0) {
      propagateCarry();
    }
    INT.set(bytes, position, (int) word);
    position += 4;
  }

  private void propagateCarry() {
    int index = position - 1;
    while (++bytes[index] == 0) {
      index--;
    }
  }

  /** 9.3.4.5 Encoding flushing process, after the renormalization, and zero bits up to a whole byte. */
  private void flush() {
    int length = queued + 2;
    long last = codILow >>> 7 | 1;
    if (last >>> length != 0) {
      propagateCarry();
    }
    last <<= 64 - length;
    for (int written = 0; written < length; written += 8) {
      bytes[position++] = (byte) (last >>> 56);
      last <<= 8;
    }
    flushed = true;
  }

  /**
   * Appends the samples of an I_PCM macroblock and initializes the engine again. To be called after the bins of its
   * mb_type, for luma and chroma in one go.
   *
   * @param samples as {@link llm265.h264.macroblock.Macroblock#pcmSamples}
   * @param chromaSamples number of chroma samples that follow the 256 luma samples: 0, 128, 256 or 512
   */
  public void encodePcm(short[] samples, int bitDepthLuma, int chromaSamples, int bitDepthChroma) {
    if (!flushed) {
      throw new IllegalStateException("pcm samples without a terminating bin");
    }
    ensureRoom((256 * bitDepthLuma + chromaSamples * bitDepthChroma) / 8);
    writePcmSamples(samples, 0, 256, bitDepthLuma);
    writePcmSamples(samples, 256, chromaSamples, bitDepthChroma);
    initEngine();
  }

  private void writePcmSamples(short[] samples, int from, int count, int bitDepth) {
    int pending = 0;
    int held = 0;
    for (int i = from; i < from + count; i++) {
      pending = pending << bitDepth | samples[i] & (1 << bitDepth) - 1;
      held += bitDepth;
      while (held >= 8) {
        held -= 8;
        bytes[position++] = (byte) (pending >>> held);
      }
    }
  }

  private void ensureRoom(int more) {
    if (bytes.length - position < more) {
      bytes = Arrays.copyOf(bytes, Math.max(position + more, 2 * bytes.length));
    }
  }

  /** Number of bits that the data has so far, without those that a flush would add. */
  public long bitCount() {
    return 8L * position + (flushed ? 0 : queued);
  }

  /** True after a terminating bin of 1, when {@link #size} bytes are complete. */
  public boolean isFlushed() {
    return flushed;
  }

  /** Number of whole bytes written; all of the data only when {@link #isFlushed}. */
  public int size() {
    return position;
  }

  /** The bytes written, live and longer than {@link #size}: RBSP bytes, without emulation prevention. */
  public byte[] buffer() {
    return bytes;
  }

  /** A copy of the bytes of a slice's data after its end_of_slice_flag. */
  public byte[] toByteArray() {
    if (!flushed) {
      throw new IllegalStateException("the slice is not at its end");
    }
    return Arrays.copyOf(bytes, position);
  }
}
