package llm265.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.syntax.ScalingMatrix;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.written.Sets;
import llm265.h264.written.SyntaxStream;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * separate_colour_plane_flag, which FFmpeg refuses: a picture of three colour planes is three monochrome pictures (7.4.2.1.1),
 * and those FFmpeg decodes.
 */
class ColourPlanesTest {
  /** The slices of the three planes of a picture, those of each in order, mixed. */
  static byte[] write(SyntaxStream stream, SplittableRandom random) {
    return write(stream, random, 1);
  }

  /** The same, each picture coming a number of times. */
  private static byte[] write(SyntaxStream stream, SplittableRandom random, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Sets.nalUnit(stream.sps()));
    stream.pps().forEach(pps -> out.writeBytes(Sets.nalUnit(pps, stream.sps())));
    for (int picture = 0; picture < times * stream.pictures().size() / 3; picture++) {
      int i = picture / times * 3;
      List<Deque<byte[]>> waiting = new ArrayList<>();
      for (SyntaxStream.Coded coded : stream.pictures().subList(i, i + 3)) {
        coded.picture().forgetSlices();
        waiting.add(new ArrayDeque<>(coded.slices().stream().map(slice -> slice.write(coded.picture(), stream.sps())).toList()));
      }
      while (!waiting.isEmpty()) {
        Deque<byte[]> plane = waiting.get(random.nextInt(waiting.size()));
        out.writeBytes(plane.remove());
        waiting.removeIf(Deque::isEmpty);
      }
    }
    return out.toByteArray();
  }

  /** One plane as a monochrome stream, with the scaling lists of the plane as those of luma. */
  private static SyntaxStream monochrome(SyntaxStream stream, int plane) {
    SeqParameterSet sps = stream.sps();
    PictureFormat format = sps.format().monochrome();
    SeqParameterSet mono = Sets.withScaling(Sets.with(sps, sps.profileIdc(), false, format), null);
    List<SyntaxStream.Coded> pictures =
        IntStream.range(0, stream.pictures().size()).filter(i -> i % 3 == plane).mapToObj(stream.pictures()::get).toList();
    return new SyntaxStream(mono, stream.pps(), pictures).withPps(pps -> {
      int[][] lists = new int[8][];
      Arrays.fill(lists, 0, 6, pps.scalingLists(sps).lists4x4()[plane]);
      Arrays.fill(lists, 6, 8, pps.scalingLists(sps).lists8x8()[2 * plane]);
      return Sets.withScaling(pps, ScalingMatrix.of(lists));
    });
  }

  private static void check(long seed, Tools tools) {
    SyntaxStream stream = new RandomStream(seed, tools).withSeparatePlanes().make();
    String what = "seed " + seed + " of " + tools;
    List<Picture> ours = Samples.decode(write(stream, new SplittableRandom(seed)));
    for (int plane = 0; plane < 3; plane++) {
      List<OraclePicture> oracle = FfmpegOracle.decode(monochrome(stream, plane).write());
      assertThat(ours).as(what).hasSameSizeAs(oracle);
      for (int i = 0; i < ours.size(); i++) {
        assertThat(Samples.of(ours.get(i), plane)).as("picture %d plane %d of %s", i, plane, what)
            .isEqualTo(Samples.of(oracle.get(i), 0));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Structure.class)
  void aPlaneIsAMonochromePicture(Structure structure) {
    for (int bitDepth : new int[] {8, 10, 14}) {
      for (Entropy entropy : Entropy.values()) {
        for (long seed = 0; seed < 4; seed++) {
          check(seed, new Tools(ChromaFormat.YUV444, bitDepth, structure, entropy, seed == 3));
        }
      }
    }
  }

  /** Macroblock 0 comes three times in a picture, once in each plane. */
  @Test
  void aPlaneThatComesAgainBeginsAPicture() {
    Tools tools = new Tools(ChromaFormat.YUV444, 8, Structure.PROGRESSIVE, Entropy.CABAC, false);
    for (long seed = 0; seed < 10; seed++) {
      SyntaxStream stream = new RandomStream(seed, tools).withSeparatePlanes().make();
      List<Picture> once = Samples.decode(write(stream, new SplittableRandom(seed)));
      List<Picture> thrice = Samples.decode(write(stream, new SplittableRandom(seed), 3));
      assertThat(thrice).hasSize(3 * once.size());
      for (int i = 0; i < thrice.size(); i++) {
        assertThat(thrice.get(i).sameSamples(once.get(i / 3))).as("picture %d of seed %d", i, seed).isTrue();
      }
    }
  }

  /** The depth of chroma then says nothing (7.4.2.1.1), and chroma_qp_index_offset neither. */
  @ParameterizedTest
  @EnumSource(Structure.class)
  void allPlanesHaveTheDepthOfLuma(Structure structure) {
    check(100, new Tools(ChromaFormat.YUV444, 9, 12, structure, Entropy.CABAC, false));
  }
}
