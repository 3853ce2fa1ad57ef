package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.oracle.X264Oracle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code inspect --trace}. */
class InspectTraceTest {
  private static final Path GOLDEN = Path.of("golden-vectors");
  private final ObjectMapper mapper = new ObjectMapper();

  @TempDir private Path folder;

  private static List<String> trace(Object stream, Object... options) {
    List<Object> arguments = new ArrayList<>(List.of("inspect", stream, "--trace"));
    arguments.addAll(List.of(options));
    return CommandRun.succeed(arguments.toArray()).lines().toList();
  }

  /** The indented lines of docs/trace.md. */
  private static List<String> exampleOfTheSpecification() throws IOException {
    List<String> section = Files.readAllLines(Path.of("docs/trace.md"));
    return section.stream().filter(line -> line.startsWith("    ")).map(line -> line.substring(4)).toList();
  }

  @Test
  void printsTheExampleOfTheSpecification() throws IOException {
    assertThat(trace(GOLDEN.resolve("enc-monochrome.264"), "--picture", "2", "--mb", "7"))
        .hasSizeGreaterThan(20).isEqualTo(exampleOfTheSpecification());
  }

  /** The line of text that an object stands for. */
  private static void addText(JsonNode json, List<String> lines) {
    switch (json.fieldNames().next()) {
      case "nal_unit" -> lines.add("nal_unit " + json.get("nal_unit") + " byte " + json.get("byte") + " bytes "
          + json.get("bytes") + " nal_ref_idc " + json.get("nal_ref_idc") + " nal_unit_type " + json.get("nal_unit_type"));
      case "picture" -> lines.add("slice_data picture " + json.get("picture") + " " + json.get("coded_as").asText()
          + (json.has("colour_plane_id") ? " colour_plane_id " + json.get("colour_plane_id") : "")
          + " slice " + json.get("slice"));
      case "macroblock" -> lines.add("macroblock " + json.get("macroblock"));
      case "residual_block_cabac" -> lines.add("  residual_block_cabac " + json.get("residual_block_cabac").asText()
          + " maxNumCoeff " + json.get("maxNumCoeff"));
      case "residual_block_cavlc" -> lines.add("  residual_block_cavlc " + json.get("residual_block_cavlc").asText()
          + " maxNumCoeff " + json.get("maxNumCoeff") + " nC " + json.get("nC"));
      case "name" -> {
        String value = json.has("TotalCoeff")
            ? json.get("TrailingOnes") + "/" + json.get("TotalCoeff") : json.get("value").toString();
        lines.add("  " + json.get("bit") + " " + json.get("clause").asText() + " " + json.get("name").asText() + " "
            + value + " " + json.get("code").asText());
        json.path("bins").forEach(bin -> lines.add(text(bin)));
      }
      case "bins" -> json.get("bins").forEach(bin -> lines.add(text(bin)));
      case "left_out" -> lines.add("left_out " + json.get("left_out").asText());
      case "fault" -> lines.add("fault " + json.get("fault").asText());
      default -> throw new AssertionError(json.toString());
    }
  }

  private static String text(JsonNode bin) {
    String context = !bin.has("ctxIdx") ? " bypass" : " ctxIdx " + bin.get("ctxIdx")
        + (bin.has("pStateIdx") ? " pStateIdx " + bin.get("pStateIdx") + " valMPS " + bin.get("valMPS") : "");
    return "    " + bin.get("bin") + " " + bin.get("bit") + context
        + " codIRange " + bin.get("codIRange") + " codIOffset " + bin.get("codIOffset");
  }

  private List<String> textOfJson(String out) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : out.lines().toList()) {
      addText(mapper.readTree(line), lines);
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(strings = {"enc-pcm.264", "enc-slices.264", "syn-every-mb-type.264", "syn-nal-units.264"})
  void jsonLinesSayWhatTheTextSays(String file) throws IOException {
    Path stream = GOLDEN.resolve(file);
    List<String> lines = trace(stream);
    assertThat(lines).filteredOn(line -> line.startsWith("macroblock ")).isNotEmpty();
    assertThat(textOfJson(CommandRun.succeed("inspect", stream, "--trace", "--json"))).isEqualTo(lines);
  }

  @Test
  void cavlcIsTracedCodeByCode() throws IOException {
    Path stream = folder.resolve("cavlc.264");
    Files.write(stream, X264Oracle.encode(
        List.of(RandomPictures.of(Content.EDGES, 48, 48, ChromaFormat.YUV420, 1)), "cabac=0:8x8dct=1:qp=12"));
    List<String> lines = trace(stream);
    for (String name : List.of(
        "coeff_token", "trailing_ones_sign_flag", "level_prefix", "level_suffix", "total_zeros", "run_before")) {
      assertThat(lines).as(name).anyMatch(line -> line.matches("  \\d+ 7\\.3\\.5\\.3\\.2 " + name + " [\\d/]+ [01]+"));
    }
    assertThat(lines).noneMatch(line -> line.startsWith("    "));
    assertThat(textOfJson(CommandRun.succeed("inspect", stream, "--trace", "--json"))).isEqualTo(lines);
    assertThat(textOfJson(CommandRun.succeed("inspect", stream, "--trace", "--json", "--mb", "4")))
        .isEqualTo(trace(stream, "--mb", "4")).contains("macroblock 4").doesNotContain("macroblock 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad-qp-delta.264", "bad-over-read.264", "bad-slice-type.264", "bad-intra-mode.264"})
  void damagedStreamIsTracedUpToTheFault(String file) throws IOException {
    Path stream = GOLDEN.resolve(file);
    CommandRun run = CommandRun.of("inspect", stream, "--trace");
    assertThat(run.status()).isEqualTo(2);
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSizeGreaterThan(40);
    assertThat(run.err())
        .isEqualTo("llm265: " + stream + ": " + lines.getLast().substring("fault ".length()) + System.lineSeparator());
    CommandRun json = CommandRun.of("inspect", stream, "--trace", "--json");
    assertThat(json.status()).isEqualTo(2);
    assertThat(textOfJson(json.out())).isEqualTo(lines);
  }

  @Test
  void whatIsNotThereAndOptionsThatMeanNothingAreErrors() {
    Path stream = GOLDEN.resolve("enc-cropped-right.264");
    assertThat(CommandRun.fail(2, "inspect", stream, "--trace", "--picture", "1")).isEqualTo(stream + ": has no intra picture 1");
    assertThat(CommandRun.fail(2, "inspect", stream, "--trace", "--mb", "12")).isEqualTo(stream + ": has no macroblock 12");
    assertThat(CommandRun.fail(2, "inspect", stream, "--trace", "--mb", "12", "--picture", "0"))
        .isEqualTo(stream + ": has no macroblock 12 in an intra picture 0");
    assertThat(CommandRun.fail(2, "inspect", stream, "--mb", "1")).contains("--trace");
    assertThat(CommandRun.fail(2, "inspect", stream, "--trace", "--mb", "-1")).contains("--mb");
    assertThat(CommandRun.fail(2, "inspect", "model.safetensors", "--trace")).contains("--trace");
  }
}
