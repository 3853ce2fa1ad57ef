package llm265.h264.deblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;

class DeblockingFilterTest {
  private static final DeblockingParameters ON = new DeblockingParameters(0, 0, 0, 0, 0);
  private static final DeblockingParameters OFF = new DeblockingParameters(1, 0, 0, 0, 0);
  private static final DeblockingParameters WITHIN_SLICE = new DeblockingParameters(2, 0, 0, 0, 0);

  private final PictureMbState state = new PictureMbState(2, 2);

  private static Picture stripes(ChromaFormat chroma) {
    Picture picture = new Picture(PictureFormat.of8Bit(32, 32, chroma));
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      int stride = picture.stride(plane);
      short[] samples = picture.samples(plane);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) (100 + 6 * ((i % stride / 4 + i / stride / 4) & 1));
      }
    }
    return picture;
  }

  private void decoded(int qpY) {
    Arrays.fill(state.sliceIndex, 0, 4, 0);
    Arrays.fill(state.qpY, (byte) qpY);
  }

  /** Which columns (or rows) of a plane have changed anywhere. */
  private static String changed(Picture before, Picture after, int plane, boolean columns) {
    int width = before.stride(plane);
    int height = before.format().codedHeight(plane);
    char[] marks = new char[columns ? width : height];
    Arrays.fill(marks, '.');
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (before.samples(plane)[y * width + x] != after.samples(plane)[y * width + x]) {
          marks[columns ? x : y] = '#';
        }
      }
    }
    return new String(marks);
  }

  /** A picture that varies along one direction alone, so that only edges across it matter. */
  private static Picture steps(ChromaFormat chroma, boolean columns) {
    Picture picture = stripes(chroma);
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      int stride = picture.stride(plane);
      short[] samples = picture.samples(plane);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) (100 + 6 * ((columns ? i % stride : i / stride) / 4 & 1));
      }
    }
    return picture;
  }

  private String filteredColumns(ChromaFormat chroma, int plane, boolean columns) {
    Picture picture = steps(chroma, columns);
    DeblockingFilter.filter(picture, state, List.of(ON));
    return changed(steps(chroma, columns), picture, plane, columns);
  }

  @Test
  void fourByFourTransformsHaveEdgesEveryFourSamplesAndThePictureNone() {
    decoded(32);
    for (boolean columns : new boolean[] {true, false}) {
      assertThat(filteredColumns(ChromaFormat.YUV420, 0, columns)).isEqualTo("..############################..");
    }
  }

  @Test
  void eightByEightTransformsHaveEdgesEveryEightSamples() {
    decoded(32);
    Arrays.fill(state.transformSize8x8Flag, true);
    for (boolean columns : new boolean[] {true, false}) {
      assertThat(filteredColumns(ChromaFormat.YUV420, 0, columns)).isEqualTo("......####...######...####......");
    }
  }

  @Test
  void chromaHasEdgesEveryFourSamplesWhateverTheTransformSize() {
    decoded(32);
    Arrays.fill(state.transformSize8x8Flag, true);
    for (boolean columns : new boolean[] {true, false}) {
      assertThat(filteredColumns(ChromaFormat.YUV420, 1, columns)).isEqualTo("...##..##..##...");
    }
    assertThat(filteredColumns(ChromaFormat.YUV422, 2, true)).isEqualTo("...##..##..##...");
    assertThat(filteredColumns(ChromaFormat.YUV422, 2, false)).isEqualTo("...##..##..##..##..##..##..##...");
  }

  @Test
  void chromaOfFourFourFourIsFilteredAsLuma() {
    decoded(32);
    Arrays.fill(state.transformSize8x8Flag, true);
    assertThat(filteredColumns(ChromaFormat.YUV444, 1, true)).isEqualTo("......####...######...####......");
  }

  @Test
  void idc1ChangesNothing() {
    decoded(40);
    Picture picture = stripes(ChromaFormat.YUV420);
    DeblockingFilter.filter(picture, state, List.of(OFF));
    assertThat(picture.sameSamples(stripes(ChromaFormat.YUV420))).isTrue();
  }

  @Test
  void theSliceOfTheCurrentMacroblockDecidesAboutItsLeftAndTopEdges() {
    decoded(32);
    Arrays.fill(state.transformSize8x8Flag, true);
    // Two slices: the macroblocks of the first row, and of the second
    state.sliceIndex[2] = 1;
    state.sliceIndex[3] = 1;
    String inside8 = "......####............####......";
    String edge16 = "......####...######...####......";
    assertThat(filteredRows(ON, ON)).isEqualTo(edge16);
    assertThat(filteredRows(ON, WITHIN_SLICE)).isEqualTo(inside8);
    assertThat(filteredRows(OFF, ON)).isEqualTo(".............######...####......");
    assertThat(filteredRows(ON, OFF)).isEqualTo("......####......................");
  }

  private String filteredRows(DeblockingParameters first, DeblockingParameters second) {
    Picture picture = steps(ChromaFormat.YUV420, false);
    DeblockingFilter.filter(picture, state, List.of(first, second));
    return changed(steps(ChromaFormat.YUV420, false), picture, 0, false);
  }

  @Test
  void macroblocksThatWereNotDecodedAreLeftAloneOnBothSidesOfTheirEdges() {
    decoded(32);
    Arrays.fill(state.transformSize8x8Flag, true);
    state.sliceIndex[0] = -1;
    state.sliceIndex[2] = -1;
    assertThat(filteredColumns(ChromaFormat.YUV420, 0, true)).isEqualTo("......................####......");
  }

  @Test
  void qpOfAnEdgeIsTheRoundedMeanOfBothSides() {
    // alpha' is 0 up to index 15: the edge between QP 15 and 16 is filtered, as (15 + 16 + 1) >> 1 = 16
    decoded(15);
    Arrays.fill(state.transformSize8x8Flag, true);
    Picture picture = smallSteps();
    DeblockingFilter.filter(picture, state, List.of(ON));
    assertThat(picture.sameSamples(smallSteps())).isTrue();
    state.qpY[0] = 16;
    state.qpY[2] = 16;
    DeblockingFilter.filter(picture, state, List.of(ON));
    assertThat(changed(smallSteps(), picture, 0, true)).isEqualTo(".......##......##...............");
  }

  private static Picture smallSteps() {
    Picture picture = new Picture(PictureFormat.of8Bit(32, 32, ChromaFormat.MONOCHROME));
    short[] samples = picture.samples(0);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (100 + 3 * (i % 32 / 8 & 1));
    }
    return picture;
  }

  @Test
  void pcmCountsAsQpZero() {
    decoded(20);
    Arrays.fill(state.transformSize8x8Flag, true);
    state.mbType[0] = MbType.I_PCM;
    state.mbType[2] = MbType.I_PCM;
    Picture picture = smallSteps();
    DeblockingFilter.filter(picture, state, List.of(ON));
    // Neither the inside of the PCM macroblocks nor their edge, of QP (0 + 20 + 1) >> 1 = 10
    assertThat(changed(smallSteps(), picture, 0, true)).isEqualTo("......................####......");
  }

  @Test
  void eachChromaPlaneHasItsOwnQp() {
    decoded(22);
    Picture picture = steps(ChromaFormat.YUV420, true);
    // QPC 10 for Cb: not filtered; 34 for Cr
    DeblockingFilter.filter(picture, state, List.of(new DeblockingParameters(0, 0, 0, -12, 12)));
    assertThat(changed(steps(ChromaFormat.YUV420, true), picture, 1, true)).isEqualTo("................");
    assertThat(changed(steps(ChromaFormat.YUV420, true), picture, 2, true)).isEqualTo("...##..##..##...");
  }

  @Test
  void verticalEdgesComeBeforeHorizontalOnesAndMacroblocksInOrder() {
    decoded(36);
    Picture picture = stripes(ChromaFormat.MONOCHROME);
    DeblockingFilter.filter(picture, state, List.of(ON));
    Picture expected = stripes(ChromaFormat.MONOCHROME);
    DeblockKernels kernels = new ScalarDeblockKernels();
    int[] thresholds = new int[6];
    FilterThresholds.derive(36, ON, 4, 8, thresholds, 0);
    FilterThresholds.derive(36, ON, 3, 8, thresholds, 3);
    for (int mb = 0; mb < 4; mb++) {
      int offset = 16 * (mb & 1) + 16 * 32 * (mb >> 1);
      kernels.filterLuma(expected.samples(0), offset, 1, 32, (mb & 1) == 0 ? 14 : 15, thresholds, 255, null);
      kernels.filterLuma(expected.samples(0), offset, 32, 1, mb < 2 ? 14 : 15, thresholds, 255, null);
    }
    assertThat(picture.samples(0)).isEqualTo(expected.samples(0));
  }
}
