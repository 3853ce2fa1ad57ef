package llm265.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.generate.RandomMacroblockSyntax;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Slice groups (8.2.2), which FFmpeg refuses, of every map type: where a slice covers a rectangle and edges between slices are
 * not filtered, the rectangle decodes as it would as a picture of its own, and that FFmpeg decodes.
 */
class SliceGroupsTest {
  private static final int WIDTH = 5;
  private static final int HEIGHT = 5;

  /** Map units of one slice group. */
  record Rectangle(int x, int y, int width, int height) {}

  /** Slice groups and rectangles that they are made of; the map units in none are those of one group, and hold I_PCM. */
  record Layout(SliceGroups groups, int changeCycle, List<Rectangle> rectangles) {}

  private static SliceGroups groups(int count, int type, List<Integer> runs, List<Integer> topLeft, List<Integer> bottomRight,
      boolean direction, int rate, List<Integer> ids) {
    return new SliceGroups(count, type, runs, topLeft, bottomRight, direction, rate, ids);
  }

  private static SliceGroups changing(int type, boolean direction, int rate) {
    return groups(2, type, List.of(), List.of(), List.of(), direction, rate, List.of());
  }

  private static Rectangle rows(int y, int height) {
    return new Rectangle(0, y, WIDTH, height);
  }

  private static Rectangle columns(int x, int width) {
    return new Rectangle(x, 0, width, HEIGHT);
  }

  private static List<Layout> layouts() {
    List<Layout> layouts = new ArrayList<>();
    layouts.add(new Layout(groups(2, 0, List.of(2 * WIDTH, WIDTH), List.of(), List.of(), false, 0, List.of()), 0,
        List.of(rows(0, 2), rows(2, 1), rows(3, 2))));
    List<Rectangle> units = IntStream.range(0, WIDTH * HEIGHT).mapToObj(i -> new Rectangle(i % WIDTH, i / WIDTH, 1, 1)).toList();
    for (int count : new int[] {2, 3, 4, 8}) {
      layouts.add(new Layout(groups(count, 1, List.of(), List.of(), List.of(), false, 0, List.of()), 0, units));
    }
    layouts.add(new Layout(groups(3, 2, List.of(), List.of(0, 7), List.of(6, 24), false, 0, List.of()), 0,
        List.of(new Rectangle(0, 0, 2, 2), new Rectangle(2, 1, 3, 4))));
    for (boolean direction : new boolean[] {false, true}) {
      layouts.add(new Layout(changing(3, direction, 3), 3, List.of(new Rectangle(1, 1, 3, 3))));
      int upper = direction ? 3 : 2;
      layouts.add(new Layout(changing(4, direction, WIDTH), 2, List.of(rows(0, upper), rows(upper, HEIGHT - upper))));
      layouts.add(new Layout(changing(5, direction, 10), 1, List.of(columns(0, upper), columns(upper, WIDTH - upper))));
    }
    List<Integer> ids = IntStream.range(0, WIDTH * HEIGHT).mapToObj(i -> (i % WIDTH < 3 ? 0 : 1) + (i / WIDTH < 2 ? 2 : 0))
        .toList();
    layouts.add(new Layout(groups(4, 6, List.of(), List.of(), List.of(), false, 0, ids), 0,
        List.of(new Rectangle(0, 0, 3, 2), new Rectangle(3, 0, 2, 2), new Rectangle(0, 2, 3, 3), new Rectangle(3, 2, 2, 3))));
    return layouts;
  }

  record Case(Layout layout, Structure structure, long seed) {}

  static Stream<Case> everyType() {
    return layouts().stream().flatMap(layout ->
        Stream.of(Structure.PROGRESSIVE, Structure.FRAME, Structure.MBAFF, Structure.FIELDS).flatMap(structure ->
            Stream.of(0L, 1L).map(seed -> new Case(layout, structure, seed))))
        .filter(SliceGroupsTest::slicesCanCoverRectangles);
  }

  /** Not where units of two rows of macroblocks have others of their group beside them: a slice takes a group row by row. */
  private static boolean slicesCanCoverRectangles(Case what) {
    return what.structure != Structure.FRAME || what.layout.groups.mapType() != 1 || what.layout.groups.numSliceGroups() >= WIDTH;
  }

  /** A sequence parameter set for so many map units. */
  private static SeqParameterSet sps(Structure structure, int width, int height) {
    boolean progressive = structure == Structure.PROGRESSIVE;
    PictureFormat format = new PictureFormat(width, progressive ? height : 2 * height, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    return new SeqParameterSet(progressive ? ProfileLevel.BASELINE : ProfileLevel.EXTENDED, 0, 51, 0, false, false, null, 4,
        PicOrderCnt.type0(8), 1, false, progressive, structure == Structure.MBAFF, true, format, null);
  }

  private static PicParameterSet pps(SliceGroups groups) {
    return new PicParameterSet(0, 0, false, false, groups, 1, 1, false, 0, 26, 26, 3, true, false, false, false, null, 3);
  }

  private static SliceHeader header(Structure structure, int part, int first, int qpY, int idc, int cycle) {
    boolean field = structure == Structure.FIELDS;
    return new SliceHeader(new SliceOpening(3, part == 0, first, 7, 0, 0, 0, field, field && part == 1, 0, part, 0, 0, 0, 0),
        DecRefPicMarking.NONE, qpY, idc, idc == 1 ? 0 : 4, idc == 1 ? 0 : 2, cycle, 0);
  }

  /** Macroblock rows that a row of map units stands for. */
  private static int rowsOfUnit(Structure structure) {
    return structure == Structure.FRAME || structure == Structure.MBAFF ? 2 : 1;
  }

  private static PictureSyntax picture(Structure structure, int width, int height) {
    return new PictureSyntax(width, height * rowsOfUnit(structure), structure == Structure.MBAFF, ChromaFormat.YUV420);
  }

  private static final class Mosaic {
    private final Case what;
    private final SplittableRandom random;
    private final Random order;
    private final PicParameterSet grouped;
    private final SeqParameterSet sps;
    private final List<SyntaxStream.Coded> parts = new ArrayList<>();
    private final List<List<SyntaxStream.Coded>> partsOfRectangles = new ArrayList<>();

    Mosaic(Case what) {
      this.what = what;
      random = new SplittableRandom(what.seed);
      order = new Random(what.seed);
      grouped = pps(what.layout.groups);
      sps = sps(what.structure, WIDTH, HEIGHT);
      what.layout.rectangles.forEach(rectangle -> partsOfRectangles.add(new ArrayList<>()));
      for (int part = 0; part < (what.structure == Structure.FIELDS ? 2 : 1); part++) {
        addPart(part);
      }
    }

    /** A frame, or a field. */
    private void addPart(int part) {
      PictureSyntax whole = picture(what.structure, WIDTH, HEIGHT);
      List<SliceSyntax> slices = new ArrayList<>();
      for (int i = 0; i < what.layout.rectangles.size(); i++) {
        Rectangle rectangle = what.layout.rectangles.get(i);
        SyntaxStream.Coded alone = rectangle(rectangle, part);
        partsOfRectangles.get(i).add(alone);
        for (SliceSyntax slice : alone.slices()) {
          int[] addresses = new int[slice.mbAddresses().length];
          for (int k = 0; k < addresses.length; k++) {
            addresses[k] = addressInWhole(rectangle, slice.mbAddresses()[k]);
            whole.mbs[addresses[k]] = alone.picture().mbs[slice.mbAddresses()[k]];
          }
          slices.add(sliceOfWhole(
              slices.size(), addresses, part, slice.header().sliceQpY(), slice.header().disableDeblockingFilterIdc()));
        }
      }
      addRest(whole, slices, part);
      // Arbitrary slice order.
      Collections.shuffle(slices, order);
      parts.add(new SyntaxStream.Coded(whole, slices));
    }

    private SyntaxStream.Coded rectangle(Rectangle rectangle, int part) {
      PictureSyntax alone = picture(what.structure, rectangle.width, rectangle.height);
      RandomMacroblockSyntax source = new RandomMacroblockSyntax(random, alone);
      source.pcmOneIn = 15;
      source.wrapQp = true;
      source.useRules(RandomStream.rules(sps(what.structure, rectangle.width, rectangle.height), pps(null), 0, true));
      List<SliceSyntax> slices = new ArrayList<>();
      int units = alone.size() / (alone.mbaff ? 2 : 1);
      for (int first = 0; first < units; ) {
        int end = random.nextBoolean() ? units : first + 1 + random.nextInt(units - first);
        SliceHeader header = header(what.structure, part, first, random.nextInt(10, 45), 1 + random.nextInt(2), 0);
        int[] addresses = alone.mbaff ? IntStream.range(2 * first, 2 * end).toArray() : IntStream.range(first, end).toArray();
        SliceSyntax slice = new SliceSyntax(slices.size(), addresses, header, pps(null));
        RandomStream.fill(random, alone, source, slice);
        slices.add(slice);
        first = end;
      }
      return new SyntaxStream.Coded(alone, slices);
    }

    private int addressInWhole(Rectangle rectangle, int mbAddr) {
      boolean mbaff = what.structure == Structure.MBAFF;
      int unit = mbaff ? mbAddr / 2 : mbAddr;
      int y = rectangle.y * (mbaff ? 1 : rowsOfUnit(what.structure)) + unit / rectangle.width;
      int inWhole = y * WIDTH + rectangle.x + unit % rectangle.width;
      return mbaff ? 2 * inWhole + mbAddr % 2 : inWhole;
    }

    private SliceSyntax sliceOfWhole(int number, int[] addresses, int part, int qpY, int idc) {
      int first = addresses[0] / (what.structure == Structure.MBAFF ? 2 : 1);
      return new SliceSyntax(number, addresses, header(what.structure, part, first, qpY, idc, what.layout.changeCycle), grouped);
    }

    private void addRest(PictureSyntax whole, List<SliceSyntax> slices, int part) {
      int[] rest = IntStream.range(0, whole.size()).filter(mbAddr -> whole.mbs[mbAddr] == null).toArray();
      if (rest.length > 0) {
        RandomMacroblockSyntax source = new RandomMacroblockSyntax(random, whole);
        source.pcmOneIn = 1;
        source.useRules(RandomStream.rules(sps, grouped, 0, true));
        SliceSyntax slice = sliceOfWhole(slices.size(), rest, part, 26, 1);
        RandomStream.fill(random, whole, source, slice);
        slices.add(slice);
      }
    }

    byte[] write() {
      return new SyntaxStream(sps, List.of(grouped), parts).write();
    }

    void check() {
      Picture ours = Samples.decode(write()).getFirst();
      int unitRows = what.structure == Structure.PROGRESSIVE ? 16 : 32;
      for (int i = 0; i < what.layout.rectangles.size(); i++) {
        Rectangle rectangle = what.layout.rectangles.get(i);
        SeqParameterSet alone = sps(what.structure, rectangle.width, rectangle.height);
        OraclePicture oracle = FfmpegOracle.decode(
            new SyntaxStream(alone, List.of(pps(null)), partsOfRectangles.get(i)).write()).getFirst();
        for (int plane = 0; plane < 3; plane++) {
          int scale = plane == 0 ? 1 : 2;
          int width = 16 * rectangle.width / scale;
          int[] expected = Samples.of(oracle, plane);
          int[] found = new int[expected.length];
          for (int k = 0; k < found.length; k++) {
            int row = rectangle.y * unitRows / scale + k / width;
            found[k] = ours.samples(plane)[row * ours.stride(plane) + 16 * rectangle.x / scale + k % width];
          }
          assertThat(found).as("plane %d of %s in %s", plane, rectangle, what).isEqualTo(expected);
        }
      }
    }
  }

  static byte[] stream(Case what) {
    return new Mosaic(what).write();
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void aRectangleDecodesAsAPictureOfItsOwn(Case what) {
    new Mosaic(what).check();
  }
}
