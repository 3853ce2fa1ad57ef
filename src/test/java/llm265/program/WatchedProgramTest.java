package llm265.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import llm265.program.WatchedProgram.End;
import llm265.program.WatchedProgram.Ended;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class WatchedProgramTest {
  @TempDir private Path folder;

  private Ended run(Path output, String commands) throws IOException {
    return new WatchedProgram(Duration.ofMillis(500), 100_000).run(List.of("/bin/sh", "-c", commands), folder, output);
  }

  @Test
  void theLastThingSaidIsKept() throws IOException {
    Ended ended = run(null, "echo first; echo 'Exception: lost' >&2; echo '  at a.B(B.java:1)'; echo; exit 4");
    assertThat(ended.end()).isEqualTo(End.EXITED);
    assertThat(ended.status()).isEqualTo(4);
    assertThat(ended.last()).isEqualTo("Exception: lost");
  }

  @Test
  void standardOutputMayBeAFileOfItsOwn() throws IOException {
    Path output = folder.resolve("out");
    assertThat(run(output, "printf samples; echo said >&2").last()).isEqualTo("said");
    assertThat(output).hasContent("samples");
  }

  /** It must not wait for a terminal. */
  @Test
  void standardInputIsEmpty() throws IOException {
    assertThat(run(null, "cat; exit 0").end()).isEqualTo(End.EXITED);
  }

  @Test
  void statusesThatAreNoSignalsStayStatuses() throws IOException {
    assertThat(run(null, "exit 255").end()).isEqualTo(End.EXITED);
    Ended ended = run(null, "kill -BUS $$");
    assertThat(ended.end()).isEqualTo(End.DIED_OF_A_SIGNAL);
    assertThat(ended.signal()).isEqualTo("SIGBUS");
  }

  @Test
  void limitsAreHeld() throws IOException {
    assertThat(run(null, "sleep 100").end()).isEqualTo(End.TOOK_TOO_LONG);
    // Too much is too much even if it was written at once.
    assertThat(run(null, "head -c 200000 /dev/zero >'" + folder.resolve("big") + "'").end()).isEqualTo(End.WROTE_TOO_MUCH);
    assertThat(Files.size(folder.resolve("big"))).isEqualTo(200_000);
  }
}
