package llm265.bench;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import llm265.oracle.FfmpegCommand;
import llm265.program.TemporaryFolder;
import llm265.program.WatchedProgram;
import llm265.program.WatchedProgram.End;
import llm265.program.WatchedProgram.Ended;

/**
 * Measures how fast NVDEC decodes, with one or more sessions at a time: each session is an ffmpeg program of its own, and the
 * driver gives sessions to engines. By how much longer they take for several times the data, so that starting does not count.
 */
public final class NvdecSpeed implements Closeable {
  /** Copies of the stream in the shorter of two runs. Each begins with parameter sets, so that pictures stay apart. */
  private static final int SHORT = 2;

  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final long MOST_BYTES = 1L << 40;

  private final FfmpegCommand command;
  private final int copies;
  private final TemporaryFolder folder;
  private final Path shorter;
  private final Path longer;

  /**
   * A measurement.
   *
   * @param command of the ffmpeg that reaches NVDEC
   * @param copies of the stream in the longer run, more than 2
   */
  public NvdecSpeed(FfmpegCommand command, int copies) throws IOException {
    if (copies <= SHORT) {
      throw new IllegalArgumentException(copies + " copies are not more than " + SHORT);
    }
    this.command = command;
    this.copies = copies;
    folder = new TemporaryFolder("llm265-nvdec");
    shorter = folder.path().resolve("shorter.264");
    longer = folder.path().resolve("longer.264");
  }

  /** Takes a stream to measure with. */
  public void use(byte[] stream) throws IOException {
    write(shorter, stream, SHORT);
    write(longer, stream, copies);
  }

  private static void write(Path file, byte[] stream, int times) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < times; i++) {
        out.write(stream);
      }
    }
  }

  /**
   * The rate of all sessions together, in streams a second.
   *
   * @param sessions at a time, 1 or more
   * @return NaN if the longer run was not the longer one: it has too few copies for this machine
   * @throws IOException if a session fails
   */
  public double streamsPerSecond(int sessions) throws IOException {
    double once = seconds(shorter, sessions);
    double more = seconds(longer, sessions);
    return more > once ? sessions * (copies - SHORT) / (more - once) : Double.NaN;
  }

  private double seconds(Path stream, int sessions) throws IOException {
    long start = System.nanoTime();
    try (ExecutorService executor = Executors.newFixedThreadPool(sessions)) {
      List<Future<Ended>> running = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        Path own = Files.createDirectories(folder.path().resolve("session-" + i));
        running.add(executor.submit(() -> new WatchedProgram(TIMEOUT, MOST_BYTES).run(command.dropping(stream), own, null)));
      }
      for (Future<Ended> session : running) {
        Ended ended = session.get();
        if (ended.end() != End.EXITED || ended.status() != 0) {
          throw new IOException("a session of NVDEC failed: " + (ended.last().isEmpty() ? ended.end().name() : ended.last()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
