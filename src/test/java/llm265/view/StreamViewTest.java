package llm265.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.generate.GeneratedProfile;
import llm265.h264.generate.GeneratedStream;
import llm265.h264.generate.StreamGenerator;
import llm265.h264.generate.StreamRequest;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every figure of a page against decoder and trace, for all that streams can have. */
class StreamViewTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path VECTORS = Path.of("golden-vectors");

  /** Of each kind one, the small ones. */
  private static final List<String> SOME = List.of("syn-every-mb-type.264", "syn-every-mb-type-monochrome.264",
      "syn-qp-delta.264", "syn-no-8x8-transform.264", "syn-large-levels.264", "enc-slices-within-rows.264", "enc-pcm.264");

  private static JsonNode json(byte[] content) throws IOException {
    return MAPPER.readTree(content);
  }

  @TestFactory
  Stream<DynamicTest> someGoldenVectorsAreShownAsTheyAreDecoded() {
    return tests(SOME);
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> allGoldenVectorsAreShownAsTheyAreDecoded() throws IOException {
    return tests(Files.readAllLines(VECTORS.resolve("MANIFEST.tsv")).stream().map(line -> line.split("\t"))
        .filter(row -> row[1].equals("good")).map(row -> row[0]).toList());
  }

  private static Stream<DynamicTest> tests(List<String> vectors) {
    return vectors.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(Files.readAllBytes(VECTORS.resolve(name)))));
  }

  /** MBAFF, fields, slice groups, colour planes, data partitions, CAVLC and all formats. */
  @TestFactory
  Stream<DynamicTest> generatedStreamsAreShownAsTheyAreDecoded() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GeneratedProfile profile : GeneratedProfile.values()) {
      StreamGenerator generator = new StreamGenerator(new StreamRequest(profile, 7, Set.of(), 0, 0, 0, 0, List.of()));
      for (int i = 0; i < 2; i++) {
        int index = i;
        tests.add(DynamicTest.dynamicTest(profile.label() + " " + i, () -> {
          GeneratedStream stream = generator.stream(index);
          check(stream.bytes());
        }));
      }
    }
    return tests.stream();
  }

  private static void check(byte[] bytes) throws IOException {
    MemorySegment stream = MemorySegment.ofArray(bytes);
    StreamView view = StreamView.open("name", stream);
    JsonNode index = json(view.get("index.json"));
    assertThat(index.get("faults")).isEmpty();
    Map<Integer, Picture> decoded = new HashMap<>();
    List<Integer> outputOrder = new ArrayList<>();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, picture -> {
      decoded.put(picture.index(), picture.picture());
      outputOrder.add(picture.index());
    });
    Traced traced = new Traced();
    StreamTrace.trace(stream, DecoderLimits.DEFAULT, traced);
    assertThat(view.pictures()).containsExactlyInAnyOrderElementsOf(decoded.keySet());
    for (JsonNode picture : index.get("pictures")) {
      int id = picture.get("id").intValue();
      assertThat(outputOrder.get(picture.get("output").intValue())).isEqualTo(id);
      assertThat(view.get("picture/" + id + "/planes")).isEqualTo(PlaneBytes.coded(decoded.get(id)));
      checkStatistics(view, id, picture, traced.bits.get(id), traced);
      checkMacroblocks(view, id, picture, decoded.get(id));
    }
  }

  /** Bits of each picture by element, as the trace has them. */
  private static final class Traced implements SyntaxListener {
    private final Map<Integer, Map<String, Long>> bits = new HashMap<>();
    private Map<String, Long> current;
    private boolean partitions;

    @Override
    public void sliceData(TracedSlice slice) {
      current = bits.computeIfAbsent(slice.picture(), unused -> new HashMap<>());
    }

    @Override
    public void nalUnit(NalUnit unit) {
      current = null;
      partitions |= unit.nalUnitType() == NalUnit.SLICE_DATA_PARTITION_A;
    }

    @Override
    public void element(SyntaxElement element) {
      if (current != null && !element.structure().startsWith("rbsp")) {
        current.merge(element.name().replaceFirst("\\[.*", ""), element.bits(), Long::sum);
      }
    }
  }

  private static void checkStatistics(StreamView view, int id, JsonNode picture, Map<String, Long> traced, Traced all)
      throws IOException {
    JsonNode statistics = json(view.get("picture/" + id + "/statistics"));
    assertThat(statistics.get("faults")).isEmpty();
    long sum = 0;
    Map<String, Long> shown = new HashMap<>();
    for (JsonNode element : statistics.get("elements")) {
      sum += element.get("bits").longValue();
      if (!element.get("name").textValue().startsWith("arithmetic")) {
        shown.merge(element.get("name").textValue(), element.get("bits").longValue(), Long::sum);
      }
    }
    assertThat(shown).isEqualTo(traced);
    if (!all.partitions) {
      assertThat(sum).isEqualTo(picture.get("bits").longValue()).isEqualTo(statistics.get("bits").longValue());
    }
  }

  private static void checkMacroblocks(StreamView view, int id, JsonNode picture, Picture decoded) throws IOException {
    int n = picture.get("mbWidth").intValue() * picture.get("mbHeight").intValue();
    ByteBuffer table = ByteBuffer.wrap(view.get("picture/" + id + "/macroblocks")).order(ByteOrder.LITTLE_ENDIAN);
    byte[] unfiltered = view.get("picture/" + id + "/unfiltered");
    byte[] before = unfiltered == null ? view.get("picture/" + id + "/planes") : unfiltered;
    List<String> names = view.details(id);
    ExpectedState expected =
        new ExpectedState(picture, view.get("picture/" + id + "/macroblocks"), view.get("picture/" + id + "/strengths"));
    int place = 0;
    for (String name : names) {
      for (JsonNode mb : json(view.get(name))) {
        assertThat(mb.get("place").intValue()).isEqualTo(place);
        assertThat(mb.get("mb").intValue()).isEqualTo(table.getInt(8 * n + 4 * place));
        long bits = 0;
        for (JsonNode element : mb.get("elements")) {
          bits += element.get("b").longValue();
          if (element.has("bins") && element.get("x").textValue().length() != element.get("bins").size()) {
            throw new AssertionError(element.toString());
          }
        }
        assertThat(bits).isEqualTo(table.getInt(4 * place));
        expected.macroblock(mb);
        checkBlocks(mb, decoded, before, picture.get("mbWidth").intValue(), table.getFloat(12 * n + 4 * place));
        place++;
      }
    }
    assertThat(place).isEqualTo(n);
    expected.checkQp();
    expected.checkStrengths();
  }

  private static void checkBlocks(JsonNode mb, Picture decoded, byte[] before, int mbWidth, float energy) {
    int samples = 0;
    double squares = 0;
    for (JsonNode block : mb.get("blocks")) {
      int plane = block.get("plane").intValue();
      int most = (1 << decoded.format().bitDepth(plane)) - 1;
      int width = block.get("width").intValue();
      for (int k = 0; k < block.get("sum").size(); k++) {
        int residual = block.get("residual").get(k).intValue();
        int sum = Math.clamp(block.get("prediction").get(k).intValue() + residual, 0, most);
        int shown = sampleAt(
            decoded, before, plane, mb, mbWidth, block.get("x").intValue() + k % width, block.get("y").intValue() + k / width);
        if (block.get("sum").get(k).intValue() != sum || shown != sum) {
          throw new AssertionError("sample " + k + " of " + block + " is " + shown);
        }
        squares += plane == 0 ? (double) residual * residual : 0;
        samples++;
      }
    }
    int expected = 0;
    for (int plane = 0; plane < decoded.format().planes(); plane++) {
      int width = plane == 0 ? 16 : decoded.format().chroma().mbWidthC();
      int height = plane == 0 ? 16 : decoded.format().chroma().mbHeightC();
      expected += width * height;
      JsonNode last = mb.get("final").get(plane == 0 ? "Y" : plane == 1 ? "Cb" : "Cr");
      for (int k = 0; k < width * height; k++) {
        int row = MacroblockPlaces.row(mb.get("place").intValue(), mbWidth, mb.get("field").booleanValue(), k / width, height);
        int column = mb.get("place").intValue() % mbWidth * width + k % width;
        if (last.get(k).intValue() != decoded.samples(plane)[row * decoded.stride(plane) + column]) {
          throw new AssertionError("sample " + k + " of plane " + plane + " in " + mb);
        }
      }
    }
    assertThat(samples).isEqualTo(mb.get("pcm").booleanValue() ? 0 : expected);
    assertThat((double) energy).isCloseTo(squares, Offset.offset(1e-6 * squares));
  }

  private static int sampleAt(Picture decoded, byte[] planes, int plane, JsonNode mb, int mbWidth, int x, int y) {
    int width = plane == 0 ? 16 : decoded.format().chroma().mbWidthC();
    int height = plane == 0 ? 16 : decoded.format().chroma().mbHeightC();
    int at = 0;
    for (int p = 0; p < plane; p++) {
      at += decoded.format().codedWidth(p) * decoded.format().codedHeight(p);
    }
    int row = MacroblockPlaces.row(mb.get("place").intValue(), mbWidth, mb.get("field").booleanValue(), y, height);
    at += row * decoded.stride(plane) + mb.get("place").intValue() % mbWidth * width + x;
    return PlaneBytes.sampleBytes(decoded.format()) == 1
        ? planes[at] & 0xFF : (planes[2 * at] & 0xFF) + ((planes[2 * at + 1] & 0xFF) << 8);
  }

  @Test
  void unknownNamesAreNothing() throws IOException {
    StreamView view = StreamView.open("name", MemorySegment.ofArray(Files.readAllBytes(VECTORS.resolve("syn-slices.264"))));
    for (String name : Arrays.asList("", "index", "picture/0", "picture/99/planes", "picture/0/detail/99", "picture/00/plane",
        "../pom.xml", "picture/0/../0/planes", "picture/99999999999/planes", "b/index.json", "tensor/values/0")) {
      assertThat(view.get(name)).as(name).isNull();
    }
  }
}
