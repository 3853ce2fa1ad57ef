package llm265.data.symbol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The reference of {@link DataKernels}: each lane and each value by itself, as SPEC.md tells it. */
public final class ScalarDataKernels implements DataKernels {
  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int WORD_BITS = 16;
  private static final int LEAST_STATE = 1 << WORD_BITS;

  @Override
  public int encode(byte[] symbols, int lanes, int steps, int[] codes, int[] slots, int[] states, byte[] out, int end) {
    int at = end;
    for (int t = steps - 1; t >= 0; t--) {
      for (int lane = lanes - 1; lane >= 0; lane--) {
        int code = codes[symbols[t * lanes + lane] & 0xFF];
        int frequency = code & (SLOTS - 1);
        int state = states[lane];
        if (state >>> (32 - SLOT_BITS) >= frequency) {
          at -= 2;
          SHORTS.set(out, at, (short) state);
          state >>>= WORD_BITS;
        }
        int quotient = Integer.divideUnsigned(state, frequency);
        int number = (code >>> SLOT_BITS) + state - quotient * frequency;
        states[lane] = (quotient << SLOT_BITS) + (slots == null ? number : slots[number]);
      }
    }
    Arrays.fill(out, at - SLACK, at, (byte) 0);
    return at;
  }

  @Override
  public int decodeFew(byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, byte[] out, int outAt) {
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane++) {
        int state = states[lane];
        int bucket = (state & (SLOTS - 1)) >> BUCKET_BITS;
        int place = state & ((1 << BUCKET_BITS) - 1);
        int word = tables[(place < tables[bucket] ? BEFORE : BEHIND) + bucket];
        out[outAt + t * lanes + lane] = (byte) tables[VALUES + (word & (FEW - 1))];
        state = ((word >>> FREQUENCY_SHIFT) & (SLOTS - 1)) * (state >>> SLOT_BITS) + place + (word >> ADJUSTMENT_SHIFT);
        if (Integer.compareUnsigned(state, LEAST_STATE) < 0) {
          state = (state << WORD_BITS) | ((short) SHORTS.get(in, from) & 0xFFFF);
          from += 2;
        }
        states[lane] = state;
      }
    }
    return from;
  }

  @Override
  public int decodeMany(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, int tableAt, byte[] out, int outAt) {
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane++) {
        int state = states[lane];
        int word = tables[tableAt + (state & (SLOTS - 1))];
        out[outAt + t * lanes + lane] = (byte) (word >>> SYMBOL_SHIFT);
        state = (word & (SLOTS - 1)) * (state >>> SLOT_BITS) + ((word >>> PLACE_SHIFT) & (SLOTS - 1));
        if (Integer.compareUnsigned(state, LEAST_STATE) < 0) {
          state = (state << WORD_BITS) | ((short) SHORTS.get(in, from) & 0xFFFF);
          from += 2;
        }
        states[lane] = state;
      }
    }
    return from;
  }

  @Override
  public void load(byte[] in, int at, int count, int width, int transform, int[] words) {
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          words[i] = in[at + i] & 0xFF;
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          words[i] = (short) SHORTS.get(in, at + 2 * i) & 0xFFFF;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          words[i] = (int) INTS.get(in, at + 4 * i);
        }
      }
    }
    int bits = 8 * width;
    int mask = -1 >>> (32 - bits);
    if (transform == ROTATED) {
      for (int i = 0; i < count; i++) {
        words[i] = ((words[i] << 1) | (words[i] >>> (bits - 1))) & mask;
      }
    } else if (transform == ZIGZAG) {
      for (int i = 0; i < count; i++) {
        words[i] = ((words[i] << 1) ^ -(words[i] >>> (bits - 1))) & mask;
      }
    }
  }

  @Override
  public void store(int[] words, int count, int width, int transform, byte[] out, int at) {
    int bits = 8 * width;
    if (transform == ROTATED) {
      for (int i = 0; i < count; i++) {
        words[i] = (words[i] >>> 1) | (words[i] << (bits - 1));
      }
    } else if (transform == ZIGZAG) {
      for (int i = 0; i < count; i++) {
        words[i] = (words[i] >>> 1) ^ -(words[i] & 1);
      }
    }
    switch (width) {
      case 1 -> pack(words, count, 0, 8, out, at);
      case 2 -> pack(words, count, 0, 16, out, at);
      default -> {
        for (int i = 0; i < count; i++) {
          INTS.set(out, at + 4 * i, words[i]);
        }
      }
    }
  }

  @Override
  public void pack(int[] words, int count, int shift, int bits, byte[] out, int at) {
    switch (bits) {
      case 16 -> {
        for (int i = 0; i < count; i++) {
          SHORTS.set(out, at + 2 * i, (short) (words[i] >>> shift));
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = (byte) (words[i] >>> shift);
        }
      }
      default -> {
        int perByte = 8 / bits;
        int mask = (1 << bits) - 1;
        for (int i = 0; i < count / perByte; i++) {
          int packed = 0;
          for (int j = perByte - 1; j >= 0; j--) {
            packed = (packed << bits) | ((words[i * perByte + j] >>> shift) & mask);
          }
          out[at + i] = (byte) packed;
        }
      }
    }
  }

  @Override
  public void extract(int[] words, int count, int shift, int bits, byte[] out) {
    int mask = (1 << bits) - 1;
    for (int i = 0; i < count; i++) {
      out[i] = (byte) ((words[i] >>> shift) & mask);
    }
  }

  @Override
  public void unpack(byte[] in, int at, int count, int shift, int bits, int[] words) {
    switch (bits) {
      case 16 -> {
        for (int i = 0; i < count; i++) {
          words[i] |= ((short) SHORTS.get(in, at + 2 * i) & 0xFFFF) << shift;
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          words[i] |= (in[at + i] & 0xFF) << shift;
        }
      }
      default -> {
        int perByte = 8 / bits;
        int mask = (1 << bits) - 1;
        for (int i = 0; i < count / perByte; i++) {
          int packed = in[at + i];
          for (int j = 0; j < perByte; j++) {
            words[i * perByte + j] |= ((packed >>> (bits * j)) & mask) << shift;
          }
        }
      }
    }
  }
}
