package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that make folders are killed in the middle, and the same command goes on. */
class FolderResumeTest {
  private static final int TENSORS = 24;
  private static final Object[] SETTINGS = {"--snr", "15", "--codec", "trinity", "--shard-size", "20kB"};

  @TempDir private static Path shared;
  private static Path model;
  private static Path compressed;
  private static Path restored;

  @TempDir private Path folder;

  @BeforeAll
  static void makeAtOnce() throws IOException {
    model = Files.createDirectory(shared.resolve("model"));
    SampleModel sample = new SampleModel().metadata("format", "pt");
    for (int i = 0; i < TENSORS; i++) {
      sample.gaussian("layers." + i, DType.BF16, 64, 80);
    }
    sample.save(model.resolve("model.safetensors"));
    Files.writeString(model.resolve("config.json"), "{}");
    compressed = shared.resolve("compressed");
    CommandRun.succeed(compress(compressed).toArray());
    restored = shared.resolve("restored");
    CommandRun.succeed(decompress(restored).toArray());
  }

  private static List<Object> compress(Path output) {
    List<Object> command = new ArrayList<>(List.of("compress", model, "-o", output, "--threads", "1"));
    command.addAll(Arrays.asList(SETTINGS));
    return command;
  }

  private static List<Object> decompress(Path output) {
    return List.of("decompress", compressed, "-o", output, "--shard-size", "11kB", "--threads", "1");
  }

  /** Starts a command in a process of its own, waits until a folder has files of a kind, and ends it there. */
  private String killed(List<Object> command, Path watched, String suffix, boolean withSignal) throws Exception {
    List<Object> whole = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java"), "-XX:TieredStopAtLevel=1", "-Dllm265.kernels=scalar",
        "-cp", System.getProperty("java.class.path"), Main.class.getName()));
    whole.addAll(command);
    Path err = folder.resolve("err.txt");
    Process process = new ProcessBuilder(whole.stream().map(Object::toString).toList())
        .redirectError(err.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive() && System.nanoTime() < end && count(watched, suffix) < 2) {
      Thread.sleep(2);
    }
    if (withSignal) {
      process.destroy();
    } else {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isGreaterThan(128);
    return Files.readString(err);
  }

  private static long count(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().endsWith(suffix)).count();
    } catch (IOException | java.io.UncheckedIOException e) {
      // It is not there yet.
      return 0;
    }
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(SampleModel.files(actual)).isEqualTo(SampleModel.files(expected));
    for (String name : SampleModel.files(expected)) {
      assertThat(actual.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
    }
  }

  @Test
  void aKilledCompressionGoesOn() throws Exception {
    goesOn(compress(folder.resolve("out")), "streams", ".stream", compressed);
  }

  @Test
  void aKilledDecompressionGoesOn() throws Exception {
    goesOn(decompress(folder.resolve("out")), "shards", ".json", restored);
  }

  /** Kills a command that makes the folder "out" once some of its work is kept, and has it run again. */
  private void goesOn(List<Object> command, String kept, String suffix, Path expected) throws Exception {
    Path out = folder.resolve("out");
    Path work = folder.resolve(".out.llm265-part").resolve(kept);
    killed(command, work, suffix, false);
    assertThat(out).doesNotExist();
    assertThat(count(work, suffix)).isBetween(2L, TENSORS - 1L);
    assertThat(CommandRun.notes(command.toArray())).containsExactly(out + ": goes on where an earlier run has stopped");
    assertSame(out, expected);
    assertThat(SampleModel.files(folder)).containsExactly("err.txt", "out");
  }

  @Test
  void aSignalIsAnsweredByANoteAndOtherSettingsBeginAnew() throws Exception {
    Path out = folder.resolve("out");
    Path part = folder.resolve(".out.llm265-part");
    assertThat(killed(compress(out), part.resolve("streams"), ".stream", true)).contains(
        "llm265: note: " + out + ": the same command goes on where this one has stopped; what is done waits in " + part);
    List<Object> other = compress(out);
    other.addAll(List.of("--include", "layers"));
    assertThat(CommandRun.notes(other.toArray())).containsExactly(
        out + ": begins anew: an earlier run that has stopped had other settings or another input");
    assertSame(out, compressed);
  }
}
