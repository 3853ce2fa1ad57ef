package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.oracle.suite.SmallSuite;
import llm265.program.FakePrograms;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** verify on folders, with reports; scripts in place of other decoders. */
@DisabledOnOs(OS.WINDOWS)
class VerifyFolderTest {
  @TempDir private Path folder;

  private SmallSuite suite;
  private Path right;
  private Path wrong;

  @BeforeEach
  void makeSuite() throws IOException {
    suite = new SmallSuite(folder.resolve("suite"));
    byte[] stream = Files.readAllBytes(suite.stream);
    suite.file("cut.264", Arrays.copyOf(stream, stream.length - 40));
    suite.generated("cut.264\tmalformed\t\t3\t\t\t\t\tthe end is missing\n");
    right = program("right", suite.samples);
    wrong = program("wrong", suite.withSample(2, 0, 37, 21, suite.samples[2 * SmallSuite.PICTURE_BYTES + 21 * 64 + 37] ^ 1));
  }

  private Path program(String name, byte[] samples) {
    return FakePrograms.script(folder.resolve(name), "exec /bin/cat '" + suite.file(name + ".yuv", samples) + "'");
  }

  @Test
  void aTableSaysHowManyPassed() {
    assertThat(CommandRun.succeed("verify", suite.folder).replaceAll("\\d+\\.\\d", "0.0")).isEqualTo("""
        streams    passed  failed  left out  all  seconds
        sound           1       0         0    1      0.0
        malformed       1       0         0    1      0.0
        all             2       0         0    2      0.0
        """);
    assertThat(CommandRun.succeed("verify", suite.folder, "--command", right + " {in}")).contains("all             2       0 ");
  }

  @Test
  void failuresAreNamedWithTheirMacroblockAndReported() throws IOException {
    Path junit = folder.resolve("report.xml");
    Path csv = folder.resolve("report.csv");
    CommandRun run = CommandRun.of(
        "verify", suite.folder, "--command", wrong + " {in}", "--junit", junit, "--csv", csv, "--threads", 2, "--timeout", 20);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err().lines().toList()).hasSize(2).satisfies(lines -> {
      assertThat(lines.getFirst()).startsWith("llm265: a.264: picture 2 at byte ")
          .contains("luma sample 37,21 in macroblock 6 at 32,16");
      assertThat(lines.getLast()).isEqualTo("llm265: " + suite.folder + ": 1 of 2 streams failed");
    });
    assertThat(run.out()).startsWith("a.264, macroblock 6 at 32,16, slice 0\n  mb_type ")
        .contains("its bits: llm265 inspect " + suite.stream + " --trace --picture 2 --mb 6\n")
        .contains("all             1       1         0    2 ");
    assertThat(Files.readString(junit)).contains("tests=\"2\" failures=\"1\"", "luma sample 37,21", "mb_type ");
    assertThat(Files.readAllLines(csv)).hasSize(3).satisfies(lines -> {
      assertThat(lines.get(0)).isEqualTo("file,verdict,result,seconds,message,about");
      assertThat(lines.get(1)).startsWith("a.264,good,failed,");
      assertThat(lines.get(2)).startsWith("cut.264,malformed,passed,").endsWith(",the end is missing");
    });
  }

  @Test
  void generatedFoldersAreTakenAsTheyAre() {
    Path generated = folder.resolve("generated");
    CommandRun.succeed("h264", "generate", "-o", generated, "--count", 4, "--seed", 3);
    assertThat(CommandRun.succeed("verify", generated)).contains("all           4       0         0    4 ");
    Path damaged = folder.resolve("damaged");
    CommandRun.succeed("h264", "generate", "-o", damaged, "--malformed", "--seed", 3);
    assertThat(CommandRun.succeed("verify", damaged)).containsPattern("malformed  +\\d{2} +0 +0 +\\d{2} ");
  }

  @Test
  void oneStreamIsTriedToo() {
    assertThat(CommandRun.succeed("verify", suite.stream, "--command", right + " {in}")).contains("all           1       0 ");
    assertThat(CommandRun.of("verify", suite.stream, "--command", wrong + " {in}").err()).contains("in macroblock 6 at 32,16");
  }

  @Test
  void whatCannotBeMeantIsOneLine() throws IOException {
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--command", "x {out}")).contains("no {in}");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--command", folder.resolve("none") + " {in}")).contains("none");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--command", "x {in}", "--timeout", "0")).contains("not in 1..86400");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--command", "x {in}", "--max-output", "0")).contains("not in 1..");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--against", suite.stream)).contains("--against ");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--against", "ffmpeg", "--command", "x {in}")).contains("--command");
    assertThat(CommandRun.fail(2, "verify", suite.folder, "--intra-only")).contains("--intra-only");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(CommandRun.fail(2, "verify", empty)).contains("without MANIFEST.tsv and without streams");
    Files.writeString(empty.resolve("MANIFEST.tsv"), "a\tb\n");
    assertThat(CommandRun.fail(2, "verify", empty)).contains("MANIFEST.tsv: its first line");
  }
}
