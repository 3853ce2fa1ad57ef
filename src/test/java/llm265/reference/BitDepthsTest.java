package llm265.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.SyntaxStream;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Depths that FFmpeg does not decode, against it all the same: the same syntax elements under other depths, which make the
 * samples that they should make, or those less a constant.
 */
class BitDepthsTest {
  private static final int[][] UNLIKE = {{8, 10}, {10, 8}, {8, 14}, {14, 9}, {12, 10}};

  static Stream<Tools> unlikeDepths() {
    return Stream.of(ChromaFormat.YUV420, ChromaFormat.YUV422, ChromaFormat.YUV444).flatMap(chroma ->
        Arrays.stream(Structure.values()).flatMap(structure ->
            Stream.of(Entropy.CAVLC, Entropy.CABAC).flatMap(entropy ->
                Arrays.stream(UNLIKE).map(depths -> new Tools(chroma, depths[0], depths[1], structure, entropy, false)))));
  }

  private static void checkPlane(List<Picture> ours, SyntaxStream known, int plane, String what) {
    List<OraclePicture> oracle = FfmpegOracle.decode(known.write());
    assertThat(ours).as(what).hasSameSizeAs(oracle);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(Samples.of(ours.get(i), plane)).as("picture %d plane %d of %s", i, plane, what)
          .isEqualTo(Samples.of(oracle.get(i), plane));
    }
  }

  /** Luma is that of a stream all of whose planes have its depth, chroma that of one with the depth of chroma. */
  private static void checkUnlike(SyntaxStream stream, SyntaxStream ofLuma, SyntaxStream ofChroma, String what) {
    List<Picture> ours = Samples.decode(stream.write());
    checkPlane(ours, ofLuma, 0, what);
    checkPlane(ours, ofChroma, 1, what);
    checkPlane(ours, ofChroma, 2, what);
  }

  @ParameterizedTest
  @MethodSource("unlikeDepths")
  void lumaAndChromaOfUnlikeDepths(Tools tools) {
    int luma = tools.bitDepthLuma();
    int chroma = tools.bitDepthChroma();
    for (long seed = 0; seed < 4; seed++) {
      RandomStream random = new RandomStream(seed, tools).withQp(0, 51);
      // The deblocking filter takes QP'Y 0 for I_PCM, which is another QPC under another depth of luma: not both.
      random = seed % 2 == 0 ? random.withoutPcm() : random.withoutDeblocking();
      SyntaxStream stream = random.make();
      checkUnlike(stream, stream.withBitDepths(luma, luma), stream.withBitDepths(chroma, chroma),
          "seed " + seed + " of " + tools);
    }
  }

  /** It is QP'Y that decides over the bypass, of chroma too. */
  @ParameterizedTest
  @MethodSource("unlikeDepths")
  void losslessOfUnlikeDepths(Tools tools) {
    int luma = tools.bitDepthLuma();
    int chroma = tools.bitDepthChroma();
    int lowest = -6 * (luma - 8);
    Tools lossless = new Tools(tools.chroma(), luma, chroma, tools.structure(), tools.entropy(), true);
    SyntaxStream stream = new RandomStream(7, lossless).withQp(lowest, lowest).withoutDeblocking().withoutPcm().make();
    checkUnlike(stream, stream.withBitDepths(luma, luma),
        stream.withBitDepths(chroma, chroma).withSlices(slice -> slice.withQpMovedBy(-6 * (chroma - 8) - lowest)), "" + tools);
  }

  static Stream<Tools> oddDepths() {
    return Arrays.stream(ChromaFormat.values()).flatMap(chroma ->
        Arrays.stream(Structure.values()).flatMap(structure ->
            Stream.of(Entropy.CAVLC, Entropy.CABAC).flatMap(entropy ->
                Stream.of(11, 13).map(depth -> new Tools(chroma, depth, structure, entropy, false)))));
  }

  /**
   * At equal QP' the residual is the same whatever the depth, and every prediction moves with the samples that it is made of: a
   * bit more of depth moves all samples by half the new range. That leaves out the deblocking filter and clipping.
   */
  @ParameterizedTest
  @MethodSource("oddDepths")
  void aBitMoreOfDepthMovesAllSamples(Tools tools) {
    int depth = tools.bitDepthLuma();
    int compared = 0;
    for (long seed = 0; seed < 6; seed++) {
      SyntaxStream stream = new RandomStream(seed, tools)
          .withQp(-12, 20).withoutDeblocking().withoutPcm().withoutChromaQpOffsets().offRangeEnds().make();
      List<Picture> ours = Samples.decode(stream.write());
      List<OraclePicture> oracle = FfmpegOracle.decode(
          stream.withBitDepths(depth + 1, depth + 1).withSlices(slice -> slice.withQpMovedBy(-6)).write());
      for (int i = 0; i < ours.size(); i++) {
        for (int plane = 0; plane < ours.get(i).format().planes(); plane++) {
          int[] samples = Samples.of(ours.get(i), plane);
          if (Samples.touchesAnEnd(samples, depth)) {
            continue;
          }
          int[] moved = Arrays.stream(Samples.of(oracle.get(i), plane)).map(sample -> sample - (1 << (depth - 1))).toArray();
          assertThat(samples).as("picture %d plane %d of seed %d of %s", i, plane, seed, tools).isEqualTo(moved);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(4);
  }

  static Stream<Tools> everyDepth() {
    return Stream.of(8, 9, 10, 11, 12, 13, 14).flatMap(depth -> Arrays.stream(ChromaFormat.values()).flatMap(chroma ->
        Stream.of(Entropy.CAVLC, Entropy.CABAC).map(entropy ->
            new Tools(chroma, depth, 8 + (depth + 3) % 7, Structure.PROGRESSIVE, entropy, false))));
  }

  /** I_PCM macroblocks alone: the samples are known before anything decodes them. */
  @ParameterizedTest
  @MethodSource("everyDepth")
  void pcmSamplesOfEveryDepth(Tools tools) {
    SyntaxStream stream = new RandomStream(5, tools).withPcmAlone().withoutDeblocking().make();
    List<Picture> ours = Samples.decode(stream.write());
    for (int i = 0; i < ours.size(); i++) {
      Picture picture = ours.get(i);
      MacroblockSyntax[] mbs = stream.pictures().get(i).picture().mbs;
      int at = 0;
      for (int plane = 0; plane < picture.format().planes(); plane++) {
        int width = plane == 0 ? 16 : tools.chroma().mbWidthC();
        int height = plane == 0 ? 16 : tools.chroma().mbHeightC();
        for (int y = 0; y < picture.format().codedHeight(plane); y++) {
          for (int x = 0; x < picture.format().codedWidth(plane); x++) {
            MacroblockSyntax mb = mbs[y / height * picture.format().widthInMbs() + x / width];
            assertThat((int) picture.samples(plane)[y * picture.stride(plane) + x])
                .isEqualTo(mb.pcmSamples[at + y % height * width + x % width]);
          }
        }
        at += width * height;
      }
    }
  }
}
