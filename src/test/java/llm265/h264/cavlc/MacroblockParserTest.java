package llm265.h264.cavlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Macroblocks coded by hand, bit by bit. */
class MacroblockParserTest {
  private static final String NO_LEVELS = "1";
  private static final String NO_CHROMA_DC_LEVELS = "01";

  private final PictureMbState state = new PictureMbState(2, 2);
  private final MbNeighbours neighbours = new MbNeighbours();
  private final Macroblock mb = new Macroblock();
  private final MacroblockParser parser = new MacroblockParser();
  private int address;

  private void start(ChromaFormat chroma, int bitDepth, boolean transform8x8, boolean field, String bits) {
    RbspWriter writer = new RbspWriter();
    for (char bit : bits.replace(" ", "").toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
    writer.writeTrailingBits();
    byte[] bytes = writer.toByteArray();
    PictureFormat format = new PictureFormat(2, 2, chroma, bitDepth, bitDepth, 0, 0, 0, 0);
    RbspReader reader = new RbspReader(bytes, 0, bytes.length);
    parser.startSlice(reader, reader, format, transform8x8, field);
  }

  private void start(ChromaFormat chroma, String bits) {
    start(chroma, 8, false, false, bits);
  }

  /** The next macroblock of the slice. */
  private Macroblock parse() {
    mb.clearResidual();
    mb.moveTo(address++, 2);
    neighbours.derive(state, mb.mbX, mb.mbY, 0);
    parser.parse(mb, state, neighbours);
    state.store(mb, 0);
    return mb;
  }

  private static String ue(int value) {
    String binary = Integer.toBinaryString(value + 1);
    return "0".repeat(binary.length() - 1) + binary;
  }

  @Test
  void anIntra16x16MacroblockOfPredictionAlone() {
    // mb_type 3, intra_chroma_pred_mode 2, mb_qp_delta -1, coeff_token 0/0 of Intra16x16DCLevel
    start(ChromaFormat.YUV420, ue(3) + ue(2) + ue(2) + NO_LEVELS);
    parse();
    assertThat(mb.mbType).isEqualTo(3);
    assertThat(mb.intra16x16PredMode).isEqualTo(2);
    assertThat(mb.intraChromaPredMode).isEqualTo(2);
    assertThat(mb.mbQpDelta).isEqualTo(-1);
    assertThat(mb.codedBlockPattern).isZero();
    assertThat(mb.codedBlockFlags).isZero();
    assertThat(parser.moreDataFlag()).isFalse();
  }

  @Test
  void predictionModesAreCountedFromThoseOfTheNeighbours() {
    // Block 0: rem_intra4x4_pred_mode 5 is mode 6, since 5 is not below the 2 that is predicted without neighbours; then block 1
    // to 3 have DC predicted, as one neighbour is missing or DC; the rest likewise.
    start(ChromaFormat.MONOCHROME, ue(0) + "0101" + "1".repeat(15) + ue(1));
    parse();
    assertThat(mb.intraPredModes[0]).isEqualTo((byte) 6);
    for (int block = 1; block < 16; block++) {
      assertThat(mb.intraPredModes[block]).isEqualTo((byte) 2);
    }
    assertThat(mb.codedBlockPattern).isZero();
  }

  @Test
  void theSmallerModeOfLeftAndAboveIsPredicted() {
    // Blocks 0 to 2 have modes 6, 4, 5: block 3 is predicted 4, of block 2 on the left 5 and block 1 above 4.
    start(ChromaFormat.MONOCHROME, ue(0) + "0101 0011 0100 1" + "1".repeat(12) + ue(1));
    parse();
    assertThat(Arrays.copyOf(mb.intraPredModes, 4)).containsExactly(6, 4, 5, 4);
  }

  /** 7.3.5.3.2: coefficient 4 * i + k of an 8x8 block is coefficient i of the k-th of four blocks. */
  @Test
  void levelsOfAnEightByEightBlockAreDealtOutToFour() {
    // coded_block_pattern 1, mb_qp_delta 0; blocks 0 to 3: none; 1 at coefficient 0; none; -1 at coefficient 2
    String blocks = "1" + "01 0 1" + "1" + "01 1 010";
    start(ChromaFormat.MONOCHROME, 8, true, false, ue(0) + "1" + "1111" + ue(10) + ue(0) + blocks);
    parse();
    assertThat(mb.transformSize8x8Flag).isTrue();
    assertThat(mb.codedBlockPattern).isEqualTo(1);
    int[] expected = new int[64];
    expected[BlockScan.ZIGZAG_8X8[1]] = 1;
    expected[BlockScan.ZIGZAG_8X8[4 * 2 + 3]] = -1;
    assertThat(Arrays.copyOf(mb.levels, 64)).isEqualTo(expected);
    assertThat(mb.codedBlockFlags).isEqualTo(0xF);
  }

  @Test
  void fieldsAreScannedInTheirOwnOrder() {
    // One level, 1, at coefficient 2 of block 0.
    String block = "01 0 010";
    String bits = ue(0) + "1".repeat(16) + ue(10) + ue(0) + block + "111";
    start(ChromaFormat.MONOCHROME, 8, false, false, bits);
    parse();
    assertThat(mb.levels[4]).isEqualTo(1);
    address = 0;
    start(ChromaFormat.MONOCHROME, 8, false, true, bits);
    parse();
    assertThat(mb.levels[1]).isEqualTo(1);
    assertThat(mb.levels[4]).isZero();
  }

  private int pattern(ChromaFormat chroma, int codeNum) {
    address = 0;
    Arrays.fill(state.sliceIndex, -1);
    boolean hasChroma = chroma == ChromaFormat.YUV420;
    // More blocks without levels than any pattern has: those of chroma AC have one bit each, too.
    String residual = ue(0) + NO_LEVELS.repeat(16);
    start(chroma, ue(0) + "1".repeat(16) + (hasChroma ? ue(0) : "") + ue(codeNum)
        + (hasChroma && codeNum == 3 || !hasChroma && codeNum == 1 ? ""
            : residual + NO_CHROMA_DC_LEVELS.repeat(8) + "1".repeat(64)));
    try {
      return parse().codedBlockPattern;
    } catch (MalformedStreamException e) {
      // Blocks that come to other levels: the pattern is known by then.
      return mb.codedBlockPattern;
    }
  }

  /** Table 9-4, column Intra_4x4, Intra_8x8, at places, and each pattern once. */
  @Test
  void codedBlockPatternsOfTable9Dash4() {
    int[][] some = {{0, 47}, {1, 31}, {2, 15}, {3, 0}, {4, 23}, {15, 46}, {16, 16}, {29, 1}, {35, 20}, {38, 9}, {46, 38},
        {47, 41}};
    for (int[] row : some) {
      assertThat(pattern(ChromaFormat.YUV420, row[0])).as("codeNum %d", row[0]).isEqualTo(row[1]);
    }
    assertThat(IntStream.range(0, 48).map(codeNum -> pattern(ChromaFormat.YUV420, codeNum)).distinct().count()).isEqualTo(48);
    int[] monochrome = {15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9};
    for (int codeNum = 0; codeNum < 16; codeNum++) {
      assertThat(pattern(ChromaFormat.MONOCHROME, codeNum)).as("codeNum %d", codeNum).isEqualTo(monochrome[codeNum]);
      assertThat(pattern(ChromaFormat.YUV444, codeNum)).as("codeNum %d", codeNum).isEqualTo(monochrome[codeNum]);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 49, 25", "8, 52, -26", "10, 61, 31", "10, 64, -32", "14, 85, 43", "14, 88, -44"})
  void theRangeOfMbQpDeltaGrowsWithTheDepth(int bitDepth, int codeNum, int delta) {
    start(ChromaFormat.MONOCHROME, bitDepth, false, false, ue(3) + ue(codeNum) + NO_LEVELS);
    assertThat(parse().mbQpDelta).isEqualTo(delta);
    address = 0;
    // The next value of the same sign.
    start(ChromaFormat.MONOCHROME, bitDepth, false, false, ue(3) + ue(codeNum + 2) + NO_LEVELS);
    Arrays.fill(state.sliceIndex, -1);
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(this::parse).withMessageContaining("mb_qp_delta");
  }

  /** pcm_alignment_zero_bit, samples, and 16 coefficients for those beside it (9.2.1): Table 9-5, nC of 8 and more. */
  @Test
  void afterPcmMacroblocksBlocksCountAsFull() {
    StringBuilder samples = new StringBuilder();
    for (int i = 0; i < 384; i++) {
      samples.append(String.format("%8s", Integer.toBinaryString(i & 255)).replace(' ', '0'));
    }
    // I_PCM, aligned after 9 bits; then I_16x16_2_0_0 whose left neighbour alone is available: nC 16, coeff_token 0/0 is 000011.
    start(ChromaFormat.YUV420, ue(25) + "0000000" + samples + ue(3) + ue(0) + ue(0) + "000011");
    parse();
    assertThat(mb.isPcm()).isTrue();
    for (int i = 0; i < 384; i++) {
      assertThat(mb.pcmSamples[i]).isEqualTo((short) (i & 255));
    }
    assertThat(parser.moreDataFlag()).isTrue();
    parse();
    assertThat(mb.mbType).isEqualTo(3);
    assertThat(mb.codedBlockFlags).isZero();
    assertThat(parser.moreDataFlag()).isFalse();
  }

  /** In 4:0:0 and 4:4:4 an Intra_16x16 type that tells of chroma has no blocks for it all the same (7.3.5.3). */
  @Test
  void typesThatTellOfChromaWithoutAny() {
    int type = MbType.ofI16x16(2, 2, false);
    start(ChromaFormat.MONOCHROME, ue(type) + ue(0) + NO_LEVELS);
    assertThat(parse().codedBlockPattern).isZero();
    assertThat(parser.moreDataFlag()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "00000000001, mb_type", "000011011, mb_type", "1 0, rem_intra", "00100 00101, intra_chroma_pred_mode",
    "1 1111111111111111 1 00000110001, coded_block_pattern"
  })
  void whatIsOutOfRangeOrCutOffIsMalformed(String bits, String element) {
    start(ChromaFormat.YUV420, bits);
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(this::parse).withMessageContaining(element);
  }
}
