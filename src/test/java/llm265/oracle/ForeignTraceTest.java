package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import llm265.h264.cabac.TraceReplay;
import llm265.h264.decode.TracedMacroblocks;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The syntax traces of streams that other encoders wrote: bins coded again come to the bytes of the stream, codes to its bits,
 * elements to the macroblocks that are decoded. Runs with {@code -Dllm265.vectors=FOLDER}, as {@link ForeignVectorTest}.
 */
class ForeignTraceTest {
  /** Larger streams repeat what smaller ones have, and take most of the time. */
  private static final long EVERYDAY_BYTES = 60_000;

  @TestFactory
  List<DynamicTest> everyVectorIsTracedToTheLastBit() throws IOException {
    return tests(false);
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> everyLargeVectorIsTracedToTheLastBit() throws IOException {
    return tests(true);
  }

  private static List<DynamicTest> tests(boolean large) throws IOException {
    String folder = System.getProperty("llm265.vectors", "");
    if (folder.isEmpty()) {
      return List.of(DynamicTest.dynamicTest("skipped", () -> assumeFalse(true, "-Dllm265.vectors names no folder")));
    }
    // The streams are checked on all cores; a test each tells what came of it.
    try (ExecutorService executor = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      return ForeignVector.in(Path.of(folder)).stream()
          .filter(vector -> !ForeignVectorTest.DAMAGED.contains(vector.name()))
          .filter(vector -> vector.path().toFile().length() > EVERYDAY_BYTES == large)
          .map(vector -> {
            Future<?> check = executor.submit(() -> check(vector));
            return DynamicTest.dynamicTest(vector.name(), check::get);
          })
          .toList();
    }
  }

  private static Void check(ForeignVector vector) throws IOException {
    byte[] stream = Files.readAllBytes(vector.path());
    TraceReplay.Counts counts = TraceReplay.check(stream);
    assertThat(counts.cabacSlices() + counts.cavlcSlices()).isPositive();
    assertThat(TracedMacroblocks.check(stream)).isPositive();
    return null;
  }
}
