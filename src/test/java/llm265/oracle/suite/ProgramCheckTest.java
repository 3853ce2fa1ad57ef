package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import llm265.oracle.suite.SuiteResult.Outcome;
import llm265.program.FakePrograms;
import llm265.program.WatchedProgram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that decode rightly, wrongly, or not at all: shell scripts in their place. */
@DisabledOnOs(OS.WINDOWS)
class ProgramCheckTest {
  @TempDir private Path folder;

  private SmallSuite suite;
  private Path program;

  @BeforeEach
  void makeSuite() throws IOException {
    suite = new SmallSuite(folder.resolve("suite"));
    suite.generated("");
    program = folder.resolve("decoder");
  }

  private SuiteResult check(SuiteStream stream, Duration timeout, String... commands) throws IOException {
    FakePrograms.script(program, commands);
    CommandTemplate template = CommandTemplate.of("'" + program + "' {in} {out}");
    return new ProgramCheck(new CommandProgram(template), timeout, 1L << 32).check(stream);
  }

  private SuiteResult check(String... commands) throws IOException {
    return check(suite.only(), Duration.ofSeconds(60), commands);
  }

  private SuiteResult checkOutput(byte[] output) throws IOException {
    return check("/bin/cat '" + suite.file("output", output) + "' >\"$2\"");
  }

  private static void assertFailed(SuiteResult result, String message) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).isEqualTo(message);
  }

  private static void assertPassed(SuiteResult result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void theRightSamplesPass() throws IOException {
    assertPassed(checkOutput(suite.samples));
    assertThat(check("exit 0").seconds()).isPositive();
  }

  @Test
  void whatAProgramIsKnownToMakeOfAStreamIsLeftOut() throws IOException {
    TestedProgram departing = new TestedProgram() {
      @Override
      public String name() {
        return "it";
      }

      @Override
      public String departure(SuiteStream stream) {
        return "it departs here";
      }

      @Override
      public WatchedProgram.Ended decode(WatchedProgram watch, Path file, MemorySegment bytes, Path in, Path output)
          throws IOException {
        Files.write(output, suite.withSample(1, 0, 0, 0, suite.samples[SmallSuite.PICTURE_BYTES] ^ 1));
        return watch.run(List.of("true"), in, null);
      }
    };
    SuiteResult result = new ProgramCheck(departing, Duration.ofSeconds(60), 1L << 32).check(suite.only());
    assertThat(result.outcome()).isEqualTo(Outcome.LEFT_OUT);
    assertThat(result.message()).startsWith("it departs here: picture 1 ");
  }

  @Test
  void samplesMayComeOnStandardOutputAndInY4m() throws IOException {
    ByteArrayOutputStream y4m = new ByteArrayOutputStream();
    y4m.writeBytes("YUV4MPEG2 W64 H48 F25:1 C420jpeg\n".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < SmallSuite.PICTURES; i++) {
      y4m.writeBytes("FRAME\n".getBytes(StandardCharsets.US_ASCII));
      y4m.write(suite.samples, i * SmallSuite.PICTURE_BYTES, SmallSuite.PICTURE_BYTES);
    }
    FakePrograms.script(program, "echo decoding >&2", "/bin/cat '" + suite.file("output", y4m.toByteArray()) + "'");
    CommandTemplate template = CommandTemplate.of(program + " {in}");
    assertPassed(new ProgramCheck(new CommandProgram(template), Duration.ofSeconds(60), 1L << 32).check(suite.only()));
  }

  /** Each planted difference is found where it is: in that picture, plane, sample, and in the macroblock that covers it. */
  @ParameterizedTest
  @CsvSource({"0, 0, 0, 0, 0", "2, 0, 37, 21, 6", "3, 1, 31, 23, 11", "1, 2, 8, 7, 1"})
  void aWrongSampleIsNamed(int picture, int plane, int x, int y, int macroblock) throws IOException {
    int at = picture * SmallSuite.PICTURE_BYTES + (plane == 0 ? y * 64 + x : 64 * 48 + (plane - 1) * 32 * 24 + y * 32 + x);
    int ours = suite.samples[at] & 0xFF;
    SuiteResult result = checkOutput(suite.withSample(picture, plane, x, y, ours ^ 5));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message())
        .startsWith("picture " + picture + " at byte ")
        .contains(", " + new String[] {"luma", "Cb", "Cr"}[plane] + " sample " + x + "," + y + " in macroblock " + macroblock)
        .endsWith(": ours " + ours + ", in the program's output " + (ours ^ 5) + "; 1 sample in 1 of 4 pictures differ");
    assertThat(result.syntax().getFirst()).startsWith("macroblock " + macroblock + " at ");
    assertThat(result.syntax()).anyMatch(line -> line.contains("mb_type"));
    assertThat(result.traceOptions()).isEqualTo("--trace --picture " + picture + " --mb " + macroblock);
  }

  @Test
  void tooLittleAndTooMuchAreTold() throws IOException {
    assertFailed(checkOutput(Arrays.copyOf(suite.samples, 2 * SmallSuite.PICTURE_BYTES + 7)),
        "the program's output ends early: it has 2 pictures and 7 bytes of the next, ours has 4 pictures, 9209 bytes are "
            + "missing");
    assertFailed(checkOutput(Arrays.copyOf(suite.samples, suite.samples.length + 5)),
        "the program's output goes on after our 4 pictures with 5 bytes more");
    assertFailed(check("exit 0"), "the program wrote no samples");
    assertFailed(check(": >\"$2\""), "the program wrote no samples");
  }

  @Test
  void theExitStatusCounts() throws IOException {
    assertFailed(check("echo one; echo 'no such codec'; exit 3"),
        "the program ended with status 3 (no such codec); the program wrote no samples");
    Path samples = suite.file("output", suite.samples);
    assertFailed(check("/bin/cat '" + samples + "' >\"$2\"", "exit 1"), "the program ended with status 1; all samples are right");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SEGV", "ABRT", "FPE"})
  void aSignalIsACrashWhateverWasWritten(String signal) throws IOException {
    Path samples = suite.file("output", suite.samples);
    String message = "the program died of SIG" + signal;
    assertFailed(check("/bin/cat '" + samples + "' >\"$2\"", "kill -" + signal + " $$"), message);
    assertFailed(check(malformed(), Duration.ofSeconds(60), "kill -" + signal + " $$"), message);
  }

  @Test
  void whatHangsIsKilledWithItsChildren() throws IOException, InterruptedException {
    Path ticks = folder.resolve("ticks");
    String child = "while :; do echo tick; sleep 0.02; done >'" + ticks + "' &";
    assertFailed(check(suite.only(), Duration.ofMillis(300), child, "wait"),
        "the program did not end within 0.3 s");
    long before = Files.size(ticks);
    assertThat(before).isPositive();
    Thread.sleep(200);
    assertThat(Files.size(ticks)).isEqualTo(before);
  }

  /** On standard output, too, if that is not where samples are to be. */
  @ParameterizedTest
  @ValueSource(strings = {"exec yes >\"$2\"", "exec yes"})
  void gigabytesAreNotWaitedFor(String command) throws IOException {
    SuiteResult result = check(command);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).matches("the program wrote more than 1\\d{6} bytes");
    assertThat(result.seconds()).isLessThan(30);
  }

  private SuiteStream malformed() {
    return new SuiteStream("bad.264", suite.stream, true, 1, "", ExpectedSamples.NONE, "", "");
  }

  @Test
  void aMalformedStreamIsSurvived() throws IOException {
    SuiteResult refused = check(malformed(), Duration.ofSeconds(60), "exit 7");
    assertPassed(refused);
    assertThat(refused.message()).isEqualTo("ended with status 7, no samples");
    assertPassed(check(malformed(), Duration.ofSeconds(60), "echo abc >\"$2\""));
    assertFailed(check(malformed(), Duration.ofMillis(100), "sleep 60"), "the program did not end within 0.1 s");
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    Path name = folder.resolve("name");
    assertThat(check("echo \"$2\" >'" + name + "'; mkdir \"$2.d\"; echo x >\"$2.d/y\"").outcome()).isEqualTo(Outcome.FAILED);
    assertThat(Path.of(Files.readString(name).strip()).getParent()).doesNotExist();
  }

  @Test
  void aProgramThatIsNotThereEndsTheRun() {
    CommandTemplate template = CommandTemplate.of(folder.resolve("missing") + " {in} {out}");
    ProgramCheck check = new ProgramCheck(new CommandProgram(template), Duration.ofSeconds(1), 1 << 20);
    assertThatIOException().isThrownBy(() -> check.check(suite.only())).withMessageContaining("missing");
  }

  @Test
  void anotherFileThanTheManifestsIsNotChecked() throws IOException {
    SuiteStream stream = suite.only();
    Files.write(suite.stream, new byte[] {0});
    assertFailed(check(stream, Duration.ofSeconds(60), "exit 0"),
        "the file is not the one of the manifest: its SHA-256 is another");
    Files.delete(suite.stream);
    assertFailed(check(stream, Duration.ofSeconds(60), "exit 0"), "there is no such file");
  }
}
