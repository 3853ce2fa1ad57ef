package llm265.oracle.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import llm265.checkpoint.file.ModelFormatException;

/**
 * A folder of streams, and what a decoder must make of each.
 *
 * @param streams in the order of its manifest, or by name
 */
public record Suite(Path folder, List<SuiteStream> streams) {
  public Suite {
    streams = List.copyOf(streams);
  }

  /**
   * Reads a folder: by its {@code MANIFEST.tsv}, or as a conformance suite, with files of samples or digests beside the streams.
   *
   * @throws ModelFormatException if a manifest or a file of digests is damaged, or the folder has no streams
   */
  public static Suite open(Path folder) throws IOException {
    boolean manifest = Files.isRegularFile(folder.resolve(SuiteManifest.FILE));
    List<SuiteStream> streams = manifest ? SuiteManifest.read(folder) : ConformanceFolder.read(folder);
    if (streams.isEmpty()) {
      throw new ModelFormatException(folder, manifest ? "its " + SuiteManifest.FILE + " names no streams"
          : "is a folder without " + SuiteManifest.FILE + " and without streams (.264, .h264, .avc, .jsv, .jvt, .26l)");
    }
    return new Suite(folder, streams);
  }

  /** A suite of one stream, of whose samples nothing is known but what our decoder makes of it. */
  public static Suite of(Path stream) {
    return new Suite(stream.toAbsolutePath().getParent(), List.of(new SuiteStream(
        stream.getFileName().toString(), stream, false, SuiteStream.NOT_TOLD, "", ExpectedSamples.NONE, "", "")));
  }

  /**
   * Checks a decoder with all streams, some at a time.
   *
   * @param threads how many streams at a time
   * @param done receives each result, in the order of the streams
   * @return the results in that order
   * @throws IOException if the decoder cannot be run at all
   */
  public List<SuiteResult> run(StreamCheck check, int threads, Consumer<SuiteResult> done) throws IOException {
    List<SuiteResult> results = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(Math.min(threads, streams.size()))) {
      List<Future<SuiteResult>> futures = new ArrayList<>();
      streams.forEach(stream -> futures.add(executor.submit(() -> check.check(stream))));
      try {
        for (Future<SuiteResult> future : futures) {
          results.add(future.get());
          done.accept(results.getLast());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } finally {
        executor.shutdownNow();
      }
    }
    return results;
  }
}
