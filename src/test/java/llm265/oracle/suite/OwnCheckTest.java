package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import llm265.oracle.suite.SuiteResult.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a decoder of ours that does not end, or breaks. */
class OwnCheckTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir private Path folder;

  private SuiteResult check(Duration timeout, OwnCheck.Decoding decoding) throws IOException {
    new SmallSuite(folder).generated("");
    List<SuiteResult> results = Suite.open(folder).run(new OwnCheck(timeout, decoding), 1, result -> { });
    assertThat(results).hasSize(1);
    return results.getFirst();
  }

  /** It reads on from a stream that is closed by then, which ends it. */
  @Test
  void aDecoderThatDoesNotEndIsLeftBehind() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    SuiteResult result = check(SHORT, (stream, algorithm) -> {
      try {
        closed.await();
        return OwnDecoding.of(stream, algorithm);
      } catch (InterruptedException | RuntimeException e) {
        thrown.set(e);
        throw new IllegalStateException(e);
      } finally {
        ended.countDown();
      }
    });
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).isEqualTo("our decoder did not end within 0.3 s");
    assertThat(result.seconds()).isBetween(0.3, 10.0);
    closed.countDown();
    ended.await();
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
  }

  @Test
  void aDecoderThatEndsInTimeIsJudged() throws IOException {
    assertThat(check(Duration.ofSeconds(60), OwnDecoding::of).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void aDecoderThatBreaksIsNotTakenForOneThatHangs() {
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> check(Duration.ofSeconds(60), (stream, algorithm) -> {
      throw new ArithmeticException("broken");
    })).withStackTraceContaining("broken");
  }
}
