package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxText;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged streams: only the two documented exceptions come out, soon, and the same ones whatever the number of threads.
 *
 * <p>A failure names the seed and leaves the stream under target/fuzz-findings, from where it goes to the resources of
 * {@link #pastFindingsStayFixed}.
 */
class MalformedStreamTest {
  /** Small enough that a damaged size costs little, large enough for every stream of the corpus. */
  private static final DecoderLimits SMALL = new DecoderLimits(2048, 100, 1 << 20);

  /** Of a picture of that many macroblocks and what is remembered of it: 16-bit samples of 4:4:4, levels and modes. */
  private static final long PICTURE_BYTES = 2048 * (768 * 2 + 256);

  private static StreamMutator mutator;

  @BeforeAll
  static void readStreams() throws IOException {
    mutator = new StreamMutator(StreamCorpus.ofEveryTool());
  }

  private static void check(long first, int count, int threads) {
    for (long seed = first; seed < first + count; seed++) {
      byte[] mutant = mutator.mutant(seed);
      try {
        DecodingOutcome outcome = DecodingOutcome.of(mutant, SMALL, 1);
        checkAllocation(mutant, outcome);
        if (threads > 1) {
          DecodingOutcome parallel = DecodingOutcome.of(mutant, SMALL, threads);
          assertThat(parallel.sameAs(outcome)).as("%s, with %d threads %s", outcome, threads, parallel).isTrue();
        }
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", see " + save(mutant, seed) + ": " + e, e);
      }
    }
  }

  /**
   * Each picture delivered is allocated, and one that was not; each NAL unit once unescaped, its syntax in objects of some size.
   * What is more may come of classes being initialized, or of vector kernels that are not compiled yet, whose vectors are
   * objects: not time and again, once the compiler had its time.
   */
  private static void checkAllocation(byte[] mutant, DecodingOutcome outcome) {
    long most = (outcome.pictures().size() + 2) * PICTURE_BYTES + 200L * mutant.length + (16 << 20);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 40 && least > most; i++) {
      if (i >= 4) {
        LockSupport.parkNanos(25_000_000);
      }
      long before = allocatedBytes();
      DecodingOutcome.of(mutant, SMALL, 1);
      least = Math.min(least, allocatedBytes() - before);
    }
    assertThat(least).as("bytes allocated by %s", outcome).isLessThanOrEqualTo(most);
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  static Path save(byte[] mutant, long seed) {
    try {
      Path folder = Files.createDirectories(Path.of("target/fuzz-findings"));
      return Files.write(folder.resolve("seed-" + seed + ".bin"), mutant);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Timeout(120)
  void mutantsRaiseOnlyTheDocumentedExceptions() {
    check(0, 2000, 1);
  }

  @Test
  @Timeout(120)
  void mutantsEndAlikeWithSeveralThreads() {
    check(10_000, 600, 3);
  }

  /**
   * A trace ends where the decoder does, though it may come upon another fault first: it takes slices before the picture is
   * whole.
   */
  private static void checkTraces(long first, int count) {
    for (long seed = first; seed < first + count; seed++) {
      byte[] mutant = mutator.mutant(seed);
      try {
        String fault = "";
        try {
          new H264IntraDecoder(SMALL, DecodingMode.INTRA_ONLY).decode(MemorySegment.ofArray(mutant), picture -> { });
        } catch (MalformedStreamException | UnsupportedStreamException e) {
          fault = e.getMessage();
        }
        String[] traced = {""};
        try {
          StreamTrace.trace(MemorySegment.ofArray(mutant), SMALL, new SyntaxText(line -> traced[0] = line));
          assertThat(fault).isEmpty();
        } catch (MalformedStreamException | UnsupportedStreamException e) {
          assertThat(fault).isNotEmpty();
          assertThat(traced[0]).isEqualTo("fault " + e.getMessage());
        }
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", see " + save(mutant, seed) + ": " + e, e);
      }
    }
  }

  @Test
  @Timeout(120)
  void tracesOfMutantsEndAsTheirDecoding() {
    checkTraces(20_000, 400);
  }

  @Test
  @Tag("long")
  void tracesOfManyMutantsEndAsTheirDecoding() {
    checkTraces(Long.getLong("llm265.fuzz.seed", 1_000_000) + 200_000, 20_000);
  }

  @Test
  @Tag("long")
  @Timeout(7200)
  void manyMutantsRaiseOnlyTheDocumentedExceptions() {
    check(Long.getLong("llm265.fuzz.seed", 1_000_000), 100_000, 1);
  }

  @Test
  @Tag("long")
  @Timeout(7200)
  void manyMutantsEndAlikeWithSeveralThreads() {
    check(Long.getLong("llm265.fuzz.seed", 1_000_000) + 100_000, 20_000, 3);
  }

  /** Files of streams that once did what they must not. */
  static List<Path> pastFindings() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(MalformedStreamTest.class.getResource("/llm265/fuzz-findings")).toURI());
    List<Path> findings = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(file -> file.toString().endsWith(".bin")).sorted().forEach(findings::add);
    }
    assertThat(findings).isNotEmpty();
    return findings;
  }

  /** Streams that once raised another exception or took too long; a file's name says what it did. */
  @Test
  @Timeout(60)
  void pastFindingsStayFixed() throws IOException, URISyntaxException {
    for (Path finding : pastFindings()) {
      byte[] stream = Files.readAllBytes(finding);
      DecodingOutcome outcome = DecodingOutcome.of(stream, DecoderLimits.DEFAULT, 1);
      DecodingOutcome parallel = DecodingOutcome.of(stream, DecoderLimits.DEFAULT, 3);
      assertThat(outcome.fault()).as("%s", finding.getFileName()).isNotEmpty();
      assertThat(parallel.sameAs(outcome)).as("%s: %s against %s", finding.getFileName(), outcome, parallel).isTrue();
    }
  }
}
