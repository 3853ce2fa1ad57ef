package llm265.h264.macroblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PredIntraPredModeTest {
  private final PictureMbState state = new PictureMbState(2, 2);
  private final MbNeighbours neighbours = new MbNeighbours();
  private final byte[] modes = new byte[16];

  /** Neighbours A (address 2) and B (address 1) of macroblock 3 with modes that tell block from block. */
  @BeforeEach
  void storeNeighbours() {
    for (int address = 0; address < 3; address++) {
      Macroblock mb = new Macroblock();
      mb.moveTo(address, 2);
      mb.mbType = MbType.I_NXN;
      for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
        mb.intraPredModes[blkIdx] = (byte) (address == 2 ? blkIdx % 8 + 1 : 8);
      }
      state.store(mb, 0);
    }
    neighbours.derive(state, 1, 1, 0);
  }

  @Test
  void minimumOfLeftAndAboveIsPredicted() {
    // Left of block 0 is block 5 of A, of block 10 it is block 15.
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 0)).isEqualTo(6);
    modes[8] = 7;
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 10)).isEqualTo(7);
    modes[12] = 3;
    modes[13] = 5;
    modes[14] = 4;
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 15)).isEqualTo(4);
  }

  @Test
  void unavailableNeighbourMakesDc() {
    neighbours.derive(state, 1, 1, 1);
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 0)).isEqualTo(2);
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 0)).isEqualTo(2);
    modes[1] = 8;
    modes[2] = 8;
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 3)).isEqualTo(8);
  }

  @Test
  void macroblocksOfOtherTypesCountAsDc() {
    Macroblock mb = new Macroblock();
    mb.moveTo(2, 2);
    mb.mbType = MbType.I_PCM;
    state.store(mb, 0);
    assertThat(PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, 0)).isEqualTo(2);
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 2)).isLessThanOrEqualTo(2);
  }

  /** 8.3.2.1: n = 1 for A, n = 2 for B when the neighbour has Intra_4x4 prediction. */
  @Test
  void intra8x8TakesBlock1OnTheLeftAndBlock2Above() {
    // A's block 8x8 1, 4x4 block 5: 6; its block 8x8 3, 4x4 block 13: 6
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 0)).isEqualTo(6);
    for (int i = 0; i < 4; i++) {
      modes[i] = 8;
    }
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 2)).isEqualTo(6);
    Macroblock above = new Macroblock();
    above.moveTo(1, 2);
    above.mbType = MbType.I_NXN;
    Arrays.fill(above.intraPredModes, (byte) 8);
    above.intraPredModes[10] = 5;
    above.intraPredModes[14] = 0;
    state.store(above, 0);
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 0)).isEqualTo(5);
    assertThat(PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, 1)).isZero();
  }

  @Test
  void remainingModesSkipThePredictedOne() {
    for (int predicted = 0; predicted < 9; predicted++) {
      for (int rem = 0; rem < 8; rem++) {
        int mode = PredIntraPredMode.ofRemaining(predicted, rem);
        assertThat(mode).isNotEqualTo(predicted).isEqualTo(rem < predicted ? rem : rem + 1);
        assertThat(PredIntraPredMode.remaining(predicted, mode)).isEqualTo(rem);
      }
    }
  }
}
