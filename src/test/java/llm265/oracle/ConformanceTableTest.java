package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import llm265.h264.coverage.Coverage;
import llm265.h264.coverage.StreamCoverage;
import llm265.h264.generate.RandomStream;
import llm265.reference.UnknownToFfmpeg;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/conformance.md says which tools each kind of stream makes use of. It is computed here, and must be what the
 * page has; written anew with {@code -Dllm265.conformance.update=true}.
 */
class ConformanceTableTest {
  private static final Path PAGE = Path.of("docs/conformance.md");
  private static final String BEGIN = "<!-- computed by ConformanceTableTest -->\n";
  private static final String END = "<!-- end -->\n";

  private static final List<String> ROWS = List.of("profile_idc", "chroma_format_idc", "separate_colour_plane_flag",
      "bit_depth_luma", "bit_depth_chroma", "entropy_coding_mode_flag", "structure", "mb_field_decoding_flag",
      "transform_8x8_mode", "macroblocks", "intra4x4", "intra8x8", "intra16x16", "intra_chroma", "mb_qp_delta", "qp_prime_y",
      "bypassed", "scaling_lists", "chroma_qp_index_offset", "second_chroma_qp_index_offset", "disable_deblocking",
      "alpha_offset_div2", "beta_offset_div2", "slices", "arbitrary_slice_order", "slice_group_map_type",
      "redundant_pic_cnt_present", "constrained_intra_pred", "crop_left", "crop_right", "crop_top", "crop_bottom", "idr",
      "nal_ref_idc");

  private static final Map<String, Coverage> COLUMNS = new LinkedHashMap<>();

  @BeforeAll
  static void cover() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("golden-vectors"))) {
      List<byte[]> golden = new ArrayList<>();
      for (Path file : files.filter(path -> path.getFileName().toString().matches("(enc|syn)-.*\\.264")).sorted().toList()) {
        golden.add(Files.readAllBytes(file));
      }
      cover("golden", golden.stream());
    }
    cover("x264", LongStream.range(0, 250).mapToObj(seed -> CodingScenario.ofSeed(seed, 96))
        .map(scenario -> X264Oracle.encode(scenario.x264Sources(), scenario.x264Parameters())));
    cover("OpenH264", LongStream.range(0, 60).mapToObj(seed -> FfmpegDifferentialTest.openH264(seed, 96)));
    cover("random syntax", WrittenStreamTest.everyMixtureOfTools()
        .flatMap(tools -> LongStream.range(0, 3).mapToObj(seed -> new RandomStream(seed, tools).make().write())));
    cover("random syntax, second oracle", UnknownToFfmpeg.streams().stream());
  }

  private static void cover(String column, Stream<byte[]> streams) {
    Coverage coverage = new Coverage();
    streams.map(StreamCoverage::of).forEach(coverage::addAll);
    COLUMNS.put(column, coverage);
  }

  private static String table() {
    StringBuilder text = new StringBuilder("| | ").append(String.join(" | ", COLUMNS.keySet())).append(" |\n|---|");
    text.append("---|".repeat(COLUMNS.size())).append('\n');
    for (String tool : ROWS) {
      text.append("| ").append(tool).append(" |");
      COLUMNS.values().forEach(coverage -> text.append(' ').append(coverage.text(tool, ", ")).append(" |"));
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  void thePageHasTheTable() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    if (Boolean.getBoolean("llm265.conformance.update")) {
      page = page.substring(0, from) + table() + page.substring(to);
      Files.writeString(PAGE, page);
      to = page.indexOf(END);
    }
    assertThat(page.substring(from, to))
        .as("what streams cover has changed; if that is meant, write the table anew: "
            + "mvn test -Dtest=ConformanceTableTest -Dllm265.conformance.update=true")
        .isEqualTo(table());
  }

  /** Every test that the page names is there. */
  @Test
  void thePageNamesTestsThatExist() throws IOException {
    Matcher names = Pattern.compile("`([a-z0-9.]*[A-Z][A-Za-z0-9]*Test)`").matcher(Files.readString(PAGE));
    int found = 0;
    while (names.find()) {
      assertThat(Path.of("src/test/java/llm265/" + names.group(1).replace('.', '/') + ".java")).exists();
      found++;
    }
    assertThat(found).isGreaterThan(5);
  }

  private static void assertCovered(String tool, Object... values) {
    Set<Object> found = new TreeSet<>();
    COLUMNS.values().forEach(coverage -> found.addAll(coverage.values(tool)));
    assertThat(found).as(tool).contains(values);
  }

  private static Object[] range(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toArray();
  }

  /** All that Annex A has for I slices. */
  @Test
  void nothingIsMissing() {
    assertCovered("profile_idc", 44, 66, 77, 88, 100, 110, 122, 244);
    assertCovered("chroma_format_idc", range(0, 3));
    assertCovered("bit_depth_luma", range(8, 14));
    assertCovered("bit_depth_chroma", range(8, 14));
    for (String flag : List.of("separate_colour_plane_flag", "entropy_coding_mode_flag", "mb_field_decoding_flag",
        "transform_8x8_mode", "arbitrary_slice_order", "redundant_pic_cnt_present", "constrained_intra_pred",
        "crop_left", "crop_right", "crop_top", "crop_bottom", "idr")) {
      assertCovered(flag, 0, 1);
    }
    assertCovered("structure", "frame", "frame of an interlaced sequence", "MBAFF frame", "field");
    assertCovered("macroblocks", "I_NxN 4x4", "I_NxN 8x8", "I_16x16", "I_PCM");
    assertCovered("intra4x4", range(0, 8));
    assertCovered("intra8x8", range(0, 8));
    assertCovered("intra16x16", range(0, 3));
    assertCovered("intra_chroma", range(0, 3));
    assertCovered("qp_prime_y", range(0, 87));
    assertCovered("bypassed", "4x4", "4x4 summed", "8x8", "8x8 summed", "16x16", "16x16 summed", "chroma summed");
    assertCovered("scaling_lists", "flat", "SPS", "PPS", "SPS of 12", "PPS of 12");
    assertCovered("chroma_qp_index_offset", range(-12, 12));
    assertCovered("second_chroma_qp_index_offset", range(-12, 12));
    assertCovered("nal_ref_idc", 0, 3);
    assertCovered("disable_deblocking", range(0, 2));
    assertCovered("alpha_offset_div2", range(-6, 6));
    assertCovered("beta_offset_div2", range(-6, 6));
    assertCovered("slice_group_map_type", range(0, 6));
  }
}
