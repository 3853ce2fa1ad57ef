package llm265.packed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Words of a matrix in bands of rows, column by column: codes that share a scale lie one below the other in some formats.
 *
 * @param wordBytes 1, 2 or 4
 * @param columns words of a row
 * @param height rows of a band
 */
record Columns(int wordBytes, int columns, int height) {
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Bytes of a band. */
  long bandBytes() {
    return (long) wordBytes * columns * height;
  }

  /** Puts the words of whole bands in order of their columns. */
  void gather(byte[] in, int bytes, byte[] out) {
    move(in, bytes, out, true);
  }

  /** The other way. */
  void scatter(byte[] in, int bytes, byte[] out) {
    move(in, bytes, out, false);
  }

  private void move(byte[] in, int bytes, byte[] out, boolean toColumns) {
    int band = (int) bandBytes();
    for (int at = 0; at < bytes; at += band) {
      for (int r = 0; r < height; r++) {
        int row = at + r * columns * wordBytes;
        int column = at + r * wordBytes;
        if (wordBytes == 4) {
          moveRow(in, out, row, column, toColumns);
          continue;
        }
        for (int c = 0; c < columns; c++) {
          for (int k = 0; k < wordBytes; k++) {
            int rows = row + c * wordBytes + k;
            int columnwise = column + c * height * wordBytes + k;
            out[toColumns ? columnwise : rows] = in[toColumns ? rows : columnwise];
          }
        }
      }
    }
  }

  private void moveRow(byte[] in, byte[] out, int row, int column, boolean toColumns) {
    for (int c = 0; c < columns; c++) {
      int rows = row + 4 * c;
      int columnwise = column + 4 * c * height;
      INTS.set(out, toColumns ? columnwise : rows, (int) INTS.get(in, toColumns ? rows : columnwise));
    }
  }
}
