package llm265.h264.cabac;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * 9.3.4.2 to 9.3.4.5 Arithmetic encoding process.
 *
 * <p>The standard's encoder holds back "outstanding" bits until it knows their carry. This one writes bytes at once, and adds a
 * later carry to the bytes already written. The bits are the same, without a test for each bit.
 */
public final class CabacEncodingEngine {
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The most bytes that a bin can add, including the last ones; generous, since memory grows by doubling. */
  private static final int MOST_BYTES_A_BIN = 1;

  private static final int END = (BinString.TERMINATE << 1) | 1;

  /**
   * Bins coded in a row, of at most six bits each. A quarter of them fits next to {@link #HELD} bits, seven more and the
   * register.
   */
  private static final int GROUP = 16;

  /** Bits of codILow that are never written before the end. */
  private static final int REGISTER = 9;

  private static final int HELD = 8;

  /** A marked codILow with a bit at this position or above has no room for a quarter of a group. */
  private static final int FULL = 40;

  private byte[] bytes = new byte[1 << 12];
  private int position;

  /**
   * codILow without the bits already written: {@link #queued} + 9 bits, and a carry above them. Its lowest 10 bits are the
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
   * Codes all bins of a string and adapts the contexts. A {@link BinString#terminate} of 1 must be the last bin. After it the
   * data is flushed (9.3.4.5) and filled up with zero bits to a whole byte. Then either the slice ends, the last 1 being
   * rbsp_stop_one_bit, or {@link #encodePcm} follows.
   */
  public void encode(BinString bins, ContextVariables contexts) {
    if (flushed) {
      throw new IllegalStateException("bins after the end of the arithmetic code");
    }
    ensureRoom(MOST_BYTES_A_BIN * bins.size + 16);
    int count = bins.size;
    bins.ensureRoom(GROUP);
    boolean isEnd = count > 0 && bins.operation(count - 1) == END;
    encodeBins(bins.operations, isEnd ? count - 1 : count, contexts.state);
    if (isEnd) {
      BinString.set(bins.operations, count - 1, BinString.TERMINATE | BinString.ONE);
      terminate();
    }
  }

  /**
   * Codes bins other than a terminating 1. Codes sixteen in a row without a loop: C2 then keeps codILow and codIRange in
   * registers, and bytes are written once for all of them (1.9 ns per bin; 2.05 with eight in a row, 2.5 with four, 3.3 with a
   * loop). Bins of more than the usual bits need writes in between.
   *
   * <p>A bin takes some 30 instructions, as many as the processor executes while it waits for codIRange. Contexts that hold the
   * step of either bin, so that an operation is the place of its step, need only 27. But each context then waits longer for
   * itself, and a bin took 2.2 ns.
   */
  private void encodeBins(byte[] operations, int count, byte[] states) {
    for (int i = count; i < count + GROUP - 1; i++) {
      BinString.set(operations, i, BinString.NOTHING);
    }
    long low = marked(codILow, queued + REGISTER);
    long range = codIRange & 0xFF;
    long four;
    long step;
    for (int i = 0; i < count; i += GROUP) {
      four = BinString.four(operations, i);
      step = adapt(states, four);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 16);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 32);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 48);
      low = encode(low, step, range);
      range = after(step, range);
      low = low >>> FULL == 0 ? low : writeBytes(low);
      four = BinString.four(operations, i + 4);
      step = adapt(states, four);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 16);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 32);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 48);
      low = encode(low, step, range);
      range = after(step, range);
      low = low >>> FULL == 0 ? low : writeBytes(low);
      four = BinString.four(operations, i + 8);
      step = adapt(states, four);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 16);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 32);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 48);
      low = encode(low, step, range);
      range = after(step, range);
      low = low >>> FULL == 0 ? low : writeBytes(low);
      four = BinString.four(operations, i + 12);
      step = adapt(states, four);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 16);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 32);
      low = encode(low, step, range);
      range = after(step, range);
      step = adapt(states, four >>> 48);
      low = encode(low, step, range);
      range = after(step, range);
      low = writeBytes(low);
    }
    queued = 62 - REGISTER - Long.numberOfLeadingZeros(low);
    codILow = low & ((1L << (queued + REGISTER)) - 1);
    codIRange = (int) range + 256;
  }

  /** 9.3.4.2 for a context: the step of a bin. */
  private static long adapt(byte[] states, long operation) {
    int ctxIdx = (int) operation & BinString.CTX_IDX;
    long step = EncodingSteps.STEP[(states[ctxIdx] & 0xFF) + (int) ((operation >> 7) & 0x100)];
    states[ctxIdx] = (byte) step;
    return step;
  }

  /** 9.3.4.2 to 9.3.4.4 for codILow; ranges are less 256. */
  private static long encode(long low, long step, long range) {
    long grows = step >> 63;
    int shift = EncodingSteps.AFTER[EncodingSteps.SHIFTS + (int) (step & EncodingSteps.ROW) + (int) range];
    return ((low + ((range + 256) & grows)) << shift) - ((after(step, range) + 256) & grows);
  }

  /** The same for codIRange. */
  private static long after(long step, long range) {
    return EncodingSteps.AFTER[(int) (step & EncodingSteps.ROW) + (int) range] & 0xFFL;
  }

  /** {@code low} of some bits, with a 0 for a carry and a 1 above them; the 1 shows their number after any shifts. */
  private static long marked(long low, int bits) {
    return low | (2L << bits);
  }

  /**
   * Writes the whole bytes of a marked codILow, but keeps at least {@link #HELD} bits, so that a carry into written bytes is
   * rare. The work is always the same, since the number of bytes cannot be predicted.
   *
   * @return the rest, marked
   */
  private long writeBytes(long low) {
    int zeros = Long.numberOfLeadingZeros(low);
    int bits = 62 - zeros;
    long aligned = low << (zeros + 1);
    if (aligned < 0) {
      propagateCarry();
    }
    LONG.set(bytes, position, aligned << 1);
    int written = Math.max((bits - REGISTER - HELD) >> 3, 0);
    position += written;
    int left = bits - 8 * written;
    return marked(low & ((1L << left) - 1), left);
  }

  /** Codes a bin before termination of 1: 9.3.4.5 with its renormalization. */
  private void terminate() {
    codILow = (codILow + codIRange - 2) << 7;
    queued += 7;
    flush();
  }

  private void propagateCarry() {
    int index = position - 1;
    while (++bytes[index] == 0) {
      index--;
    }
  }

  /** 9.3.4.5 Encoding flushing process, after the renormalization; adds zero bits up to a whole byte. */
  private void flush() {
    int length = queued + 2;
    long last = (codILow >>> 7) | 1;
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
   * Appends the samples of an I_PCM macroblock and initializes the engine again. Must be called after the bins of its mb_type,
   * for luma and chroma together.
   *
   * @param samples see {@link llm265.h264.macroblock.Macroblock#pcmSamples}
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
      pending = (pending << bitDepth) | samples[i] & ((1 << bitDepth) - 1);
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

  /** Number of bits of the data so far, without those that a flush would add. */
  public long bitCount() {
    return 8L * position + (flushed ? 0 : queued);
  }

  /** Number of whole bytes written; all of the data only after a terminating bin of 1. */
  public int size() {
    return position;
  }

  /** The live array of bytes written, longer than {@link #size}: RBSP bytes, without emulation prevention. */
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
