package llm265.baseline.kv;

import java.util.Arrays;
import llm265.baseline.GgufRounded;

/**
 * Types of llama.cpp's caches: blocks of 32 values of a token, as {@link GgufRounded} has them. The last block of a token is
 * filled with zeros if it is short, and all its bytes count.
 */
record GgufBlocks(GgufRounded format, int width) implements TokenCoder {
  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    int size = format.blockSize();
    int blocks = Math.ceilDiv(width, size);
    for (int row = at; row < at + tokens * width; row += width) {
      float[] padded = Arrays.copyOf(Arrays.copyOfRange(rows, row, row + width), blocks * size);
      for (int block = 0; block < blocks; block++) {
        format.quantize(padded, block * size, null, padded);
      }
      System.arraycopy(padded, 0, rows, row, width);
    }
    return 8L * tokens * blocks * format.blockBytes();
  }
}
