package llm265.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Programs of others. */
final class Program {
  private Program() {}

  static boolean isOnPath(String name) {
    String path = System.getenv("PATH");
    String suffix = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows") ? ".exe" : "";
    return path != null
        && Arrays.stream(path.split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, name + suffix)));
  }

  /**
   * Runs a program to its end.
   *
   * @return all that it said
   * @throws IOException with its last words if it fails
   */
  static String output(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        String last = said.strip().lines().reduce((a, b) -> b).orElse("it says nothing");
        throw new IOException(command.getFirst() + " failed: " + last.strip());
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.getFirst() + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
