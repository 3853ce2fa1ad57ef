package llm265.program;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs programs that need not be trusted to end, or to write little: they are killed, with the processes that they have started,
 * once they take too long or have written too much.
 *
 * <p>What they print goes to files, so that a process that outlives its parent holds up nobody.
 */
public final class WatchedProgram {
  /** How a run came to its end. */
  public enum End { EXITED, DIED_OF_A_SIGNAL, TOOK_TOO_LONG, WROTE_TOO_MUCH }

  /**
   * What a run came to.
   *
   * @param status exit status; without meaning for a program that was killed here
   * @param last the last line that it printed, beside its output; empty if it printed none
   * @param seconds how long it took
   */
  public record Ended(End end, int status, String last, double seconds) {
    /** The signal that it died of, as {@code SIGSEGV}. */
    public String signal() {
      int signal = status - FIRST_SIGNAL_STATUS;
      return SIGNALS.getOrDefault(signal, status < 0 ? "exception " + Integer.toHexString(status) : "signal " + signal);
    }
  }

  /** Java and shells give a process that dies of signal n the exit status 128 + n. */
  private static final int FIRST_SIGNAL_STATUS = 128;

  private static final int MOST_SIGNALS = 31;
  private static final Map<Integer, String> SIGNALS = Map.of(
      2, "SIGINT", 4, "SIGILL", 5, "SIGTRAP", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE",
      15, "SIGTERM");

  private static final String LOG = "printed.txt";
  private static final int LAST_BYTES = 1 << 12;
  private static final int LEAST_PAUSE_MS = 1;
  private static final int MOST_PAUSE_MS = 20;

  private final Duration timeout;
  private final long mostBytes;

  /**
   * Limits of a run.
   *
   * @param mostBytes of all files in the run's folder, what the program prints included
   */
  public WatchedProgram(Duration timeout, long mostBytes) {
    this.timeout = timeout;
    this.mostBytes = mostBytes;
  }

  /**
   * Runs a program to its end, in this process' folder and without standard input.
   *
   * @param folder folder of the run's own: its files are counted
   * @param output file for what it writes to standard output; null if that is nothing but messages
   * @throws IOException if the program cannot be started
   */
  public Ended run(List<String> command, Path folder, Path output) throws IOException {
    Path log = folder.resolve(LOG);
    ProcessBuilder builder = new ProcessBuilder(command)
        .redirectInput(Redirect.from(nothing()))
        .redirectOutput(output == null ? log.toFile() : output.toFile());
    if (output == null) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(log.toFile());
    }
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      End end = watch(process, folder, start);
      int status = process.waitFor();
      boolean signal = status < 0 || status > FIRST_SIGNAL_STATUS && status <= FIRST_SIGNAL_STATUS + MOST_SIGNALS;
      return new Ended(end == End.EXITED && signal ? End.DIED_OF_A_SIGNAL : end, status, lastLine(log),
          (System.nanoTime() - start) * 1e-9);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.getFirst() + " was interrupted", e);
    } finally {
      kill(process);
    }
  }

  private static File nothing() {
    return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  private End watch(Process process, Path folder, long start) throws IOException, InterruptedException {
    long pause = LEAST_PAUSE_MS;
    while (!process.waitFor(pause, TimeUnit.MILLISECONDS)) {
      pause = Math.min(2 * pause, MOST_PAUSE_MS);
      if (System.nanoTime() - start > timeout.toNanos()) {
        kill(process);
        return End.TOOK_TOO_LONG;
      }
      if (bytes(folder) > mostBytes) {
        kill(process);
        return End.WROTE_TOO_MUCH;
      }
    }
    return bytes(folder) > mostBytes ? End.WROTE_TOO_MUCH : End.EXITED;
  }

  /** A parent first, so that it starts no others; then its descendants, which are asked for before it is gone. */
  private static void kill(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Files.isRegularFile(file) ? file.toFile().length() : 0;
      }
    }
    return bytes;
  }

  private static String lastLine(Path log) throws IOException {
    try (var channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - LAST_BYTES));
      byte[] end = Channels.newInputStream(channel).readNBytes(LAST_BYTES);
      // Java ends its report of an exception with the calls that led to it.
      return new String(end, StandardCharsets.UTF_8).lines().map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("at ")).reduce((a, b) -> b).orElse("");
    }
  }
}
