package llm265.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.Sets;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What slices of a picture may do that FFmpeg does not know, against what it makes of the like of it that it knows. */
class SlicesTest {
  private static final Tools BASELINE = new Tools(ChromaFormat.YUV420, 8, Structure.PROGRESSIVE, Entropy.CAVLC, false);

  private static void assertSame(List<Picture> ours, List<OraclePicture> oracle, String what) {
    assertThat(ours).as(what).hasSameSizeAs(oracle);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(oracle.get(i).firstDifferenceFrom(ours.get(i))).as("picture %d of %s", i, what).isEmpty();
    }
  }

  private interface Reorder {
    List<byte[]> apply(SyntaxStream.Coded coded, List<byte[]> nalUnits);
  }

  private static byte[] write(SyntaxStream stream, Reorder reorder) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Sets.nalUnit(stream.sps()));
    stream.pps().forEach(pps -> out.writeBytes(Sets.nalUnit(pps, stream.sps())));
    for (SyntaxStream.Coded coded : stream.pictures()) {
      coded.picture().forgetSlices();
      List<byte[]> nalUnits = new ArrayList<>();
      coded.slices().forEach(slice -> nalUnits.add(slice.write(coded.picture(), stream.sps())));
      reorder.apply(coded, nalUnits).forEach(out::writeBytes);
    }
    return out.toByteArray();
  }

  private static byte[] shuffled(SyntaxStream stream, long seed) {
    Random random = new Random(seed);
    return write(stream, (coded, nalUnits) -> {
      Collections.shuffle(nalUnits, random);
      return nalUnits;
    });
  }

  static byte[] inAnyOrder(long seed) {
    return shuffled(baseline(seed), seed);
  }

  private static SyntaxStream baseline(long seed) {
    return new RandomStream(seed, BASELINE).withProfile(ProfileLevel.BASELINE).make();
  }

  /** Arbitrary slice order of the Baseline profile: FFmpeg gets the slices in the order of their addresses. */
  @Test
  void theOrderOfSlicesPlaysNoPart() {
    for (long seed = 0; seed < 60; seed++) {
      assertSame(Samples.decode(inAnyOrder(seed)), FfmpegOracle.decode(baseline(seed).write()), "seed " + seed);
    }
  }

  /** Whatever slice of it comes first, a picture that comes again is another. */
  @Test
  void picturesThatComeAgainInAnotherOrderAreParted() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<Picture> once = Samples.decode(baseline(seed).write());
      List<Picture> twice = Samples.decode(write(baseline(seed), (coded, nalUnits) -> {
        List<byte[]> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          Collections.shuffle(nalUnits, random);
          both.addAll(nalUnits);
        }
        return both;
      }));
      assertThat(twice).hasSize(2 * once.size());
      for (int i = 0; i < twice.size(); i++) {
        assertThat(twice.get(i).sameSamples(once.get(i / 2))).as("picture %d of seed %d", i, seed).isTrue();
      }
    }
  }

  /** The slice at macroblock 0 used to begin another picture wherever it came with a picture parameter set of its own. */
  @Test
  void theFirstMacroblockMayComeLateUnderAnotherPictureParameterSet() {
    for (long seed = 0; seed < 30; seed++) {
      SyntaxStream stream = new RandomStream(seed, BASELINE).withProfile(ProfileLevel.BASELINE).withPpsOfEachSlice().make();
      List<Picture> inOrder = Samples.decode(stream.write());
      List<Picture> ours = Samples.decode(shuffled(stream, seed));
      assertThat(ours).hasSameSizeAs(inOrder);
      for (int i = 0; i < ours.size(); i++) {
        assertThat(ours.get(i).sameSamples(inOrder.get(i))).as("picture %d of seed %d", i, seed).isTrue();
      }
    }
  }

  /** 7.4.3, redundant_pic_cnt: redundant slices are left out, whatever they hold and wherever they stand. */
  @Test
  void redundantSlicesAreLeftOut() {
    for (long seed = 0; seed < 30; seed++) {
      assertSame(Samples.decode(withRedundantSlices(seed)),
          FfmpegOracle.decode(baseline(seed).withPps(Sets::withRedundantPicCnt).write()), "seed " + seed);
    }
  }

  /** Behind each slice one of another picture that says that it is redundant. */
  static byte[] withRedundantSlices(long seed) {
    SyntaxStream stream = baseline(seed).withPps(Sets::withRedundantPicCnt);
    SyntaxStream.Coded other = baseline(seed + 1000).pictures().getFirst();
    return write(stream, (coded, nalUnits) -> {
      List<byte[]> mixed = new ArrayList<>();
      for (int i = 0; i < nalUnits.size(); i++) {
        mixed.add(nalUnits.get(i));
        SliceSyntax primary = coded.slices().get(i);
        other.picture().forgetSlices();
        mixed.add(new SliceSyntax(
            1, other.slices().getFirst().mbAddresses(), withRedundantPicCnt(primary.header()), primary.pps())
            .write(other.picture(), stream.sps()));
      }
      return mixed;
    });
  }

  private static SliceHeader withRedundantPicCnt(SliceHeader header) {
    SliceOpening opening = header.opening();
    return new SliceHeader(
        new SliceOpening(opening.nalRefIdc(), opening.idrPicFlag(), opening.firstMbInSlice(), opening.sliceType(),
            opening.ppsId(), 0,
            opening.frameNum(), false, false, opening.idrPicId(), opening.picOrderCntLsb(), 0, 0, 0, 1),
        header.decRefPicMarking(), header.sliceQpY(), header.disableDeblockingFilterIdc(), header.filterOffsetA(),
        header.filterOffsetB(), 0, 0);
  }

  static Stream<Tools> mixtures() {
    return Arrays.stream(ChromaFormat.values()).flatMap(chroma ->
        Stream.of(Structure.PROGRESSIVE, Structure.FRAME, Structure.MBAFF).flatMap(structure ->
            Stream.of(8, 10).map(depth -> new Tools(chroma, depth, structure, Entropy.BOTH, false))));
  }

  /** The picture with everything but one slice grey, and all of it under the picture parameter set of that slice. */
  private static SyntaxStream alone(SyntaxStream stream, SyntaxStream.Coded coded, SliceSyntax kept) {
    PictureSyntax whole = coded.picture();
    PictureSyntax picture = new PictureSyntax(whole.widthInMbs, whole.heightInMbs, whole.mbaff, whole.chroma);
    List<SliceSyntax> slices = new ArrayList<>();
    for (SliceSyntax slice : coded.slices()) {
      SliceOpening opening = slice.header().opening();
      SliceHeader header = slice == kept ? slice.header() : new SliceHeader(
          new SliceOpening(opening.nalRefIdc(), opening.idrPicFlag(), opening.firstMbInSlice(), 7, kept.pps().id(), 0, 0, false,
              false,
              opening.idrPicId(), opening.picOrderCntLsb(), 0, 0, 0, 0),
          slice.header().decRefPicMarking(), 26, 1, 0, 0, 0, 0);
      slices.add(new SliceSyntax(slice.number(), slice.mbAddresses(), header, kept.pps()));
      for (int mbAddr : slice.mbAddresses()) {
        picture.mbs[mbAddr] = slice == kept ? whole.mbs[mbAddr] : grey();
      }
    }
    return new SyntaxStream(stream.sps(), stream.pps(), List.of(new SyntaxStream.Coded(picture, slices)));
  }

  private static MacroblockSyntax grey() {
    MacroblockSyntax mb = new MacroblockSyntax();
    mb.mbType = MbType.ofI16x16(2, 0, false);
    return mb;
  }

  /** FFmpeg takes scaling lists, offsets and entropy coding from the first slice of a picture: it gets one slice at a time. */
  @ParameterizedTest
  @MethodSource("mixtures")
  void slicesOfAPictureHavePictureParameterSetsOfTheirOwn(Tools tools) {
    for (long seed = 0; seed < 5; seed++) {
      SyntaxStream stream = new RandomStream(seed, tools).withPpsOfEachSlice().make();
      List<Picture> ours = Samples.decode(stream.write());
      for (int i = 0; i < ours.size(); i++) {
        SyntaxStream.Coded coded = stream.pictures().get(i);
        for (SliceSyntax slice : coded.slices()) {
          String what = "slice " + slice.number() + " of picture " + i + " of seed " + seed + " of " + tools;
          compareSlice(ours.get(i), FfmpegOracle.decode(alone(stream, coded, slice).write()).getFirst(), coded.picture(), slice,
              what);
        }
      }
    }
  }

  private static void compareSlice(Picture ours, OraclePicture oracle, PictureSyntax picture, SliceSyntax slice, String what) {
    for (int plane = 0; plane < ours.format().planes(); plane++) {
      int[] expected = Samples.of(oracle, plane);
      int[] found = Samples.of(ours, plane);
      int width = ours.format().width(plane);
      int mbWidth = plane == 0 ? 16 : picture.chroma.mbWidthC();
      int mbHeight = plane == 0 ? 16 : picture.chroma.mbHeightC();
      boolean[] inSlice = new boolean[picture.size()];
      for (int mbAddr : slice.mbAddresses()) {
        inSlice[mbAddr] = true;
      }
      for (int k = 0; k < found.length; k++) {
        int column = (ours.format().left(plane) + k % width) / mbWidth;
        int row = (ours.format().top(plane) + k / width) / mbHeight;
        int mbAddr = picture.mbaff ? 2 * (row / 2 * picture.widthInMbs + column) + row % 2 : row * picture.widthInMbs + column;
        if (inSlice[mbAddr]) {
          assertThat(found[k]).as("plane %d, sample %d, %s", plane, k, what).isEqualTo(expected[k]);
        }
      }
    }
  }

  /** 8.5.15 asks for QP'Y of 0 and a flag, not for a profile; FFmpeg knows it of High 4:4:4 Predictive alone. */
  @ParameterizedTest
  @MethodSource("structures")
  void losslessOfTheCavlc444IntraProfileIsThatOfHigh444Predictive(Structure structure) {
    Tools tools = new Tools(ChromaFormat.YUV444, 8, structure, Entropy.CAVLC, true);
    for (long seed = 0; seed < 8; seed++) {
      SyntaxStream stream = new RandomStream(seed, tools).make();
      assertSame(Samples.decode(stream.withProfile(ProfileLevel.CAVLC_444_INTRA).write()), FfmpegOracle.decode(stream.write()),
          "seed " + seed + " of " + tools);
    }
  }

  static Stream<Structure> structures() {
    return Arrays.stream(Structure.values());
  }

  /** QP'C plays no part in bypassed macroblocks; FFmpeg scales their chroma unless it is 0. */
  @ParameterizedTest
  @MethodSource("structures")
  void losslessDoesNotDependOnTheOffsetsOfChromaQp(Structure structure) {
    for (ChromaFormat chroma : List.of(ChromaFormat.YUV420, ChromaFormat.YUV422, ChromaFormat.YUV444)) {
      for (Entropy entropy : Entropy.values()) {
        Tools tools = new Tools(chroma, 8, structure, entropy, true);
        SyntaxStream stream = new RandomStream(3, tools).withQp(0, 0).withoutDeblocking().make();
        assertSame(Samples.decode(stream.withPps(pps -> Sets.withOffsets(pps, 12, -7)).write()),
            FfmpegOracle.decode(stream.write()),
            "" + tools);
      }
    }
  }
}
