package llm265.quantized;

import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * Greatest magnitudes of the blocks of a bitsandbytes tensor. They are floats, or nested: codes of 8 bits, whose value in a table
 * is multiplied by the greatest magnitude of a block of them, and has an offset added.
 *
 * @param blockSize weights in a block
 * @param magnitudes F32, or U8 if nested
 * @param nested null if they are not
 */
record BlockMagnitudes(int blockSize, TensorView magnitudes, Nested nested) {
  /**
   * @param table 256 values
   * @param blockSize magnitudes in a block
   */
  record Nested(TensorView magnitudes, float[] table, int blockSize, float offset) {}

  float of(long block) {
    float[] value = new float[1];
    if (nested == null) {
      magnitudes.read(block, value, 0, 1);
      return value[0];
    }
    int code = magnitudes.data().get(LittleEndian.BYTE, block) & 0xFF;
    nested.magnitudes.read(block / nested.blockSize, value, 0, 1);
    return nested.table[code] * value[0] + nested.offset;
  }
}
