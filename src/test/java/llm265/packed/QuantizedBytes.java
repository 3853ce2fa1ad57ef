package llm265.packed;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.dtype.DType;

/** Bytes of quantized tensors, for tests. */
final class QuantizedBytes {
  private QuantizedBytes() {}

  /** What bytes are like. */
  enum Kind {
    /** Codes around the middle, scales of some size: as a quantizer writes them. */
    LIKELY, NOISE, CONSTANT,
    /** Every one of a few values, in turn. */
    PERIODIC
  }

  /** The values of a type in some layout, {@code records} records of it. */
  static byte[] of(Kind kind, RecordFormat format, int records, long seed) {
    byte[] bytes = new byte[records * format.recordBytes()];
    Random random = new Random(seed);
    switch (kind) {
      case LIKELY -> fillLikely(format, records, random, bytes);
      case NOISE -> random.nextBytes(bytes);
      case CONSTANT -> Arrays.fill(bytes, (byte) random.nextInt());
      default -> {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (i % 7 * 41);
        }
      }
    }
    return bytes;
  }

  private static void fillLikely(RecordFormat format, int records, Random random, byte[] bytes) {
    List<CodeField> fields = format.fields();
    byte[][] planes = new byte[fields.size()][];
    for (int f = 0; f < planes.length; f++) {
      CodeField field = fields.get(f);
      planes[f] = new byte[records * field.perRecord()];
      boolean isScale = f < planes.length - 1 && field.bits() == 8;
      for (int i = 0; i < planes[f].length; i++) {
        int top = 1 << field.bits();
        double symbol = isScale ? 30 + 2 * random.nextGaussian() : (random.nextGaussian() / 5 + 0.5) * top;
        planes[f][i] = (byte) Math.clamp((long) symbol, 0, top - 1);
      }
      if (field.context() == CodeField.STEPS) {
        for (int b = 0; b * field.block() < planes[f].length; b++) {
          planes[f][b * field.block() + random.nextInt(field.block())] = 0;
        }
      }
    }
    format.join(planes, records, bytes);
  }

  /** Every format that there is, by a type that has it. */
  static RecordFormat format(DType type, CodeLayout layout) {
    return layout == CodeLayout.BLOCKS ? BlockFormats.of(type) : PlainFormats.of(layout, type, 32, 0);
  }
}
