package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a program, run in a process of its own, came to; for what depends on its descriptors or its locale.
 *
 * @param status the exit status
 * @param out the bytes on standard output
 * @param err the text on standard error, in UTF-8
 */
record ProgramRun(int status, byte[] out, String err) {
  /** Runs the main method of a class with environment variables beside those of this process; an empty value takes one away. */
  static ProgramRun java(Class<?> main, Path folder, Map<String, String> environment, Object... arguments) {
    List<Object> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java"), "-XX:TieredStopAtLevel=1", "-Dllm265.kernels=scalar",
        "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return of(folder, environment, command.toArray());
  }

  /** Runs a program in a folder, and keeps files of its two outputs there no longer than it runs. */
  static ProgramRun of(Path folder, Map<String, String> environment, Object... command) {
    ProcessBuilder builder = new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList()).directory(folder.toFile());
    environment.forEach((name, value) -> {
      if (value.isEmpty()) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    try {
      Path err = Files.createTempFile("llm265-", ".err");
      try {
        Process process = builder.redirectError(err.toFile()).start();
        process.getOutputStream().close();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new ProgramRun(process.exitValue(), out, Files.readString(err));
      } finally {
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Standard output as text in UTF-8. */
  String text() {
    return new String(out, StandardCharsets.UTF_8);
  }
}
