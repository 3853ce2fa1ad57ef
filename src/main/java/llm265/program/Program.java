package llm265.program;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds other programs on the PATH, and runs them to their end. */
public final class Program {
  private Program() {}

  /**
   * How a program ended.
   *
   * @param status its exit status
   * @param text all its output, on standard output and standard error
   */
  public record Ended(int status, String text) {}

  /** The first program of a name on the PATH. */
  public static Optional<Path> find(String name) {
    String path = System.getenv("PATH");
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    return find(path == null ? "" : path, windows ? List.of(name + ".exe", name + ".cmd") : List.of(name));
  }

  static Optional<Path> find(String path, List<String> names) {
    for (String folder : path.split(File.pathSeparator)) {
      for (String name : names) {
        try {
          Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
          if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
            return Optional.of(candidate);
          }
        } catch (InvalidPathException e) {
          // A folder that this system cannot name holds no program.
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a program is on the PATH. */
  public static boolean isOnPath(String name) {
    return find(name).isPresent();
  }

  /**
   * Runs a program to its end.
   *
   * @return all its output
   * @throws IOException with the last line of its output if it fails
   */
  public static String output(List<String> command) throws IOException {
    Ended ended = run(command, Path.of("."), Map.of());
    if (ended.status() != 0) {
      String last = ended.text().strip().lines().reduce((a, b) -> b).orElse("it printed nothing");
      throw new IOException(command.getFirst() + " failed: " + last.strip());
    }
    return ended.text();
  }

  /**
   * Runs a program to its end, whatever its exit status.
   *
   * @param folder to run it in
   * @param environment variables to set in addition to those of this process
   * @throws IOException if it cannot be started
   */
  static Ended run(List<String> command, Path folder, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.getFirst() + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
