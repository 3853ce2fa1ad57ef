package llm265.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Scripts in place of programs, for systems with a shell. */
public final class FakePrograms {
  private FakePrograms() {}

  /** An executable script. */
  public static Path script(Path file, String... commands) {
    try {
      Files.writeString(file, "#!/bin/sh\n" + String.join("\n", commands) + "\n");
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A Maven that copies a jar to where it is asked for, and writes its arguments into a file {@code FILE.log}, a line each time.
   *
   * @param jar what there is to copy; where it is missing, nothing can be had
   * @param local whether the jar is in the local repository
   */
  public static Path maven(Path file, Path jar, boolean local) {
    return script(file,
        "echo \"$*\" >>'" + file + ".log'",
        "for argument; do",
        "  case $argument in",
        "    -o) " + (local ? ":" : "echo '[ERROR] it is offline'; exit 1") + " ;;",
        "    -Dartifact=*:*:*) artifact=${argument#-Dartifact=*:} ;;",
        "    -DoutputDirectory=*) folder=${argument#*=} ;;",
        "  esac",
        "done",
        "[ -e '" + jar + "' ] || { echo '[INFO] trying'; echo '[ERROR] no such host'; echo '[ERROR] [Help 1]'; exit 1; }",
        "/bin/cp '" + jar + "' \"$folder/${artifact%:*}-${artifact##*:}.jar\"");
  }

  /** How often a Maven made here has been run. */
  public static long runs(Path maven) {
    try (var lines = Files.lines(Path.of(maven + ".log"))) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A jar with one entry. */
  public static Path jar(Path file, String entry, String content) {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Maven at a path, as {@link Maven#find} gives that of the PATH. */
  public static Maven mavenAt(Path program) {
    return new Maven(program);
  }
}
