package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import llm265.oracle.FakeNvdec;
import llm265.oracle.suite.SmallSuite;
import llm265.program.FakePrograms;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** gpus, and what a machine with an NVIDIA GPU would do, with scripts in place of nvidia-smi and ffmpeg. */
class GpusCommandTest {
  @TempDir private Path folder;

  @Test
  void theTableHasARowForEach() {
    String table = CommandRun.of("gpus").out();
    assertThat(table.lines().filter(line -> line.startsWith("H200 ")).toList()).singleElement().asString()
        .matches("H200 +Hopper +7 +420/8 +444/12 +- +420/8 +- +- +- +- +- +yes +no +no +no");
    assertThat(table.lines().filter(line -> line.startsWith("B200 ")).toList()).singleElement().asString()
        .matches("B200 +Blackwell +7\\* .* -\\* +- +- +- +- +yes +yes +no +no");
  }

  @Test
  void aNameTellsAllThatIsKnownWithItsSources() {
    assertThat(CommandRun.of("gpus", "a100").out()).contains("NVIDIA A100, GA100", "5 decode, - encode, 1 decode JPEG",
        "decodes H.264: 420/8, up to 4096x4096", "encodes H.264: no", "source: NVIDIA Video Codec SDK 13.0");
    assertThat(CommandRun.of("gpus", "V100").out()).contains("not verified: number of engines");
    assertThat(CommandRun.fail(2, "gpus", "voodoo")).isEqualTo(
        "no GPU that is known has 'voodoo' in its name, generation or maker; gpus lists all");
  }

  @Test
  void jsonHasTheSame() throws IOException {
    JsonNode root = new ObjectMapper().readTree(CommandRun.of("gpus", "h100", "--json").out());
    JsonNode gpu = root.get("gpus").get(0);
    assertThat(gpu.get("decoders").asInt()).isEqualTo(7);
    assertThat(gpu.get("decode").get("H.264").get("width").asInt()).isEqualTo(4096);
    assertThat(gpu.get("encode").get("AV1").get("formats")).isEmpty();
    assertThat(gpu.get("plays").get("default").asText()).isEqualTo("yes");
    assertThat(root.get("sources").has(gpu.get("sources").get(0).asText())).isTrue();
  }

  /** The whole way, up to the driver: capabilities, one stream, a folder, and the bench. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Tag("long")
  void aMachineWithAGpuIsToldAndUsed() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    FakePrograms.script(bin.resolve("nvidia-smi"), "echo 'NVIDIA H200, 570.1'");
    FakeNvdec fake = new FakeNvdec(bin.resolve("ffmpeg"), "h264_cuvid");
    SmallSuite suite = new SmallSuite(folder.resolve("suite"));
    suite.generated("");
    fake.knows(Files.readAllBytes(suite.stream), suite.samples, SmallSuite.WIDTH, SmallSuite.HEIGHT);
    Map<String, String> path = Map.of("PATH", bin.toString());

    ProgramRun first = ProgramRun.java(Main.class, folder, path, "gpus", "h200");
    assertThat(first.text()).contains("this machine: NVIDIA H200, driver 570.1: H200, 7 decoders");
    assertThat(first.err()).contains("there is an NVIDIA driver, but decoding fails: Cannot load libcuda.so.1");
    fake.learnsTheTrial();
    ProgramRun verified = ProgramRun.java(Main.class, folder, path, "verify", suite.folder, "--against", "nvdec");
    assertThat(verified.status()).as(verified.err()).isZero();
    assertThat(verified.text()).contains("all           1       0 ");
  }

  /** Two runs for each number of sessions, and in each as many programs; a script's time says nothing. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Tag("long")
  void sessionsAreTimedTogether() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    FakeNvdec fake = new FakeNvdec(bin.resolve("ffmpeg"), "h264_cuvid");
    Object[] command = {"bench", "nvdec", "gauss:8192", "--bits", "3", "--sessions", "1,3", "--copies", "4", "-o", "speed"};
    Map<String, String> path = Map.of("PATH", bin.toString());
    assertThat(ProgramRun.java(Main.class, folder, path, command).err()).contains("not checked against NVDEC");
    fake.learnsTheTrial();
    assertThat(ProgramRun.java(Main.class, folder, path, command).err()).contains("a session of NVDEC failed: Cannot load");
    fake.knows(Files.readAllBytes(folder.resolve("bin/known/unknown")), new byte[0], 48, 16);
    assertThat(ProgramRun.java(Main.class, folder, path, command).err()).contains("a session of NVDEC failed: Cannot load");
    fake.knows(Files.readAllBytes(folder.resolve("bin/known/unknown")), new byte[0], 48, 16);
    ProgramRun run = ProgramRun.java(Main.class, folder, path, command);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("speed.csv"))).hasSize(3);
    assertThat(fake.commands().lines().filter(line -> line.endsWith("-f null -")).count()).isEqualTo(1 + 2 + 2 * (1 + 3));
    assertThat(fake.commands().lines().toList().getLast())
        .contains("-hwaccel cuda -hwaccel_output_format cuda -c:v h264_cuvid -f h264 -i ");
  }
}
