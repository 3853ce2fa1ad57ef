package llm265.tensor.reconstruct;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.macroblock.BlockScan;
import llm265.tensor.tools.ExactPlane;

/** Where the symbols of a lossless tile are kept: each as a number from 0 to 255, by the row and the column of a picture. */
public interface ExactCells {
  /** What a place holds that has no number from 0 to 255. */
  short NONE = 256;

  /** Fills everything with what padding is. */
  void clear();

  /** Puts the first numbers of a row. */
  void put(int pictureRow, short[] row, int count);

  /** Takes the first numbers of a row. */
  void take(int pictureRow, short[] row, int count);

  /** The luma samples of a picture. SPEC.md, "Exact values". */
  record Samples(Picture picture) implements ExactCells {
    @Override
    public void clear() {
      picture.fill(0, ExactPlane.sampleOfRank(0));
    }

    @Override
    public void put(int pictureRow, short[] row, int count) {
      System.arraycopy(row, 0, picture.samples(0), pictureRow * picture.stride(0), count);
    }

    @Override
    public void take(int pictureRow, short[] row, int count) {
      System.arraycopy(picture.samples(0), pictureRow * picture.stride(0), row, 0, count);
    }
  }

  /**
   * The levels of a picture that carries integers: numbers less 128. SPEC.md, "Carried integers".
   *
   * @param levels 256 of each macroblock
   * @param mbWidth macroblocks in a row
   */
  record Levels(short[] levels, int mbWidth) implements ExactCells {
    private static final int MIDDLE = ExactPlane.sampleOfRank(0);

    @Override
    public void clear() {
      Arrays.fill(levels, (short) 0);
    }

    /** Where the first level of a row of a macroblock's four blocks lies. */
    private int first(int pictureRow) {
      return 256 * mbWidth * (pictureRow >> 4) + 4 * (pictureRow & 3);
    }

    /** What is to be added for a column that is a multiple of 4. */
    private static int ofColumn(int pictureRow, int x) {
      return 256 * (x >> 4) + 16 * BlockScan.BLOCK_INDEX[(pictureRow & 12) | (x >> 2) & 3];
    }

    @Override
    public void put(int pictureRow, short[] row, int count) {
      int first = first(pictureRow);
      for (int x = 0; x < count; x += 4) {
        int at = first + ofColumn(pictureRow, x);
        int some = Math.min(4, count - x);
        for (int i = 0; i < some; i++) {
          levels[at + i] = (short) (row[x + i] - MIDDLE);
        }
      }
    }

    @Override
    public void take(int pictureRow, short[] row, int count) {
      int first = first(pictureRow);
      for (int x = 0; x < count; x += 4) {
        int at = first + ofColumn(pictureRow, x);
        int some = Math.min(4, count - x);
        for (int i = 0; i < some; i++) {
          int number = levels[at + i] + MIDDLE;
          row[x + i] = (number & ~0xFF) == 0 ? (short) number : NONE;
        }
      }
    }
  }
}
