package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import llm265.oracle.FfmpegProgram;
import llm265.oracle.suite.SuiteResult.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FFmpeg and JCodec, each in a process of its own, tried as any decoder is: what they can do passes, and what not is found. */
class ForeignDecodersTest {
  private static final Path GOLDEN = Path.of("golden-vectors");

  /** JCodec takes 4:2:0 of 8 bits; what else the golden vectors have is decoded to something else, or not at all. */
  private static final List<String> NOT_FOR_JCODEC = List.of("bits", "monochrome", "lossless");

  @TempDir private Path folder;

  private static ProgramCheck check(Class<?> main) {
    String command = "'" + Path.of(System.getProperty("java.home"), "bin", "java")
        + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '"
        + System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")) + "' " + main.getName()
        + " {in} {out}";
    return new ProgramCheck(new CommandProgram(CommandTemplate.of(command)), Duration.ofSeconds(60), 1L << 30);
  }

  /** Some of the golden vectors, with the rows of their manifest. */
  private List<SuiteResult> run(Class<?> main, Set<String> names) throws IOException {
    List<String> rows = Files.readAllLines(GOLDEN.resolve("MANIFEST.tsv"));
    Files.write(folder.resolve("MANIFEST.tsv"), rows.stream()
        .filter(row -> row.startsWith("file\t") || names.contains(row.substring(0, row.indexOf('\t')))).toList());
    for (String name : names) {
      Files.copy(GOLDEN.resolve(name), folder.resolve(name));
    }
    return Suite.open(folder).run(check(main), 2, result -> { });
  }

  @Test
  void ffmpegPassesAndIsToldFromWhatItCannotDo() throws IOException {
    assertThat(run(FfmpegProgram.class, Set.of("enc-12-bits-monochrome.264", "bad-slice-truncated.264")))
        .allSatisfy(result -> assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PASSED));
  }

  @Test
  void jcodecPassesAndIsToldFromWhatItCannotDo() throws IOException {
    List<SuiteResult> results = run(JCodecProgram.class, Set.of("enc-image.264", "enc-white-tensor.264"));
    assertThat(results).extracting(SuiteResult::outcome).containsExactly(Outcome.FAILED, Outcome.PASSED);
    // It departs by one where levels of DC alone are large.
    assertThat(results.getFirst().message())
        .contains("luma sample 20,47 in macroblock 17 at 16,32").contains(": ours 137, in the program's output 138; ");
    assertThat(results.getFirst().syntax()).anyMatch(line -> line.contains("I_16x16"));
  }

  @Test
  @Tag("long")
  void ffmpegPassesAllGoldenVectors() throws IOException {
    assertThat(Suite.open(GOLDEN).run(check(FfmpegProgram.class), 2, result -> { }))
        .allSatisfy(result -> assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PASSED));
  }

  @Test
  @Tag("long")
  void jcodecPassesWhatItClaimsToTake() throws IOException {
    List<SuiteResult> results = Suite.open(GOLDEN).run(check(JCodecProgram.class), 2, result -> { });
    Set<String> passed = results.stream().filter(result -> result.outcome() == Outcome.PASSED)
        .map(result -> result.stream().name()).collect(Collectors.toSet());
    assertThat(passed).contains("enc-image.264").doesNotContain("enc-white-tensor.264")
        .noneMatch(name -> NOT_FOR_JCODEC.stream().anyMatch(name::contains));
    assertThat(results).filteredOn(result -> result.stream().malformed())
        .allMatch(result -> result.outcome() == Outcome.PASSED);
  }
}
