package llm265.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import llm265.dtype.DType;

/** Data of all kinds for tests. */
public final class SampleData {
  /** Kinds of data. */
  public enum Kind {
    NONE, ZEROS, NOISE, WEIGHTS_BF16, WEIGHTS_F16, WEIGHTS_F32, WEIGHTS_F64, BF16_IN_F32, SPARSE_F32, ODD_FLOATS, INT8, COUNTERS,
    TIMES, SMALL_INTEGERS, TEXT, ONE_OUTLIER, RARE_SYMBOLS, TWO_VALUES, MIXTURE
  }

  private SampleData() {}

  /** About so many bytes. */
  public static byte[] of(Kind kind, int size, long seed) {
    Random random = new Random(seed);
    ByteBuffer out = ByteBuffer.allocate(size + 8).order(ByteOrder.LITTLE_ENDIAN);
    int i = 0;
    while (kind != Kind.NONE && out.position() < size) {
      float weight = (float) random.nextGaussian() * 0.04f;
      int bits = Float.floatToRawIntBits(weight);
      switch (kind) {
        case NONE, ZEROS -> out.put((byte) 0);
        case NOISE -> out.putInt(random.nextInt());
        case WEIGHTS_BF16 -> out.putShort((short) (bits >>> 16));
        case WEIGHTS_F16 -> out.putShort(Float.floatToFloat16(weight));
        case WEIGHTS_F32 -> out.putInt(bits);
        case WEIGHTS_F64 -> out.putDouble(random.nextGaussian());
        case BF16_IN_F32 -> out.putInt(bits & 0xFFFF0000);
        case SPARSE_F32 -> out.putInt(random.nextInt(4) == 0 ? bits : 0);
        case ODD_FLOATS -> out.putInt(
            new int[] {bits, 0x7FC00000, 0xFF800000, 1, 0x80000000, random.nextInt()}[Math.max(0, random.nextInt(300) - 294)]);
        case INT8 -> out.put((byte) Math.round(random.nextGaussian() * 30));
        case COUNTERS -> out.putInt(7 * i);
        case TIMES -> out.putLong(1_700_000_000_000L + 1000L * i + random.nextInt(200));
        case SMALL_INTEGERS -> out.putInt((int) (random.nextGaussian() * 50));
        case TEXT -> out.put("the words of a text, some of them the same ".getBytes(StandardCharsets.US_ASCII), i % 40, 2);
        case ONE_OUTLIER -> out.putShort((short) (i == 40 ? random.nextInt() : 0x3F00 + random.nextInt(16)));
        case RARE_SYMBOLS -> out.put((byte) (random.nextInt(3000) == 0 ? random.nextInt() : random.nextInt(20)));
        case TWO_VALUES -> out.put((byte) (random.nextInt(50) == 0 ? 200 : 3));
        default -> {
          Kind other = Kind.values()[1 + random.nextInt(Kind.values().length - 2)];
          out.put(of(other, Math.min(size - out.position(), 1 + random.nextInt(20_000)), random.nextLong()));
        }
      }
      i++;
    }
    byte[] bytes = new byte[Math.min(size, out.position())];
    out.get(0, bytes);
    return bytes;
  }

  /** A type for values, or null for bytes. */
  static DType type(int number) {
    return number == 0 ? null : DType.SAFETENSORS.get(number - 1);
  }

  static DataEncoder encoder(DType type) {
    return type == null ? DataEncoder.ofBytes() : DataEncoder.of(type);
  }
}
