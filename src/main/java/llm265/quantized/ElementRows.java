package llm265.quantized;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;

/** Codes of a byte each: I8, or an 8-bit float. */
final class ElementRows implements CodeRows {
  private static final int CODES = 256;

  private final MemorySegment codes;
  private final int in;
  private final float[] valueOfCode;

  ElementRows(TensorView codes, int in) {
    this.codes = codes.data();
    this.in = in;
    valueOfCode = values(codes.dtype());
  }

  private static float[] values(DType type) {
    byte[] codes = new byte[CODES];
    for (int i = 0; i < CODES; i++) {
      codes[i] = (byte) i;
    }
    float[] values = new float[CODES];
    ValueCodec.read(type, MemorySegment.ofArray(codes), 0, values, 0, CODES);
    return values;
  }

  @Override
  public void read(long row, float[] values, int offset) {
    long first = row * in;
    for (int i = 0; i < in; i++) {
      values[offset + i] = valueOfCode[codes.get(LittleEndian.BYTE, first + i) & 0xFF];
    }
  }
}
