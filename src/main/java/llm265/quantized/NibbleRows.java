package llm265.quantized;

import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/** E2M1 codes of the OCP Microscaling specification, two in a byte, the first one in the low bits. */
record NibbleRows(TensorView codes, int in) implements CodeRows {
  private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

  /** The value of a code of 0 to 15. */
  static float value(int code) {
    return E2M1[code];
  }

  @Override
  public void read(long row, float[] values, int offset) {
    long first = row * (in / 2);
    for (int i = 0; i < in; i += 2) {
      int pair = codes.data().get(LittleEndian.BYTE, first + i / 2);
      values[offset + i] = E2M1[pair & 15];
      values[offset + i + 1] = E2M1[(pair >> 4) & 15];
    }
  }
}
