package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Macroblocks without neighbours, worked through Tables 9-34, 9-36 and 9-39 by hand. */
class MacroblockWriterTest {
  private static final int TERMINATE = BinString.TERMINATE;

  private final PictureMbState state = new PictureMbState(1, 1);
  private final MbNeighbours neighbours = new MbNeighbours();
  private final MacroblockWriter writer = new MacroblockWriter(ChromaFormat.YUV420, true);
  private final MacroblockWriter monochrome = new MacroblockWriter(ChromaFormat.MONOCHROME, false);
  private final BinString bins = new BinString();
  private final Macroblock mb = new Macroblock();

  @BeforeEach
  void derive() {
    neighbours.derive(state, 0, 0, 0);
  }

  private List<Integer> pairs() {
    List<Integer> pairs = new ArrayList<>();
    for (int i = 0; i < bins.size(); i++) {
      pairs.add(bins.operation(i) >> 1);
      pairs.add(bins.operation(i) & 1);
    }
    return pairs;
  }

  @Test
  void emptyIntra16x16Macroblock() {
    mb.mbType = MbType.ofI16x16(2, 0, false);
    mb.intraChromaPredMode = 3;
    writer.binarize(mb, state, neighbours, false, bins);
    assertThat(pairs()).containsExactly(
        3, 1, TERMINATE, 0, 6, 0, 7, 0, 9, 1, 10, 0, // mb_type: no AC, no chroma, mode 2
        64, 1, 67, 1, 67, 1, // intra_chroma_pred_mode
        60, 0, // mb_qp_delta
        85 + 3, 0); // coded_block_flag of Intra16x16DCLevel
  }

  @Test
  void chromaPatternOfIntra16x16IsInTheType() {
    mb.mbType = MbType.ofI16x16(1, 2, true);
    writer.writeMbType(mb.mbType, state, neighbours, bins);
    assertThat(pairs()).containsExactly(3, 1, TERMINATE, 0, 6, 1, 7, 1, 8, 1, 9, 0, 10, 1);
  }

  @Test
  void intra8x8MacroblockOfPredictedModes() {
    mb.mbType = MbType.I_NXN;
    mb.transformSize8x8Flag = true;
    Arrays.fill(mb.intraPredModes, (byte) 2);
    for (int i = 4; i < 8; i++) {
      mb.intraPredModes[i] = 8;
    }
    writer.binarize(mb, state, neighbours, false, bins);
    assertThat(pairs()).containsExactly(
        3, 0,
        399, 1,
        68, 1,
        68, 0, 69, 1, 69, 1, 69, 1, // mode 8 where 2 is predicted: rem 7
        68, 1, 68, 1,
        64, 0,
        73, 0, 74, 0, 75, 0, 76, 0, 77, 0); // coded_block_pattern 0; clear bits count, unavailable blocks do not
  }

  @Test
  void remainingModesAreSentLowestBitFirst() {
    MacroblockWriter.writeIntraPredMode(0, 5, bins);
    assertThat(pairs()).containsExactly(68, 0, 69, 0, 69, 0, 69, 1);
  }

  @Test
  void qpDeltaIsUnaryOfItsMappedValue() {
    MacroblockWriter.writeMbQpDelta(-1, true, bins);
    assertThat(pairs()).containsExactly(61, 1, 62, 1, 63, 0);
    bins.reset();
    MacroblockWriter.writeMbQpDelta(2, false, bins);
    assertThat(pairs()).containsExactly(60, 1, 62, 1, 63, 1, 63, 0);
    bins.reset();
    MacroblockWriter.writeMbQpDelta(-26, false, bins);
    assertThat(bins.size()).isEqualTo(53);
  }

  @Test
  void pcmHasOnlyItsType() {
    mb.mbType = MbType.I_PCM;
    writer.binarize(mb, state, neighbours, true, bins);
    assertThat(pairs()).containsExactly(3, 1, TERMINATE, 1);
  }

  @Test
  void monochromeHasNoChromaSyntax() {
    mb.mbType = MbType.I_NXN;
    Arrays.fill(mb.intraPredModes, (byte) 2);
    mb.codedBlockPattern = 1;
    mb.codedBlockFlags = 1;
    mb.levels[0] = 1;
    monochrome.binarize(mb, state, neighbours, false, bins);
    assertThat(pairs().subList(2 + 32, pairs().size())).containsExactly(
        73, 1, 73, 0, 73, 0, 76, 0,
        60, 0,
        93 + 3, 1, 134, 1, 195, 1, 248, 0, BinString.BYPASS, 0,
        93 + 3, 0, 93 + 3, 0, 93, 0);
  }

  @Test
  void transform8x8NeedsItsMode() {
    mb.transformSize8x8Flag = true;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> monochrome.binarize(mb, state, neighbours, false, bins));
  }

  @Test
  void endOfSliceIsATerminatingBin() {
    MacroblockWriter.endOfSliceFlag(bins, false);
    MacroblockWriter.endOfSliceFlag(bins, true);
    assertThat(pairs()).containsExactly(TERMINATE, 0, TERMINATE, 1);
  }

  @Test
  void previousMbQpDeltaIsForgottenByMacroblocksWithoutOne() {
    mb.mbQpDelta = 3;
    mb.mbType = 1;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isTrue();
    mb.mbType = MbType.I_NXN;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isFalse();
    mb.codedBlockPattern = 1;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isTrue();
    mb.mbType = MbType.I_PCM;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isFalse();
  }
}
