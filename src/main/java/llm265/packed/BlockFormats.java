package llm265.packed;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import llm265.dtype.DType;

/** The records of block types: their bytes as GGUF files have them. SPEC.md, "Records of block types". */
final class BlockFormats {
  /** Scales that have a class together. */
  private static final int SCALES = 32;

  private static final Map<DType, RecordFormat> FORMATS = formats();

  private BlockFormats() {}

  /** @param type a block type */
  static RecordFormat of(DType type) {
    return FORMATS.get(type);
  }

  private static Map<DType, RecordFormat> formats() {
    Map<DType, RecordFormat> formats = new EnumMap<>(DType.class);
    for (DType type : DType.values()) {
      if (type.kind() == DType.Kind.BLOCK) {
        formats.put(type, format(type));
      }
    }
    return formats;
  }

  private static RecordFormat format(DType type) {
    Fields fields = new Fields(type);
    return switch (type) {
      case Q4_0, IQ4_NL -> fields.half(0).nibbles(2, 32).codes(4, 32, 32).end(StepRule.half(0));
      case Q4_1 -> fields.half(0).offset(2, 0).nibbles(4, 32).codes(4, 32, 32).end(offset());
      case Q5_0 -> fields.half(0).nibbles(6, 32).run(0, 32, 8 * 2, 1, 1, 4).codes(5, 32, 32).end(StepRule.half(0));
      case Q5_1 -> fields.half(0).offset(2, 0).nibbles(8, 32).run(0, 32, 8 * 4, 1, 1, 4).codes(5, 32, 32).end(offset());
      case Q8_0 -> fields.half(0).run(0, 32, 8 * 2, 8, 8, 0)
          .field(8, 32, 32, CodeField.SIGNED, CodeField.STEPS).end(StepRule.half(0));
      case MXFP4 -> fields.run(0, 1, 0, 8, 8, 0).field(8, 1, SCALES, CodeField.PLAIN, CodeField.NO_CONTEXT).nibbles(1, 32)
          .field(4, 32, 32, CodeField.SIGN_MAGNITUDE, CodeField.STEPS)
          .end(new StepRule(StepRule.Kind.EXPONENT, 0, -1, 0, -1, -1));
      case NVFP4 -> fields.run(0, 4, 0, 8, 8, 0).field(8, 4, SCALES, CodeField.PLAIN, CodeField.NO_CONTEXT)
          .nibbles(4, 16).nibbles(12, 16).nibbles(20, 16).nibbles(28, 16)
          .field(4, 64, 16, CodeField.SIGN_MAGNITUDE, CodeField.STEPS)
          .end(new StepRule(StepRule.Kind.BYTE_FLOAT, 0, -1, 0, -1, -1));
      case Q1_0, Q2_0 -> fields.half(0).bytes(2, 16).end(StepRule.half(0));
      case TQ1_0 -> fields.half(52).bytes(0, 52).end(StepRule.half(0));
      case TQ2_0 -> fields.half(64).bytes(0, 64).end(StepRule.half(0));
      default -> large(type, fields);
    };
  }

  /** Types whose blocks have 256 values and scales of their own for parts of them. */
  private static RecordFormat large(DType type, Fields fields) {
    return switch (type) {
      case Q2_K -> fields.half(80).offset(82, 0)
          .run(0, 16, 0, 8, 4, 0).field(4, 16, 16, CodeField.PLAIN, CodeField.NO_CONTEXT)
          .run(0, 16, 4, 8, 4, 0).field(4, 16, 1, CodeField.PLAIN, 4)
          .pairs(16).codes(2, 256, 16).end(new StepRule(StepRule.Kind.HALF, 0, 4, 0, 2, 5));
      case Q3_K -> threeBits(fields);
      case Q4_K -> scalesOf6Bits(fields).nibbles(16, 64).nibbles(48, 64).nibbles(80, 64).nibbles(112, 64).codes(4, 256, 32)
          .end(new StepRule(StepRule.Kind.HALF, 0, 4, 0, 2, 5));
      case Q5_K -> {
        scalesOf6Bits(fields).nibbles(48, 64).nibbles(80, 64).nibbles(112, 64).nibbles(144, 64);
        for (int part = 0; part < 8; part++) {
          fields.run(32 * part, 32, 8 * 16 + part, 8, 1, 4);
        }
        yield fields.codes(5, 256, 32).end(new StepRule(StepRule.Kind.HALF, 0, 4, 0, 2, 5));
      }
      case Q6_K -> sixBits(fields);
      case IQ4_XS -> {
        fields.half(0).run(0, 8, 8 * 4, 4, 4, 0).run(0, 8, 8 * 2, 2, 2, 4)
            .field(6, 8, 8, CodeField.PLAIN, CodeField.NO_CONTEXT);
        for (int part = 0; part < 8; part++) {
          fields.nibbles(8 + 16 * part, 32);
        }
        yield fields.codes(4, 256, 32).end(new StepRule(StepRule.Kind.HALF, 0, 2, 32, -1, -1));
      }
      default -> throw new IllegalArgumentException(type + " is no block type");
    };
  }

  /** Q4_K and Q5_K: two half floats, then 8 scales and 8 offsets of 6 bits. */
  private static Fields scalesOf6Bits(Fields fields) {
    return fields.half(0).offset(2, 0)
        .run(0, 4, 8 * 4, 8, 6, 0).run(4, 4, 8 * 12, 8, 4, 0).run(4, 4, 8 * 4 + 6, 8, 2, 4)
        .field(6, 8, 8, CodeField.PLAIN, CodeField.NO_CONTEXT)
        .run(0, 4, 8 * 8, 8, 6, 0).run(4, 4, 8 * 12 + 4, 8, 4, 0).run(4, 4, 8 * 8 + 6, 8, 2, 4)
        .field(6, 8, 1, CodeField.PLAIN, 4);
  }

  private static RecordFormat threeBits(Fields fields) {
    fields.half(108).run(0, 8, 8 * 96, 8, 4, 0).run(8, 8, 8 * 96 + 4, 8, 4, 0);
    for (int i = 0; i < 4; i++) {
      fields.run(4 * i, 4, 8 * 104 + 2 * i, 8, 2, 4);
    }
    fields.field(6, 16, 16, CodeField.PLAIN, CodeField.NO_CONTEXT).pairs(32);
    for (int part = 0; part < 8; part++) {
      fields.run(32 * part, 32, part, 8, 1, 2);
    }
    return fields.codes(3, 256, 16).end(new StepRule(StepRule.Kind.HALF, 0, 2, 32, -1, -1));
  }

  private static RecordFormat sixBits(Fields fields) {
    fields.half(208).run(0, 16, 8 * 192, 8, 8, 0).field(8, 16, 16, CodeField.SIGNED, CodeField.NO_CONTEXT);
    for (int half = 0; half < 2; half++) {
      for (int part = 0; part < 4; part++) {
        int first = 128 * half + 32 * part;
        fields.run(first, 32, 8 * (64 * half + 32 * (part % 2)) + 4 * (part / 2), 8, 4, 0)
            .run(first, 32, 8 * (128 + 32 * half) + 2 * part, 8, 2, 4);
      }
    }
    return fields.codes(6, 256, 16).end(new StepRule(StepRule.Kind.HALF, 0, 2, 128, -1, -1));
  }

  /** The rule of Q4_1 and Q5_1. */
  private static StepRule offset() {
    return new StepRule(StepRule.Kind.HALF, 0, -1, 0, 2, -1);
  }

  /** Collects a type's fields. */
  private static final class Fields {
    private final DType type;
    private final List<CodeField> fields = new ArrayList<>();
    private List<Piece> pieces = new ArrayList<>();
    private int nextValue;

    Fields(DType type) {
      this.type = type;
    }

    Fields run(int first, int count, int firstBit, int bitStep, int bits, int shift) {
      pieces.add(Piece.of(first, count, firstBit, bitStep, bits, shift));
      return this;
    }

    /** The next values of the field: in the low nibbles of bytes the first half, in the high ones the second. */
    Fields nibbles(int at, int count) {
      run(nextValue, count / 2, 8 * at, 8, 4, 0);
      run(nextValue + count / 2, count / 2, 8 * at + 4, 8, 4, 0);
      nextValue += count;
      return this;
    }

    /** 256 values of two bits in 64 bytes. */
    Fields pairs(int at) {
      for (int part = 0; part < 8; part++) {
        run(32 * part, 32, 8 * (at + part / 4 * 32) + 2 * (part % 4), 8, 2, 0);
      }
      return this;
    }

    Fields field(int bits, int perRecord, int block, int order, int context) {
      fields.add(new CodeField(bits, perRecord, block, order, context, pieces));
      pieces = new ArrayList<>();
      nextValue = 0;
      return this;
    }

    Fields codes(int bits, int perRecord, int block) {
      return field(bits, perRecord, block, CodeField.PLAIN, CodeField.STEPS);
    }

    /** Bytes of several codes each, which are one symbol. */
    Fields bytes(int at, int count) {
      return run(0, count, 8 * at, 8, 8, 0).codes(8, count, count);
    }

    /** A half float: its high byte, its low byte. */
    Fields half(int at) {
      return run(0, 1, 8 * at + 8, 8, 8, 0).field(8, 1, SCALES, CodeField.PLAIN, CodeField.NO_CONTEXT)
          .run(0, 1, 8 * at, 8, 8, 0).field(8, 1, SCALES, CodeField.PLAIN, CodeField.NO_CONTEXT);
    }

    /** Another half float, whose high byte depends on that of the field before. */
    Fields offset(int at, int before) {
      return run(0, 1, 8 * at + 8, 8, 8, 0).field(8, 1, 1, CodeField.PLAIN, before)
          .run(0, 1, 8 * at, 8, 8, 0).field(8, 1, SCALES, CodeField.PLAIN, CodeField.NO_CONTEXT);
    }

    RecordFormat end(StepRule steps) {
      return new RecordFormat(type.blockBytes(), fields, steps);
    }
  }
}
