package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path folder;

  private List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void theTargetIsUntouchedUntilCommit() throws IOException {
    Path target = Files.writeString(folder.resolve("out"), "old");
    try (OutputFile output = OutputFile.create(target)) {
      try (Writer writer = new OutputStreamWriter(output.stream(), StandardCharsets.UTF_8)) {
        writer.write("newer");
      }
      output.channel().write(ByteBuffer.wrap("N".getBytes()), 0);
      assertThat(target).hasContent("old");
      assertThat(filesIn(folder)).hasSize(2).anyMatch(p -> p.getFileName().toString().startsWith(".out.part-"));
      output.commit();
      assertThat(target).hasContent("Newer");
      assertThatThrownBy(output::commit).isInstanceOf(IllegalStateException.class);
    }
    assertThat(filesIn(folder)).containsExactly(target);
  }

  @Test
  void withoutCommitNothingChanges() throws IOException {
    Path target = Files.writeString(folder.resolve("out"), "old");
    try (OutputFile output = OutputFile.create(target)) {
      output.stream().write(1);
    }
    OutputFile closed = OutputFile.create(folder.resolve("other"));
    closed.close();
    assertThatThrownBy(closed::commit).isInstanceOf(IllegalStateException.class);
    assertThat(target).hasContent("old");
    assertThat(filesIn(folder)).containsExactly(target);
  }

  @Test
  void aTargetThatCannotBeWrittenIsRefusedAtOnce() throws IOException {
    assertThatThrownBy(() -> OutputFile.create(folder.resolve("no/such/folder")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> OutputFile.create(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void aReadOnlyTargetIsNotReplaced() throws IOException {
    Path target = Files.writeString(folder.resolve("out"), "precious");
    Assumptions.assumeTrue(target.toFile().setReadOnly() && !Files.isWritable(target), "the superuser may write all");
    assertThatThrownBy(() -> OutputFile.create(target)).isInstanceOf(AccessDeniedException.class);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkKeepsPointingWhereItDid() throws IOException {
    Path real = Files.writeString(Files.createDirectory(folder.resolve("there")).resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there/real"));
    try (OutputFile output = OutputFile.create(link)) {
      output.stream().write("new".getBytes());
      output.commit();
    }
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void othersMayReadTheFileAsTheyMayAnyNewOne() throws IOException {
    Path usual = Files.createFile(folder.resolve("usual"));
    Path target = folder.resolve("out");
    try (OutputFile output = OutputFile.create(target)) {
      output.commit();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(usual)));
  }

  @Test
  void aNameAsLongAsTheFileSystemAllowsWorks() throws IOException {
    Path target = folder.resolve("\u4e2d".repeat(59) + "\ud83d\ude00" + "x".repeat(70));
    try (OutputFile output = OutputFile.create(target)) {
      output.commit();
    }
    assertThat(filesIn(folder)).containsExactly(target);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsNoRegularFileIsFilledNotReplaced() throws Exception {
    try (OutputFile output = OutputFile.create(Path.of("/dev/null"))) {
      output.stream().write(new byte[100_000]);
      output.commit();
    }
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();

    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    try (OutputFile output = OutputFile.create(pipe)) {
      output.stream().write("through".getBytes());
      output.channel().write(ByteBuffer.wrap("T".getBytes()), 0);
      output.commit();
    }
    assertThat(new String(reader.getInputStream().readAllBytes())).isEqualTo("Through");
    assertThat(filesIn(folder)).containsExactly(pipe);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsToldWithTheFilesName() throws Exception {
    try (OutputFile output = OutputFile.create(Path.of("/dev/full"))) {
      output.stream().write(1);
      assertThatThrownBy(output::commit).isInstanceOf(FileSystemException.class).hasMessageStartingWith("/dev/full: ");
    }
    // Files of 512 bytes at most: Java ignores the signal that comes with more.
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String target = folder.resolve("out").toString();
    ProcessBuilder limited = new ProcessBuilder(
        "sh", "-c", "ulimit -f 1; exec \"$0\" -XX:-UsePerfData -cp \"$CP\" '" + Filling.class.getName() + "' \"$1\"", java,
        target);
    limited.environment().put("CP", System.getProperty("java.class.path"));
    Process process = limited.start();
    assertThat(process.inputReader().readAllLines()).containsExactly(target + ": File too large", target + ": File too large");
    assertThat(folder).isEmptyDirectory();
  }

  /** Runs in a process of its own: writes more than there is room for, at the end and in the middle. */
  static final class Filling {
    public static void main(String[] args) throws IOException {
      try (OutputFile output = OutputFile.create(Path.of(args[0]))) {
        output.stream().write(new byte[100_000]);
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
      try (OutputFile output = OutputFile.create(Path.of(args[0]))) {
        output.write(ByteBuffer.allocate(10), 100_000);
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryThatIsAFolderIsOne() throws IOException {
    Path memory = Path.of("/dev/shm");
    Assumptions.assumeTrue(Files.isWritable(memory));
    Path target = Files.createTempDirectory(memory, "llm265-").resolve("out");
    try (OutputFile output = OutputFile.create(target)) {
      output.stream().write(1);
      output.commit();
      assertThat(filesIn(target.getParent())).containsExactly(target);
    } finally {
      Files.deleteIfExists(target);
      Files.delete(target.getParent());
    }
  }

  /** Runs in a process of its own: writes to standard output, or begins a file and waits to be killed. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      try (OutputFile output = OutputFile.create(Path.of(args[0]))) {
        output.stream().write("half a file".getBytes());
        if (args[0].equals("-")) {
          output.commit();
          return;
        }
        System.out.println("begun");
        Thread.sleep(60_000);
      }
    }
  }

  private static Process child(String target) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java, "-cp", System.getProperty("java.class.path"), Child.class.getName(), target)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void aDashIsStandardOutput() throws Exception {
    Process process = child("-");
    assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("half a file");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aTerminatedProgramLeavesNothing() throws Exception {
    Process process = child(folder.resolve("out").toString());
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("begun");
      assertThat(filesIn(folder)).hasSize(1);
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(folder).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }
}
