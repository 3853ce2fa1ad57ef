package llm265.vector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.data.DataKernels;
import llm265.data.ScalarDataKernels;
import llm265.kernel.WarmingKernels;

/**
 * {@link DataKernels} with the Vector API.
 *
 * <p>States of lanes lie in memory between steps: the vectors of a step do not wait for each other but by the place of the next
 * words. Tables of few symbols are in registers where a pair of vectors holds 32 numbers.
 */
public final class VectorDataKernels extends WarmingKernels implements DataKernels {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int WIDTH = INTS.length();
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * WIDTH)));
  /** The bytes of as many shorts. */
  private static final VectorSpecies<Byte> WORD_BYTES = SHORTS.withLanes(byte.class);
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * WIDTH)));

  private static final VectorSpecies<Byte> INT_BYTES = INTS.withLanes(byte.class);
  private static final VarHandle INT_AT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle SHORT_AT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;

  /** Whether two vectors hold the tables of few symbols. */
  private static final boolean HOLDS_FEW = 2 * WIDTH == FEW;

  /** Vectors of 128 bits have no gathers worth the name. */
  private static final boolean IS_NARROW = WIDTH < 8;

  private static final VectorMask<Integer> UPPER_HALF = VectorMask.fromLong(INTS, -1L << (WIDTH / 2));

  private static final IntVector IOTA = LaneIndex.of(lane -> lane);

  /** 1.5 * 2^23, and its bits: adding it rounds a binary32 below 2^22 to an integer. */
  private static final float ROUNDER = 12_582_912f;
  private static final int ROUNDER_BITS = 0x4B40_0000;

  private static final int WORD_BITS = 16;

  /** Calls before the rehearsal: one is of a block's field. */
  private static final int CALLS = 60;

  private final ScalarDataKernels scalar = new ScalarDataKernels();

  public VectorDataKernels() {
    super(CALLS);
  }

  @Override
  public int encode(byte[] symbols, int lanes, int steps, int[] codes, int[] slots, int[] states, byte[] out, int end) {
    if (IS_NARROW || !isWarm()) {
      return scalar.encode(symbols, lanes, steps, codes, slots, states, out, end);
    }
    int at = slots == null
        ? encodeMany(symbols, lanes, steps, codes, states, out, end, new int[WIDTH])
        : encodeFew(symbols, lanes, steps, codes, slots, states, out, end, new int[WIDTH]);
    Arrays.fill(out, at - SLACK, at, (byte) 0);
    return at;
  }

  private static int encodeMany(
      byte[] symbols, int lanes, int steps, int[] codes, int[] states, byte[] out, int end, int[] room) {
    int at = end;
    for (int i = lanes * steps - lanes; i >= 0; i -= lanes) {
      for (int lane = lanes - WIDTH; lane >= 0; lane -= WIDTH) {
        ((IntVector) ByteVector.fromArray(BYTES, symbols, i + lane)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0)).intoArray(room, 0);
        IntVector code = IntVector.fromArray(INTS, codes, 0, room, 0);
        IntVector frequency = code.and(SLOTS - 1);
        IntVector state = IntVector.fromArray(INTS, states, lane);
        VectorMask<Integer> full = state.lanewise(VectorOperators.LSHR, 32 - SLOT_BITS).compare(VectorOperators.GE, frequency);
        int words = full.trueCount();
        IntVector packed = IOTA.add(words).and(WIDTH - 1).selectFrom(state.compress(full));
        ((ShortVector) packed.convertShape(VectorOperators.I2S, SHORTS, 0)).reinterpretAsBytes()
            .intoArray(out, at - 2 * WIDTH);
        at -= 2 * words;
        state = state.lanewise(VectorOperators.LSHR, WORD_BITS, full);
        FloatVector inverse = FloatVector.broadcast(FLOATS, 2f).div((FloatVector) frequency.convert(VectorOperators.I2F, 0));
        FloatVector half = (FloatVector) state.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
        IntVector quotient = inverse.mul(half).add(ROUNDER).reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector rest = state.sub(quotient.mul(frequency));
        VectorMask<Integer> over = rest.compare(VectorOperators.LT, 0);
        rest = rest.add(frequency, over);
        quotient = quotient.sub(1, over);
        VectorMask<Integer> under = rest.compare(VectorOperators.GE, frequency);
        rest = rest.sub(frequency, under);
        quotient = quotient.add(1, under);
        IntVector slot = rest.add(code.lanewise(VectorOperators.LSHR, SLOT_BITS));
        quotient.lanewise(VectorOperators.LSHL, SLOT_BITS).add(slot).intoArray(states, lane);
      }
    }
    return at;
  }

  /** The same where slots do not lie in the order of their symbols. */
  private static int encodeFew(
      byte[] symbols, int lanes, int steps, int[] codes, int[] slots, int[] states, byte[] out, int end, int[] room) {
    int at = end;
    for (int i = lanes * steps - lanes; i >= 0; i -= lanes) {
      for (int lane = lanes - WIDTH; lane >= 0; lane -= WIDTH) {
        ((IntVector) ByteVector.fromArray(BYTES, symbols, i + lane)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0)).intoArray(room, 0);
        IntVector code = IntVector.fromArray(INTS, codes, 0, room, 0);
        IntVector frequency = code.and(SLOTS - 1);
        IntVector state = IntVector.fromArray(INTS, states, lane);
        VectorMask<Integer> full = state.lanewise(VectorOperators.LSHR, 32 - SLOT_BITS).compare(VectorOperators.GE, frequency);
        int words = full.trueCount();
        IntVector packed = IOTA.add(words).and(WIDTH - 1).selectFrom(state.compress(full));
        ((ShortVector) packed.convertShape(VectorOperators.I2S, SHORTS, 0)).reinterpretAsBytes()
            .intoArray(out, at - 2 * WIDTH);
        at -= 2 * words;
        state = state.lanewise(VectorOperators.LSHR, WORD_BITS, full);
        FloatVector inverse = FloatVector.broadcast(FLOATS, 2f).div((FloatVector) frequency.convert(VectorOperators.I2F, 0));
        FloatVector half = (FloatVector) state.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
        IntVector quotient = inverse.mul(half).add(ROUNDER).reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector rest = state.sub(quotient.mul(frequency));
        VectorMask<Integer> over = rest.compare(VectorOperators.LT, 0);
        rest = rest.add(frequency, over);
        quotient = quotient.sub(1, over);
        VectorMask<Integer> under = rest.compare(VectorOperators.GE, frequency);
        rest = rest.sub(frequency, under);
        quotient = quotient.add(1, under);
        rest.add(code.lanewise(VectorOperators.LSHR, SLOT_BITS)).intoArray(room, 0);
        IntVector slot = IntVector.fromArray(INTS, slots, 0, room, 0);
        quotient.lanewise(VectorOperators.LSHL, SLOT_BITS).add(slot).intoArray(states, lane);
      }
    }
    return at;
  }

  @Override
  public int decodeFew(byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, byte[] out, int outAt) {
    if (IS_NARROW || !isWarm()) {
      return scalar.decodeFew(in, at, end, lanes, steps, states, tables, out, outAt);
    }
    if (!HOLDS_FEW) {
      return decodeSlots(in, at, end, lanes, steps, states, tables, FEW_SLOTS, out, outAt, new int[WIDTH]);
    }
    return decodeBuckets(in, at, end, lanes, steps, states, tables, out, outAt);
  }

  private static int decodeBuckets(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, byte[] out, int outAt) {
    IntVector divisionsLow = IntVector.fromArray(INTS, tables, 0);
    IntVector divisionsHigh = IntVector.fromArray(INTS, tables, WIDTH);
    IntVector beforeLow = IntVector.fromArray(INTS, tables, BEFORE);
    IntVector beforeHigh = IntVector.fromArray(INTS, tables, BEFORE + WIDTH);
    IntVector behindLow = IntVector.fromArray(INTS, tables, BEHIND);
    IntVector behindHigh = IntVector.fromArray(INTS, tables, BEHIND + WIDTH);
    IntVector valuesLow = IntVector.fromArray(INTS, tables, VALUES);
    IntVector valuesHigh = IntVector.fromArray(INTS, tables, VALUES + WIDTH);
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane += WIDTH) {
        IntVector state = IntVector.fromArray(INTS, states, lane);
        IntVector bucket = state.lanewise(VectorOperators.LSHR, BUCKET_BITS).and(FEW - 1);
        IntVector place = state.and((1 << BUCKET_BITS) - 1);
        VectorMask<Integer> isBefore = place.compare(VectorOperators.LT, bucket.selectFrom(divisionsLow, divisionsHigh));
        IntVector word = bucket.selectFrom(behindLow, behindHigh).blend(bucket.selectFrom(beforeLow, beforeHigh), isBefore);
        IntVector symbol = word.and(FEW - 1).selectFrom(valuesLow, valuesHigh);
        ((ByteVector) symbol.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, outAt + t * lanes + lane);
        IntVector next = word.lanewise(VectorOperators.LSHR, FREQUENCY_SHIFT).and(SLOTS - 1)
            .mul(state.lanewise(VectorOperators.LSHR, SLOT_BITS))
            .add(place).add(word.lanewise(VectorOperators.ASHR, ADJUSTMENT_SHIFT));
        VectorMask<Integer> isEmpty = next.lanewise(VectorOperators.LSHR, WORD_BITS).compare(VectorOperators.EQ, 0);
        IntVector words = (IntVector) ByteVector.fromArray(WORD_BYTES, in, from).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        next.blend(next.lanewise(VectorOperators.LSHL, WORD_BITS).or(words.expand(isEmpty)), isEmpty).intoArray(states, lane);
        from += 2 * isEmpty.trueCount();
      }
    }
    return from;
  }

  @Override
  public int decodeMany(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, int tableAt, byte[] out, int outAt) {
    if (IS_NARROW || !isWarm()) {
      return scalar.decodeMany(in, at, end, lanes, steps, states, tables, tableAt, out, outAt);
    }
    return decodeSlots(in, at, end, lanes, steps, states, tables, tableAt, out, outAt, new int[WIDTH]);
  }

  private static int decodeSlots(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, int tableAt, byte[] out, int outAt,
      int[] room) {
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane += WIDTH) {
        IntVector state = IntVector.fromArray(INTS, states, lane);
        state.and(SLOTS - 1).intoArray(room, 0);
        IntVector word = IntVector.fromArray(INTS, tables, tableAt, room, 0);
        ((ByteVector) word.lanewise(VectorOperators.LSHR, SYMBOL_SHIFT).convertShape(VectorOperators.I2B, BYTES, 0))
            .intoArray(out, outAt + t * lanes + lane);
        IntVector next = word.and(SLOTS - 1).mul(state.lanewise(VectorOperators.LSHR, SLOT_BITS))
            .add(word.lanewise(VectorOperators.LSHR, PLACE_SHIFT).and(SLOTS - 1));
        VectorMask<Integer> isEmpty = next.lanewise(VectorOperators.LSHR, WORD_BITS).compare(VectorOperators.EQ, 0);
        IntVector words = (IntVector) ByteVector.fromArray(WORD_BYTES, in, from).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        next.blend(next.lanewise(VectorOperators.LSHL, WORD_BITS).or(words.expand(isEmpty)), isEmpty).intoArray(states, lane);
        from += 2 * isEmpty.trueCount();
      }
    }
    return from;
  }

  @Override
  public void load(byte[] in, int at, int count, int width, int transform, int[] words) {
    if (IS_NARROW || !isWarm()) {
      scalar.load(in, at, count, width, transform, words);
      return;
    }
    switch (width) {
      case 1 -> loadBytes(in, at, count, words);
      case 2 -> loadShorts(in, at, count, words);
      default -> loadInts(in, at, count, words);
    }
    switch (transform) {
      case ROTATED -> rotateLeft(words, count, 8 * width);
      case ZIGZAG -> toZigzag(words, count, 8 * width);
      default -> { }
    }
  }

  private static void loadBytes(byte[] in, int at, int count, int[] words) {
    for (int i = 0; i < count; i += WIDTH) {
      ((IntVector) ByteVector.fromArray(BYTES, in, at + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0))
          .intoArray(words, i);
    }
  }

  private static void loadShorts(byte[] in, int at, int count, int[] words) {
    for (int i = 0; i < count; i += WIDTH) {
      ((IntVector) ByteVector.fromArray(WORD_BYTES, in, at + 2 * i).reinterpretAsShorts()
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).intoArray(words, i);
    }
  }

  private static void loadInts(byte[] in, int at, int count, int[] words) {
    for (int i = 0; i < count; i += WIDTH) {
      ByteVector.fromArray(INT_BYTES, in, at + 4 * i).reinterpretAsInts().intoArray(words, i);
    }
  }

  private static void rotateLeft(int[] words, int count, int bits) {
    int mask = -1 >>> (32 - bits);
    for (int i = 0; i < count; i += WIDTH) {
      IntVector value = IntVector.fromArray(INTS, words, i);
      value.add(value).or(value.lanewise(VectorOperators.LSHR, bits - 1)).and(mask).intoArray(words, i);
    }
  }

  private static void toZigzag(int[] words, int count, int bits) {
    int mask = -1 >>> (32 - bits);
    for (int i = 0; i < count; i += WIDTH) {
      IntVector value = IntVector.fromArray(INTS, words, i);
      value.lanewise(VectorOperators.LSHR, bits - 1).neg().lanewise(VectorOperators.XOR, value.add(value)).and(mask)
          .intoArray(words, i);
    }
  }

  @Override
  public void store(int[] words, int count, int width, int transform, byte[] out, int at) {
    if (IS_NARROW || !isWarm()) {
      scalar.store(words, count, width, transform, out, at);
      return;
    }
    switch (transform) {
      case ROTATED -> rotateRight(words, count, 8 * width);
      case ZIGZAG -> fromZigzag(words, count);
      default -> { }
    }
    switch (width) {
      case 1 -> packBytes(words, count, 0, out, at);
      case 2 -> packShorts(words, count, 0, out, at);
      default -> storeInts(words, count, out, at);
    }
  }

  private static void rotateRight(int[] words, int count, int bits) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i);
      word.lanewise(VectorOperators.LSHL, bits - 1).or(word.lanewise(VectorOperators.LSHR, 1)).intoArray(words, i);
    }
  }

  private static void fromZigzag(int[] words, int count) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i);
      word.and(1).neg().lanewise(VectorOperators.XOR, word.lanewise(VectorOperators.LSHR, 1)).intoArray(words, i);
    }
  }

  private static void storeInts(int[] words, int count, byte[] out, int at) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector.fromArray(INTS, words, i).reinterpretAsBytes().intoArray(out, at + 4 * i);
    }
  }

  @Override
  public void pack(int[] words, int count, int shift, int bits, byte[] out, int at) {
    if (IS_NARROW || !isWarm()) {
      scalar.pack(words, count, shift, bits, out, at);
      return;
    }
    switch (bits) {
      case 16 -> packShorts(words, count, shift, out, at);
      case 8 -> packBytes(words, count, shift, out, at);
      default -> packFew(words, count, shift, bits, out, at);
    }
  }

  private static void packShorts(int[] words, int count, int shift, byte[] out, int at) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, shift);
      ((ShortVector) word.convertShape(VectorOperators.I2S, SHORTS, 0)).reinterpretAsBytes().intoArray(out, at + 2 * i);
    }
  }

  private static void packBytes(int[] words, int count, int shift, byte[] out, int at) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, shift);
      ((ByteVector) word.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, at + i);
    }
  }

  /** Bytes of words' bits lose the others, eight at a time. */
  private static void packFew(int[] words, int count, int shift, int bits, byte[] out, int at) {
    long mask = EVERY_BYTE * ((1 << bits) - 1);
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, shift);
      LongVector eights = ((ByteVector) word.convertShape(VectorOperators.I2B, BYTES, 0)).reinterpretAsLongs();
      for (int k = 0; k < WIDTH / 8; k++) {
        int packed = (int) Long.compress(eights.lane(k), mask);
        int place = at + (i + 8 * k) * bits / 8;
        switch (bits) {
          case 1 -> out[place] = (byte) packed;
          case 2 -> SHORT_AT.set(out, place, (short) packed);
          default -> INT_AT.set(out, place, packed);
        }
      }
    }
  }

  @Override
  public void extract(int[] words, int count, int shift, int bits, byte[] out) {
    if (IS_NARROW || !isWarm()) {
      scalar.extract(words, count, shift, bits, out);
      return;
    }
    int mask = (1 << bits) - 1;
    for (int i = 0; i < count; i += WIDTH) {
      IntVector word = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, shift).and(mask);
      ((ByteVector) word.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, i);
    }
  }

  @Override
  public void unpack(byte[] in, int at, int count, int shift, int bits, int[] words) {
    if (IS_NARROW || !isWarm()) {
      scalar.unpack(in, at, count, shift, bits, words);
      return;
    }
    switch (bits) {
      case 16 -> unpackShorts(in, at, count, shift, words);
      case 8 -> unpackBytes(in, at, count, shift, words);
      default -> unpackFew(in, at, count, shift, bits, words);
    }
  }

  private static void unpackShorts(byte[] in, int at, int count, int shift, int[] words) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector part = (IntVector) ByteVector.fromArray(WORD_BYTES, in, at + 2 * i).reinterpretAsShorts()
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
      IntVector.fromArray(INTS, words, i).or(part.lanewise(VectorOperators.LSHL, shift)).intoArray(words, i);
    }
  }

  private static void unpackBytes(byte[] in, int at, int count, int shift, int[] words) {
    for (int i = 0; i < count; i += WIDTH) {
      IntVector part = (IntVector) ByteVector.fromArray(BYTES, in, at + i)
          .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector.fromArray(INTS, words, i).or(part.lanewise(VectorOperators.LSHL, shift)).intoArray(words, i);
    }
  }

  /** Lanes that have the same number of 32 bits take their own bits of it. */
  private static void unpackFew(byte[] in, int at, int count, int shift, int bits, int[] words) {
    int second = WIDTH * bits > 32 ? 4 : 0;
    IntVector places = IOTA.mul(bits).and(31);
    int mask = (1 << bits) - 1;
    for (int i = 0; i < count; i += WIDTH) {
      int place = at + i * bits / 8;
      IntVector part = IntVector.broadcast(INTS, (int) INT_AT.get(in, place))
          .blend((int) INT_AT.get(in, place + second), UPPER_HALF)
          .lanewise(VectorOperators.LSHR, places).and(mask).lanewise(VectorOperators.LSHL, shift);
      IntVector.fromArray(INTS, words, i).or(part).intoArray(words, i);
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    DataKernels kernels = vector ? new VectorDataKernels() : scalar;
    int count = 1 << 12;
    Random random = new Random(1);
    byte[] symbols = new byte[count + SLACK];
    int[] codes = new int[256];
    int[] slots = new int[SLOTS];
    for (int s = 0; s < FEW; s++) {
      codes[s] = (s << (BUCKET_BITS + SLOT_BITS)) | (1 << BUCKET_BITS);
    }
    for (int i = 0; i < count; i++) {
      symbols[i] = (byte) random.nextInt(FEW);
    }
    Arrays.setAll(slots, slot -> slot);
    int[] tables = new int[FEW_SLOTS + SLOTS];
    for (int slot = 0; slot < SLOTS; slot++) {
      int symbol = slot >> BUCKET_BITS;
      int place = slot & ((1 << BUCKET_BITS) - 1);
      tables[FEW_SLOTS + slot] = (symbol << SYMBOL_SHIFT) | (place << PLACE_SHIFT) | (1 << BUCKET_BITS);
      tables[BEHIND + symbol] = (1 << (BUCKET_BITS + FREQUENCY_SHIFT)) | symbol;
      tables[VALUES + symbol] = symbol;
    }
    int[] states = new int[MOST_LANES];
    int[] words = new int[count];
    byte[] coded = new byte[4 * count + 2 * SLACK];
    byte[] out = new byte[4 * count + SLACK];
    int end = coded.length - SLACK;
    return () -> {
      // C2 remembers how often a loop goes round. Encoding gains a quarter where that varies, and decoding loses as much.
      for (int lanes : new int[] {GROUP, MOST_LANES}) {
        for (int[] order : new int[][] {slots, null}) {
          Arrays.fill(states, 1 << WORD_BITS);
          int at = kernels.encode(symbols, lanes, count / lanes, codes, order, states, coded, end);
          if (lanes == MOST_LANES) {
            kernels.decodeFew(coded, at, end, lanes, count / lanes, states, tables, out, 0);
            kernels.decodeMany(coded, at, end, lanes, count / lanes, states, tables, FEW_SLOTS, out, 0);
          }
        }
      }
      for (int width = 1; width <= 4; width *= 2) {
        kernels.load(out, 0, count, width, ROTATED, words);
        kernels.store(words, count, width, ROTATED, out, 0);
      }
      for (int bits = 1; bits <= 16; bits *= 2) {
        kernels.pack(words, count, 0, bits, out, 0);
        kernels.unpack(out, 0, count, 0, bits, words);
      }
      kernels.extract(words, count, 3, 5, out);
    };
  }
}
