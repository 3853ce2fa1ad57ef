package llm265.h264.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.intra.IntraEdge;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.transform.LevelScale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One macroblock in the middle of a picture of 3x4, whose samples are anything before. */
class MacroblockReconstructorTest {
  private static final int MB_X = 1;
  private static final int MB_Y = 1;

  private final Random random = new Random(5);
  private final Macroblock mb = new Macroblock();
  private Picture picture;
  private short[][] before;
  private MacroblockReconstructor reconstructor;

  private void begin(ChromaFormat chroma, int bitDepth) {
    picture = new Picture(PictureFormat.of8Bit(48, 64, chroma).withBitDepth(bitDepth));
    before = new short[picture.format().planes()][];
    for (int plane = 0; plane < before.length; plane++) {
      short[] samples = picture.samples(plane);
      for (int i = 0; i < samples.length; i++) {
        // Far enough from the ends for a residual of some samples.
        samples[i] = (short) (50 + random.nextInt((1 << bitDepth) - 100));
      }
      before[plane] = samples.clone();
    }
    reconstructor = new MacroblockReconstructor(picture.format());
    reconstructor.useParameters(LevelScale.FLAT, 0, 0);
    reconstructor.begin(picture);
    mb.mbX = MB_X;
    mb.mbY = MB_Y;
    mb.qpY = 24;
  }

  /** Letters of those that are available. */
  private static MbNeighbours neighbours(String available) {
    MbNeighbours neighbours = new MbNeighbours();
    neighbours.availableA = available.contains("A");
    neighbours.availableB = available.contains("B");
    neighbours.availableC = available.contains("C");
    neighbours.availableD = available.contains("D");
    return neighbours;
  }

  private int width(int plane) {
    return plane == 0 ? 16 : picture.format().chroma().mbWidthC();
  }

  private int height(int plane) {
    return plane == 0 ? 16 : picture.format().chroma().mbHeightC();
  }

  private int at(int plane, int x, int y) {
    return picture.first(plane) + (MB_Y * height(plane) + y) * picture.stride(plane) + MB_X * width(plane) + x;
  }

  private interface Expected {
    int sample(int plane, int x, int y);
  }

  /** The macroblock is as expected, and all else as it was. */
  private void assertMacroblock(Expected expected) {
    for (int plane = 0; plane < before.length; plane++) {
      short[] samples = before[plane].clone();
      for (int y = 0; y < height(plane); y++) {
        for (int x = 0; x < width(plane); x++) {
          samples[at(plane, x, y)] = (short) expected.sample(plane, x, y);
        }
      }
      assertThat(picture.samples(plane)).as("plane %d", plane).isEqualTo(samples);
    }
  }

  @ParameterizedTest
  @EnumSource(ChromaFormat.class)
  void pcmSamplesLieWhereTheyBelong(ChromaFormat chroma) {
    begin(chroma, 8);
    mb.mbType = MbType.I_PCM;
    for (int i = 0; i < mb.pcmSamples.length; i++) {
      mb.pcmSamples[i] = (short) (i % 251);
    }
    reconstructor.reconstruct(mb, neighbours(""));
    assertMacroblock((plane, x, y) ->
        (plane == 0 ? 16 * y + x : 256 + ((plane - 1) * height(plane) + y) * width(plane) + x) % 251);
  }

  @ParameterizedTest
  @CsvSource({"MONOCHROME, 8", "YUV420, 8", "YUV422, 10", "YUV444, 9", "YUV420, 14"})
  void withoutNeighboursAndResidualEverySampleIsTheMiddle(ChromaFormat chroma, int bitDepth) {
    begin(chroma, bitDepth);
    mb.mbType = MbType.ofI16x16(IntraPredModes.DC, 0, false);
    mb.intra16x16PredMode = IntraPredModes.DC;
    reconstructor.reconstruct(mb, neighbours(""));
    assertMacroblock((plane, x, y) -> 1 << (bitDepth - 1));
  }

  @Test
  void planesOfFourFourFourArePredictedAsLumaIs() {
    begin(ChromaFormat.YUV444, 8);
    mb.mbType = MbType.ofI16x16(IntraPredModes.VERTICAL, 0, false);
    mb.intra16x16PredMode = IntraPredModes.VERTICAL;
    reconstructor.reconstruct(mb, neighbours("B"));
    assertMacroblock((plane, x, y) -> before[plane][at(plane, x, -1)]);
  }

  /** Modes of 8.3.4 have other numbers than those of 8.3.3: 1 is horizontal in both, 0 is not. */
  @Test
  void chromaHasAModeOfItsOwn() {
    begin(ChromaFormat.YUV422, 8);
    mb.mbType = MbType.ofI16x16(IntraPredModes.VERTICAL, 0, false);
    mb.intra16x16PredMode = IntraPredModes.VERTICAL;
    mb.intraChromaPredMode = 1;
    reconstructor.reconstruct(mb, neighbours("AB"));
    assertMacroblock((plane, x, y) -> plane == 0 ? before[plane][at(plane, x, -1)] : before[plane][at(plane, -1, y)]);
  }

  private List<Integer> blocks(String available, Predicate<IntraEdge> of) {
    reconstructor.moveTo(MB_X, MB_Y, neighbours(available));
    List<Integer> blocks = new ArrayList<>();
    for (int block = 0; block < 16; block++) {
      if (of.test(reconstructor.gather4x4(block))) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  /** 6.4.11.4: blocks right of the macroblock, or later in it, are not available. */
  @Test
  void blocksOf4x4HaveTheNeighboursThatComeBefore() {
    begin(ChromaFormat.MONOCHROME, 8);
    assertThat(blocks("ABCD", edge -> !edge.aboveRight)).containsExactly(3, 7, 11, 13, 15);
    assertThat(blocks("ABD", edge -> !edge.aboveRight)).containsExactly(3, 5, 7, 11, 13, 15);
    assertThat(blocks("ACD", edge -> !edge.aboveRight)).containsExactly(0, 1, 3, 4, 7, 11, 13, 15);
    assertThat(blocks("BCD", edge -> !edge.left)).containsExactly(0, 2, 8, 10);
    assertThat(blocks("ACD", edge -> !edge.above)).containsExactly(0, 1, 4, 5);
    assertThat(blocks("ABC", edge -> !edge.corner)).containsExactly(0);
    assertThat(blocks("BCD", edge -> !edge.corner)).containsExactly(2, 8, 10);
    assertThat(blocks("ACD", edge -> !edge.corner)).containsExactly(1, 4, 5);
  }

  private String edges8x8(String available) {
    reconstructor.moveTo(MB_X, MB_Y, neighbours(available));
    StringBuilder edges = new StringBuilder();
    for (int block = 0; block < 4; block++) {
      IntraEdge edge = reconstructor.gather8x8(block);
      edges.append(edge.left ? 'l' : '-').append(edge.above ? 'a' : '-').append(edge.corner ? 'c' : '-')
          .append(edge.aboveRight ? 'r' : '-').append(' ');
    }
    return edges.toString().strip();
  }

  @Test
  void blocksOf8x8HaveTheNeighboursThatComeBefore() {
    begin(ChromaFormat.MONOCHROME, 8);
    assertThat(edges8x8("ABCD")).isEqualTo("lacr lacr lacr lac-");
    assertThat(edges8x8("A")).isEqualTo("l--- l--- lacr lac-");
    assertThat(edges8x8("B")).isEqualTo("-a-r lac- -a-r lac-");
    assertThat(edges8x8("C")).isEqualTo("---- l--r -a-r lac-");
    assertThat(edges8x8("D")).isEqualTo("--c- l--- -a-r lac-");
  }

  @Test
  void aModeWithoutItsNeighbourIsAnErrorThatNamesIt() {
    begin(ChromaFormat.YUV420, 8);
    mb.mbType = MbType.ofI16x16(IntraPredModes.HORIZONTAL, 0, false);
    mb.intra16x16PredMode = IntraPredModes.HORIZONTAL;
    assertError("BCD", "Intra16x16PredMode", "8.3.3");
    mb.intra16x16PredMode = IntraPredModes.DC;
    mb.intraChromaPredMode = 2;
    assertError("ACD", "intra_chroma_pred_mode", "8.3.4");
    mb.mbType = MbType.I_NXN;
    mb.intraPredModes[0] = IntraPredModes.VERTICAL;
    assertError("ACD", "Intra4x4PredMode", "8.3.1.2");
    mb.transformSize8x8Flag = true;
    assertError("ACD", "Intra8x8PredMode", "8.3.2.2");
  }

  private void assertError(String available, String element, String clause) {
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> reconstructor.reconstruct(mb, neighbours(available)))
        .withMessageContaining(element).withMessageContaining(clause);
  }

  /** levelScale( 0, 0, 0 ) of 160 at qP 24: d00 of 320 makes ( 320 + 32 ) >> 6 everywhere. */
  @ParameterizedTest
  @CsvSource({"0", "3", "6", "9", "15"})
  void levelsOf4x4GoToTheirBlockIfItsFlagIsSet(int block) {
    begin(ChromaFormat.YUV420, 8);
    reconstructor.moveTo(MB_X, MB_Y, neighbours(""));
    mb.levels[16 * block] = 2;
    reconstructor.add4x4Residual(mb, block, 24);
    assertMacroblock((plane, x, y) -> before[plane][at(plane, x, y)]);
    mb.codedBlockFlags = 1L << block;
    reconstructor.add4x4Residual(mb, block, 24);
    assertMacroblock((plane, x, y) -> before[plane][at(plane, x, y)]
        + (plane == 0 && BlockScan.BLOCK_INDEX[y / 4 * 4 + x / 4] == block ? 5 : 0));
  }

  /** levelScale8x8( 0, 0, 0 ) of 320 at qP 36. */
  @Test
  void levelsOf8x8GoToTheirBlockAndSamplesStayInRange() {
    begin(ChromaFormat.MONOCHROME, 8);
    for (int block = 0; block < 4; block++) {
      mb.codedBlockFlags = 1L << (4 * block + 2);
      Arrays.fill(mb.levels, 0);
      mb.levels[64 * block] = block < 2 ? 100 : -100;
      reconstructor.moveTo(MB_X, MB_Y, neighbours(""));
      reconstructor.add8x8Residual(mb, block, 36);
    }
    assertMacroblock((plane, x, y) -> y < 8 ? 255 : 0);
  }

  /**
   * One DC level of 2 in each plane. At QP'C 32, levelScale is 208 and 4:2:0 has dcC of 416, which makes 7; at QP'C,dc 35 it is
   * 288 and 4:2:2 has 288, which makes 5. Cr is 6 coarser, and twice as large.
   */
  @ParameterizedTest
  @CsvSource({"YUV420, 7, 13", "YUV422, 5, 9"})
  void chromaPlanesHaveQuantizersOfTheirOwn(ChromaFormat chroma, int cb, int cr) {
    begin(chroma, 8);
    // QPC is 32 for qPI 33, and 38 for 47 (Table 8-15).
    reconstructor.useParameters(LevelScale.FLAT, 5, 19);
    assertThat(reconstructor.chromaQp(1, 28)).isEqualTo(32);
    assertThat(reconstructor.chromaQp(2, 28)).isEqualTo(38);
    mb.mbType = MbType.ofI16x16(IntraPredModes.DC, 1, false);
    mb.intra16x16PredMode = IntraPredModes.DC;
    mb.qpY = 28;
    mb.dcLevels[16] = 2;
    mb.dcLevels[32] = 2;
    mb.codedBlockFlags = 3L << Macroblock.CHROMA_DC_FLAG_BIT;
    reconstructor.reconstruct(mb, neighbours(""));
    assertMacroblock((plane, x, y) -> 128 + (plane == 0 ? 0 : plane == 1 ? cb : cr));
  }

  @Test
  void chromaQpCountsBitDepthAndStaysInItsTable() {
    begin(ChromaFormat.YUV420, 10);
    reconstructor.useParameters(LevelScale.FLAT, -3, 12);
    assertThat(reconstructor.chromaQp(1, -12)).isZero();
    assertThat(reconstructor.chromaQp(1, 10)).isEqualTo(7 + 12);
    assertThat(reconstructor.chromaQp(2, 51)).isEqualTo(39 + 12);
  }

  /** 8.5.15: at QP'Y 0 the levels are the residual. */
  @Test
  void bypassedLevelsAreTheResidualAtQpZeroAlone() {
    begin(ChromaFormat.MONOCHROME, 10);
    mb.mbType = MbType.ofI16x16(IntraPredModes.DC, 0, true);
    mb.intra16x16PredMode = IntraPredModes.DC;
    mb.codedBlockFlags = 1L << 6;
    mb.levels[16 * 6 + 4 * 2 + 1] = 77;
    mb.qpY = -12;
    reconstructor.useTransformBypass(true);
    reconstructor.reconstruct(mb, neighbours(""));
    // Block 6 is the third in the second row of blocks.
    assertMacroblock((plane, x, y) -> 512 + (x == 9 && y == 6 ? 77 : 0));
    short[] bypassed = picture.samples(0).clone();
    mb.qpY = 0;
    reconstructor.reconstruct(mb, neighbours(""));
    assertThat(picture.samples(0)).isNotEqualTo(bypassed);
    mb.qpY = -12;
    reconstructor.useTransformBypass(false);
    reconstructor.reconstruct(mb, neighbours(""));
    assertThat(picture.samples(0)).isNotEqualTo(bypassed);
  }

  /** 6.4.1: the field macroblocks of a pair take turns row by row. */
  @ParameterizedTest
  @CsvSource({"2, 0", "3, 1"})
  void fieldMacroblocksHaveEveryOtherRowOfTheirPair(int mbY, int parity) {
    begin(ChromaFormat.YUV420, 8);
    mb.mbY = mbY;
    mb.mbFieldDecodingFlag = true;
    mb.mbType = MbType.I_PCM;
    Arrays.fill(mb.pcmSamples, (short) 3);
    reconstructor.reconstruct(mb, neighbours(""));
    for (int plane = 0; plane < 3; plane++) {
      int stride = picture.stride(plane);
      int size = width(plane);
      short[] samples = before[plane].clone();
      for (int y = 0; y < size; y++) {
        int from = picture.first(plane) + (2 * size + 2 * y + parity) * stride + MB_X * size;
        Arrays.fill(samples, from, from + size, (short) 3);
      }
      assertThat(picture.samples(plane)).as("plane %d", plane).isEqualTo(samples);
    }
  }
}
