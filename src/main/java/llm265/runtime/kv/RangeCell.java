package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import llm265.dtype.ValueCodec;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.payload.RawBits;

/**
 * The last resort: values rounded to equal steps between the least and the greatest of their token, with as many bits as fit. Its
 * size does not depend on the values. SPEC.md, "Cells".
 *
 * <p>Where values are not finite, the first three levels stand for NaN and the infinities.
 */
final class RangeCell {
  private static final int NOT_FINITE_LEVELS = 3;
  private static final int HEAD_BYTES = 2;
  private static final int TOKEN_BYTES = 8;

  private RangeCell() {}

  /** Bits of a level that fit into so many bytes; negative where not even the tokens' ranges do. */
  static int bits(CellFormat format, int tokens, int most) {
    long room = 8L * (most - HEAD_BYTES - (long) TOKEN_BYTES * tokens);
    return room < 0 ? -1 : (int) Math.min(CellFormat.MOST_RANGE_BITS, room / format.values(tokens));
  }

  /** Bytes that levels of one bit take. */
  static int leastBytes(CellFormat format, int tokens) {
    return HEAD_BYTES + TOKEN_BYTES * tokens + Math.ceilDiv(format.values(tokens), 8);
  }

  static byte[] encode(CellFormat format, MemorySegment patterns, int tokens, int most) {
    int bits = bits(format, tokens, most);
    float[] values = new float[format.values(tokens)];
    ValueCodec.read(format.dtype(), patterns, 0, values, 0, values.length);
    boolean isFinite = true;
    for (float value : values) {
      isFinite &= Float.isFinite(value);
    }
    if (bits < 0 || !isFinite && bits < 2) {
      throw new IllegalArgumentException(
          most + " bytes are too few for the tokens of a cell" + (isFinite ? "" : ", not all finite"));
    }
    PayloadWriter out = new PayloadWriter();
    out.u8(CellFormat.RANGE | (isFinite ? 0 : CellFormat.EXACT_FLAG));
    out.u8(bits);
    int first = isFinite ? 0 : NOT_FINITE_LEVELS;
    int levels = (1 << bits) - first;
    RawBits packed = new RawBits(new byte[(int) (((long) values.length * bits + 7) / 8)]);
    for (int t = 0; t < tokens; t++) {
      writeToken(format, values, t, first, levels, bits, out, packed);
    }
    packed.finish();
    out.bytes(packed.toByteArray());
    return out.toByteArray();
  }

  private static void writeToken(
      CellFormat format, float[] values, int token, int first, int levels, int bits, PayloadWriter out, RawBits packed) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    int begin = token * format.channels();
    int end = begin + format.channels();
    for (int i = begin; i < end; i++) {
      least = Float.isFinite(values[i]) ? Math.min(least, values[i]) : least;
      greatest = Float.isFinite(values[i]) ? Math.max(greatest, values[i]) : greatest;
    }
    float low = least > greatest ? 0 : (float) (levels == 1 ? (least + greatest) / 2 : least);
    float step = least >= greatest || levels == 1 ? 0 : (float) Math.min((greatest - least) / (levels - 1), Float.MAX_VALUE);
    out.f32(low);
    out.f32(step);
    for (int i = begin; i < end; i++) {
      packed.write(level(values[i], low, step, first, levels), bits);
    }
  }

  private static int level(float value, float low, float step, int first, int levels) {
    if (Float.isNaN(value)) {
      return 0;
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? 1 : 2;
    }
    double steps = step == 0 ? 0 : StrictMath.rint(((double) value - low) / step);
    return first + (int) Math.clamp(steps, 0, levels - 1);
  }

  static void decode(CellFormat format, PayloadReader in, boolean isFinite, int tokens, float[] rows) {
    int bits = in.u8("range_bits");
    if (bits > CellFormat.MOST_RANGE_BITS || !isFinite && bits < 2) {
      throw PayloadReader.malformed("range_bits", "are " + bits);
    }
    float[] lows = new float[tokens];
    float[] steps = new float[tokens];
    for (int t = 0; t < tokens; t++) {
      lows[t] = in.finiteF32("range_low");
      steps[t] = in.finiteF32("range_step");
    }
    int values = format.values(tokens);
    RawBits packed = new RawBits(in.bytes("range_levels", (int) (((long) values * bits + 7) / 8)));
    in.requireEnd("range_levels");
    int first = isFinite ? 0 : NOT_FINITE_LEVELS;
    for (int i = 0; i < values; i++) {
      int level = (int) packed.read(bits);
      int token = i / format.channels();
      rows[i] = level >= first ? (float) (lows[token] + (double) steps[token] * (level - first)) : notFinite(level);
    }
  }

  private static float notFinite(int level) {
    return level == 0 ? Float.NaN : level == 1 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
  }
}
