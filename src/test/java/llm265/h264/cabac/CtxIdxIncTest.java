package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;

/** Macroblock 3 of a picture of 2x2: A is 2, B is 1. */
class CtxIdxIncTest {
  private final PictureMbState state = new PictureMbState(2, 2);
  private final MbNeighbours neighbours = new MbNeighbours();

  private static Macroblock macroblock(int address, int mbType) {
    Macroblock mb = new Macroblock();
    mb.moveTo(address, 2);
    mb.mbType = mbType;
    return mb;
  }

  private void derive(Macroblock a, Macroblock b) {
    state.store(a, 0);
    state.store(b, 0);
    neighbours.derive(state, 1, 1, 0);
  }

  private void deriveUnavailable() {
    neighbours.derive(state, 1, 1, 0);
  }

  @Test
  void unavailableNeighboursCountAsTheClausesSay() {
    deriveUnavailable();
    assertThat(CtxIdxInc.mbType(state, neighbours)).isZero();
    assertThat(CtxIdxInc.transformSize8x8Flag(state, neighbours)).isZero();
    assertThat(CtxIdxInc.intraChromaPredMode(state, neighbours)).isZero();
    int pattern = state.codedBlockPattern[neighbours.a];
    assertThat(CtxIdxInc.codedBlockPatternLuma(0, pattern, pattern, 0)).isZero();
    assertThat(CtxIdxInc.codedBlockPatternChroma(pattern, pattern)).isZero();
    assertThat(CtxIdxInc.codedBlockPatternChromaAc(pattern, pattern)).isEqualTo(4);
    long flags = state.codedBlockFlags[neighbours.a];
    // An intra macroblock counts coded_block_flag of unavailable blocks as 1.
    assertThat(CtxIdxInc.codedBlockFlagDc(flags, flags, Macroblock.DC_FLAG_BIT)).isEqualTo(3);
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flags, flags, 0, 0)).isEqualTo(3);
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flags, flags, 0, 3)).isZero();
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(0, flags, flags, 2, 0, 4)).isEqualTo(3);
    assertThat(state.codedBlockFlagsOf8x8(neighbours.a)).isEqualTo(-1L);
  }

  @Test
  void pcmNeighboursCountAsFullyCoded() {
    derive(macroblock(2, MbType.I_PCM), macroblock(1, MbType.I_NXN));
    assertThat(CtxIdxInc.mbType(state, neighbours)).isEqualTo(1);
    assertThat(CtxIdxInc.intraChromaPredMode(state, neighbours)).isZero();
    int patternA = state.codedBlockPattern[neighbours.a];
    int patternB = state.codedBlockPattern[neighbours.b];
    assertThat(CtxIdxInc.codedBlockPatternLuma(0, patternA, patternB, 0)).isEqualTo(2);
    assertThat(CtxIdxInc.codedBlockPatternChroma(patternA, patternB)).isEqualTo(1);
    assertThat(CtxIdxInc.codedBlockPatternChromaAc(patternA, patternB)).isEqualTo(5);
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    assertThat(CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, Macroblock.CHROMA_DC_FLAG_BIT + 1)).isEqualTo(1);
    assertThat(state.codedBlockFlagsOf8x8(neighbours.a)).isEqualTo(-1L);
  }

  @Test
  void typeTransformAndChromaModeAreCounted() {
    Macroblock a = macroblock(2, 1);
    a.intraChromaPredMode = 3;
    Macroblock b = macroblock(1, MbType.I_NXN);
    b.transformSize8x8Flag = true;
    b.intraChromaPredMode = 1;
    derive(a, b);
    assertThat(CtxIdxInc.mbType(state, neighbours)).isEqualTo(1);
    assertThat(CtxIdxInc.transformSize8x8Flag(state, neighbours)).isEqualTo(1);
    assertThat(CtxIdxInc.intraChromaPredMode(state, neighbours)).isEqualTo(2);
  }

  @Test
  void patternBitsOfNeighbouringBlocksCountWhenClear() {
    // A has block 1 coded, B block 2; of the current macroblock block 0.
    assertThat(CtxIdxInc.codedBlockPatternLuma(0, 2, 4, 0)).isZero();
    assertThat(CtxIdxInc.codedBlockPatternLuma(1, 2, 4, 1)).isEqualTo(2);
    assertThat(CtxIdxInc.codedBlockPatternLuma(1, 2, 4, 2)).isEqualTo(1);
    assertThat(CtxIdxInc.codedBlockPatternLuma(1, 2, 4, 3)).isEqualTo(3);
  }

  @Test
  void flagsOfBlocksAreFoundInTheRightNeighbour() {
    long flagsA = (1L << 5) | (1L << (16 + 13));
    long flagsB = (1L << 10) | (1L << (32 + 11));
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flagsA, flagsB, 0, 0)).isEqualTo(3);
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flagsA, flagsB, 0, 1)).isZero();
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flagsA, flagsB, 1, 8)).isEqualTo(1);
    assertThat(CtxIdxInc.codedBlockFlagLuma(0, flagsA, flagsB, 2, 1)).isEqualTo(2);
    assertThat(CtxIdxInc.codedBlockFlagLuma((1L << 12) | (1L << 9), flagsA, flagsB, 0, 13)).isEqualTo(1);
    // Chroma 4:2:0: left of block 2 is block 3 of A, above block 1 is block 3 of B; 4:2:2: above block 1 is block 7 of B.
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(0, 8L << 16, 0, 1, 2, 4)).isEqualTo(1);
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(0, 0, 8L << 32, 2, 1, 4)).isEqualTo(2);
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(0, 0, 128L << 32, 2, 1, 8)).isEqualTo(2);
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(5L << 16, 0, 0, 1, 3, 8)).isEqualTo(1);
    assertThat(CtxIdxInc.codedBlockFlagChromaAc(16L << 16, 0, 0, 1, 6, 8)).isEqualTo(2);
  }

  @Test
  void blocksOf4x4AreNoNeighboursOfAn8x8Block() {
    Macroblock a = macroblock(2, MbType.I_NXN);
    a.codedBlockFlags = 0xFFFF;
    Macroblock b = macroblock(1, MbType.I_NXN);
    b.transformSize8x8Flag = true;
    b.codedBlockFlags = 0xF0;
    derive(a, b);
    assertThat(state.codedBlockFlagsOf8x8(neighbours.a)).isZero();
    assertThat(state.codedBlockFlagsOf8x8(neighbours.b)).isEqualTo(0xF0);
  }
}
