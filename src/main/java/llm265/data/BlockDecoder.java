package llm265.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;
import llm265.data.symbol.Frequencies;
import llm265.data.symbol.SymbolTables;
import llm265.h264.MalformedStreamException;

/**
 * Decodes blocks. Used by one thread at a time. SPEC.md, "Data files".
 *
 * <p>Nothing but {@link MalformedStreamException} escapes, on any bytes.
 */
final class BlockDecoder {
  /** Values that are put together at a time: their words stay in the nearest cache. */
  private static final int PIECE = 1 << 11;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Raw bits that states of all fields bring along, in bytes. */
  private static final int MOST_CARRIED = 64 * BlockLayout.STATE_BYTES * DataKernels.MOST_LANES;

  /** Bytes behind a block that are overwritten. */
  static final int SLACK = MOST_CARRIED + DataKernels.SLACK;

  private final DataKernels kernels;
  private final byte[] values = new byte[BlockLayout.MOST_BYTES + DataKernels.SLACK];
  private final int[] low = new int[PIECE];
  private final int[] high = new int[PIECE];
  /** Raw bits that states bring along, at the end: those of the first field come last. */
  private final byte[] carried = new byte[MOST_CARRIED];
  private int carriedBytes;
  private final int[] states = new int[DataKernels.MOST_LANES];
  /** Symbols of coded fields; they grow with what is decoded. */
  private final List<byte[]> symbols = new ArrayList<>();

  BlockDecoder(DataKernels kernels) {
    this.kernels = kernels;
  }

  /** The values of the last block. */
  byte[] values() {
    return values;
  }

  /**
   * Decodes the body of a block to {@link #values}.
   *
   * @param in has {@link #SLACK} bytes behind {@code end}, which are overwritten
   * @param size bytes of the values, 1 to {@link BlockLayout#MOST_BYTES}
   */
  void decode(byte[] in, int at, int end, int size) {
    ByteSource source = new ByteSource(in, at, end);
    int mode = source.u8("mode");
    if (mode == BlockLayout.STORED) {
      System.arraycopy(in, source.skip("values", size), values, 0, size);
    } else {
      decode(in, source, end, mode, size);
    }
    if (!source.isAtEnd()) {
      throw ByteSource.malformed("block", "has bytes too many");
    }
  }

  private void decode(byte[] in, ByteSource source, int end, int mode, int size) {
    BlockLayout layout = BlockLayout.read(source, mode, size);
    int count = size / layout.width();
    int lanes = (mode & BlockLayout.WIDE) == 0 ? DataKernels.GROUP : DataKernels.MOST_LANES;
    int rawBytes = layout.rawBytes(count);
    int left = rawBytes;
    carriedBytes = 0;
    long constant = 0;
    boolean isBytes = layout.width() == 1 && layout.transform() == DataKernels.PLAIN && layout.fields().getFirst().isCoded()
        && layout.fields().getFirst().bits() == 8;
    for (int i = 0; i < layout.fields().size(); i++) {
      Field field = layout.fields().get(i);
      if (field.kind() == Field.Kind.CONSTANT) {
        constant |= constant(source, field) << field.shift();
      } else if (field.isCoded()) {
        decodeSymbols(in, source, field, lanes, count, isBytes ? values : plane(i, count));
        left = takeRaw(left, lanes);
      }
    }
    int rawAt = end - left;
    if (source.position() > rawAt) {
      throw ByteSource.malformed("raw bits", "are not as many as the values have");
    }
    System.arraycopy(carried, carried.length - carriedBytes, in, end, carriedBytes);
    if (!isBytes) {
      assemble(in, layout, rawAt, constant, count);
    }
    if ((mode & BlockLayout.EXCEPTIONS) != 0) {
      readExceptions(source, layout.width(), count);
    }
    if (source.position() != rawAt) {
      throw ByteSource.malformed("raw bits", "are not as many as the values have");
    }
    source.skip("raw bits", left);
    if (layout.distance() > 0) {
      Deltas.undo(values, layout.width(), count, layout.distance());
    }
  }

  /** Takes raw bits out of the lanes' states, if there are as many; returns how many bytes of them are left. */
  private int takeRaw(int left, int lanes) {
    int bytes = BlockLayout.STATE_BYTES * lanes;
    boolean isTaken = left >= bytes;
    boolean isWhole = true;
    for (int lane = 0; lane < lanes; lane++) {
      isWhole &= (isTaken ? states[lane] & -BlockLayout.FIRST_STATE : states[lane]) == BlockLayout.FIRST_STATE;
      int at = carried.length - carriedBytes - bytes + 2 * lane;
      if (isTaken) {
        carried[at] = (byte) states[lane];
        carried[at + 1] = (byte) (states[lane] >>> 8);
      }
    }
    if (!isWhole) {
      throw ByteSource.malformed("words", "are not those of that many symbols");
    }
    carriedBytes += isTaken ? bytes : 0;
    return isTaken ? left - bytes : left;
  }

  private byte[] plane(int field, int count) {
    while (symbols.size() <= field) {
      symbols.add(new byte[0]);
    }
    int length = Math.ceilDiv(count, DataKernels.MOST_LANES) * DataKernels.MOST_LANES + DataKernels.SLACK;
    if (symbols.get(field).length < length) {
      symbols.set(field, new byte[length]);
    }
    return symbols.get(field);
  }

  private static long constant(ByteSource source, Field field) {
    long value = source.number("constant", Math.ceilDiv(field.bits(), 8));
    if (value >>> (field.bits() - 1) >>> 1 != 0) {
      throw ByteSource.malformed("constant", "has too many bits");
    }
    return value;
  }

  private void decodeSymbols(byte[] in, ByteSource source, Field field, int lanes, int count, byte[] out) {
    boolean isFew = field.kind() == Field.Kind.FEW;
    Frequencies frequencies = Frequencies.read(source, field.bits(), isFew ? DataKernels.FEW : 256);
    int[] tables = new SymbolTables(frequencies, isFew).decoder();
    int length = source.varint("length", BlockLayout.MOST_BYTES);
    for (int lane = 0; lane < lanes; lane++) {
      states[lane] = (int) source.number("state", 4);
    }
    int at = source.skip("words", length);
    int steps = Math.ceilDiv(count, lanes);
    int behind = isFew
        ? kernels.decodeFew(in, at, at + length, lanes, steps, states, tables, out, 0)
        : kernels.decodeMany(in, at, at + length, lanes, steps, states, tables, 0, out, 0);
    if (behind != at + length) {
      throw ByteSource.malformed("words", "are not those of that many symbols");
    }
  }

  private void assemble(byte[] in, BlockLayout layout, int rawAt, long constant, int count) {
    boolean isLong = layout.width() == 8;
    for (int from = 0; from < count; from += PIECE) {
      int some = Math.min(PIECE, count - from);
      int rounded = Math.ceilDiv(some, DataKernels.GROUP) * DataKernels.GROUP;
      Arrays.fill(low, 0, rounded, (int) constant);
      if (isLong) {
        Arrays.fill(high, 0, rounded, (int) (constant >>> Field.HALF));
      }
      int place = rawAt;
      for (int i = 0; i < layout.fields().size(); i++) {
        Field field = layout.fields().get(i);
        if (field.kind() == Field.Kind.RAW) {
          place = addPlanes(in, place, field, from, rounded, Math.ceilDiv(count, DataKernels.GROUP));
        } else if (field.isCoded()) {
          boolean isHigh = field.shift() >= Field.HALF;
          kernels.unpack(symbols.get(i), from, rounded, field.shift() % Field.HALF, 8, isHigh ? high : low);
        }
      }
      if (isLong) {
        for (int i = 0; i < some; i++) {
          long word = ((long) high[i] << Field.HALF) | (low[i] & 0xFFFF_FFFFL);
          LONGS.set(values, 8 * (from + i), Transform.value(word, layout.transform()));
        }
      } else {
        kernels.store(low, rounded, layout.width(), layout.transform(), values, from * layout.width());
      }
    }
  }

  /** Adds the planes of a field to the words of a piece; returns where those of the next field begin. */
  private int addPlanes(byte[] in, int at, Field field, int from, int count, int groups) {
    int place = at;
    for (int top = field.shift() + field.bits(); top > field.shift(); ) {
      int bits = Field.planeBits(top, field.shift());
      top -= bits;
      int begin = place + from / DataKernels.GROUP * 2 * bits;
      kernels.unpack(in, begin, count, top % Field.HALF, bits, top >= Field.HALF ? high : low);
      place += 2 * bits * groups;
    }
    return place;
  }

  private void readExceptions(ByteSource source, int width, int count) {
    int exceptions = source.varint("exceptions", count);
    int at = 0;
    for (int i = 0; i < exceptions; i++) {
      at += source.varint("gap", count);
      if (at >= count) {
        throw ByteSource.malformed("gap", "leads beyond the last value");
      }
      long value = source.number("exception", width);
      for (int k = 0; k < width; k++) {
        values[at * width + k] = (byte) (value >>> (8 * k));
      }
      at++;
    }
  }
}
