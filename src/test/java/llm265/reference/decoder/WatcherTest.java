package llm265.reference.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.generate.GeneratedProfile;
import llm265.h264.generate.StreamGenerator;
import llm265.h264.generate.StreamRequest;
import llm265.h264.generate.Tool;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a watcher is told, against the trace of our decoder and against itself. */
class WatcherTest {
  private static final Path GOLDEN = Path.of("golden-vectors");

  /** The types of the NAL units that the readable decoder reads. */
  private static final Set<Integer> READ = Set.of(
      NalUnits.SLICE, NalUnits.IDR_SLICE, NalUnits.SEQUENCE_PARAMETERS, NalUnits.PICTURE_PARAMETERS);

  static Stream<String> goldenVectors() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("MANIFEST.tsv")).stream().skip(1).map(line -> line.split("\t"))
        .filter(cells -> cells[1].equals("good")).map(cells -> cells[0]);
  }

  private static String lineOf(int binVal, int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset) {
    return "bin " + binVal + " of " + ctxIdx + " state " + pStateIdx + " " + valMps + " at " + codIRange + " " + codIOffset;
  }

  /** Elements and bins as lines, by the trace of our decoder. */
  private static List<String> traced(byte[] stream) {
    List<String> lines = new ArrayList<>();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, new SyntaxListener() {
      private boolean read;

      @Override
      public void nalUnit(NalUnit nalUnit) {
        read = READ.contains(nalUnit.nalUnitType());
      }

      @Override
      public void macroblock(int mbAddr) {
        lines.add("macroblock " + mbAddr);
      }

      @Override
      public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
        lines.add(structure + " " + levels + " " + maxNumCoeff);
      }

      @Override
      public void element(SyntaxElement element) {
        if (!read) {
          return;
        }
        for (SyntaxElement.Bin bin : element.bins()) {
          int ctxIdx = bin.ctxIdx() == SyntaxTrace.BYPASS ? -1 : bin.ctxIdx();
          lines.add(lineOf(bin.binVal(), ctxIdx, bin.pStateIdx(), bin.valMps(), bin.codIRange(), bin.codIOffset()));
        }
        lines.add(element.structure() + " " + element.clause() + " " + element.name() + " " + element.value());
      }
    });
    return lines;
  }

  /** The same by the readable decoder. */
  private static final class Lines implements Watcher {
    private final List<String> lines = new ArrayList<>();
    private final Deque<String> structures = new ArrayDeque<>();
    private int codIRange;
    private int codIOffset;
    private boolean follows;

    @Override
    public void begin(String structure, String clause) {
      structures.push(structure + " " + clause);
    }

    @Override
    public void end() {
      structures.pop();
    }

    @Override
    public void element(String name, long value) {
      lines.add(structures.element() + " " + name + " " + value);
      follows &= !structures.element().startsWith("macroblock_layer") || !name.startsWith("pcm_");
    }

    @Override
    public void bin(Bin bin) {
      if (follows) {
        assertThat(bin.codIRange()).isEqualTo(codIRange);
        assertThat(bin.codIOffset()).isEqualTo(codIOffset);
      }
      codIRange = bin.codIRangeAfter();
      codIOffset = bin.codIOffsetAfter();
      follows = bin.ctxIdx() != 276 || bin.binVal() == 0;
      lines.add(lineOf(bin.binVal(), bin.ctxIdx(), bin.pStateIdx(), bin.valMps(), bin.codIRange(), bin.codIOffset()));
    }

    @Override
    public void macroblock(int mbAddr) {
      lines.add("macroblock " + mbAddr);
    }

    @Override
    public void residualBlock(String levels, int maxNumCoeff) {
      lines.add(structures.element().split(" ")[0] + " " + levels + " " + maxNumCoeff);
    }
  }

  private static void check(byte[] stream) {
    Lines watcher = new Lines();
    ReadableDecoder.decode(stream, watcher);
    List<String> traced = traced(stream);
    // A list of a hundred thousand lines does not fit into a message.
    for (int i = 0; i < Math.min(traced.size(), watcher.lines.size()); i++) {
      if (!watcher.lines.get(i).equals(traced.get(i))) {
        assertThat(watcher.lines.subList(Math.max(0, i - 3), i + 1)).isEqualTo(traced.subList(Math.max(0, i - 3), i + 1));
      }
    }
    assertThat(watcher.lines).hasSameSizeAs(traced);
    assertThat(watcher.structures).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "enc-monochrome.264", "enc-scaling-lists.264", "enc-slices.264", "syn-every-mb-type.264", "syn-nal-units.264",
    "syn-non-idr.264", "syn-parameter-sets.264", "syn-pcm-emulation.264"
  })
  void elementsAndBinsAreThoseOfTheTrace(String file) throws IOException {
    check(Files.readAllBytes(GOLDEN.resolve(file)));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("goldenVectors")
  void elementsAndBinsOfAllGoldenVectorsAreThoseOfTheTrace(String file) throws IOException {
    check(Files.readAllBytes(GOLDEN.resolve(file)));
  }

  @ParameterizedTest
  @EnumSource
  void elementsOfGeneratedStreamsAreThoseOfTheTrace(GeneratedProfile profile) {
    StreamGenerator generator = new StreamGenerator(new StreamRequest(profile, 31, Set.of(), 0, 0, 0, 0, List.of()));
    for (int i = 0; i < 3; i++) {
      var stream = generator.stream(i);
      // The trace leaves out partition B, and the headers of redundant slices from redundant_pic_cnt on.
      if (!stream.departures().contains(Tool.PARTITIONS.label()) && !stream.departures().contains(Tool.REDUNDANT.label())) {
        check(stream.bytes());
      }
    }
  }

  /** Rebuilds lists of levels from the elements, and holds every step of a block against the one before it. */
  private static final class Steps implements Watcher {
    private final Map<String, int[]> levels = new HashMap<>();
    private String list = "";
    private int abs;
    private int blocks;
    private int coded;

    @Override
    public void macroblock(int mbAddr) {
      levels.clear();
    }

    @Override
    public void residualBlock(String name, int maxNumCoeff) {
      list = name;
      levels.put(name, new int[maxNumCoeff]);
    }

    @Override
    public void element(String name, long value) {
      if (name.startsWith("coeff_abs_level_minus1")) {
        abs = (int) value + 1;
      } else if (name.startsWith("coeff_sign_flag")) {
        int index = Integer.parseInt(name.substring(name.indexOf('[') + 1, name.indexOf(']')));
        levels.get(list)[index] = value == 1 ? -abs : abs;
        coded++;
      }
    }

    @Override
    public void transformBlock(TransformBlock block) {
      blocks++;
      // The DC coefficient in front of AC levels is not a level.
      int dc = block.name().contains("ACLevel") ? 1 : 0;
      int[] sent = levels.getOrDefault(block.name(), new int[block.levels().length - dc]);
      assertThat(Arrays.copyOfRange(block.levels(), dc, block.levels().length)).as(block.name()).isEqualTo(sent);
      for (int i = 0; i < block.u().length; i++) {
        for (int j = 0; j < block.u().length; j++) {
          int sum = block.pred()[i][j] + block.r()[i][j];
          assertThat(block.u()[i][j]).isEqualTo(Math.clamp(sum, 0, 255));
        }
      }
    }
  }

  @Test
  void stepsOfABlockFollowFromEachOther() throws IOException {
    Steps steps = new Steps();
    ReadableDecoder.decode(Files.readAllBytes(GOLDEN.resolve("syn-slices.264")), steps);
    assertThat(steps.blocks).isGreaterThan(500);
    assertThat(steps.coded).isGreaterThan(1000);
  }

  @Test
  void deblockedSamplesAreThoseOfThePictureWhereNoLaterMacroblockFilters() throws IOException {
    Map<Integer, int[][]> luma = new HashMap<>();
    List<DecodedPicture> pictures = ReadableDecoder.decode(
        Files.readAllBytes(GOLDEN.resolve("enc-cropped-right.264")), new Watcher() {
          @Override
          public void deblocked(int mbAddr, int cIdx, int[][] samples) {
            if (cIdx == 0) {
              luma.put(mbAddr, samples);
            }
          }
        });
    DecodedPicture picture = pictures.getFirst();
    assertThat(luma).hasSize(12);
    for (int y = 0; y < 13; y++) {
      assertThat(Arrays.copyOf(luma.get(1)[y], 13))
          .isEqualTo(Arrays.copyOfRange(picture.planes()[0], y * picture.widths()[0] + 16, y * picture.widths()[0] + 29));
    }
  }
}
