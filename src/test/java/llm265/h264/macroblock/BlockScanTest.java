package llm265.h264.macroblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlockScanTest {
  @Test
  void scansVisitEveryPositionOnce() {
    int[][] all = {
      BlockScan.ZIGZAG_4X4, BlockScan.FIELD_4X4, BlockScan.ZIGZAG_8X8, BlockScan.FIELD_8X8, BlockScan.BLOCK_INDEX
    };
    for (int[] scan : all) {
      int[] sorted = scan.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < sorted.length; i++) {
        assertThat(sorted[i]).isEqualTo(i);
      }
    }
  }

  /** Entries of Tables 8-2 and 8-3, as (column, row). */
  @Test
  void scansAreThoseOfTheTables() {
    assertThat(BlockScan.ZIGZAG_4X4[4]).isEqualTo(4 * 1 + 1);
    assertThat(BlockScan.ZIGZAG_4X4[8]).isEqualTo(4 * 2 + 1);
    assertThat(BlockScan.FIELD_4X4[2]).isEqualTo(1);
    assertThat(BlockScan.FIELD_4X4[7]).isEqualTo(4 * 3 + 1);
    assertThat(BlockScan.ZIGZAG_8X8[5]).isEqualTo(2);
    assertThat(BlockScan.ZIGZAG_8X8[31]).isEqualTo(8 * 3 + 4);
    assertThat(BlockScan.ZIGZAG_8X8[35]).isEqualTo(8 * 7);
    assertThat(BlockScan.FIELD_8X8[12]).isEqualTo(8 * 7);
    assertThat(BlockScan.FIELD_8X8[30]).isEqualTo(5);
    assertThat(BlockScan.FIELD_8X8[52]).isEqualTo(7);
  }

  @Test
  void neighbouringBlocksAreOneColumnOrRowAway() {
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int left = BlockScan.LEFT_BLOCK[blkIdx];
      int above = BlockScan.ABOVE_BLOCK[blkIdx];
      assertThat(BlockScan.BLOCK_ROW[left]).isEqualTo(BlockScan.BLOCK_ROW[blkIdx]);
      assertThat(BlockScan.BLOCK_COLUMN[left]).isEqualTo((BlockScan.BLOCK_COLUMN[blkIdx] + 3) & 3);
      assertThat(BlockScan.BLOCK_COLUMN[above]).isEqualTo(BlockScan.BLOCK_COLUMN[blkIdx]);
      assertThat(BlockScan.BLOCK_ROW[above]).isEqualTo((BlockScan.BLOCK_ROW[blkIdx] + 3) & 3);
      assertThat(BlockScan.LEFT_IS_IN_A[blkIdx]).isEqualTo(BlockScan.BLOCK_COLUMN[blkIdx] == 0);
      assertThat(BlockScan.ABOVE_IS_IN_B[blkIdx]).isEqualTo(BlockScan.BLOCK_ROW[blkIdx] == 0);
    }
  }
}
