package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where a command's file is standard output, nothing else is written there. */
class StandardOutputTest {
  private static final String NEXT = ";";

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeModel() {
    model = new SampleModel().gaussian("w", DType.F32, 64, 96).save(folder.resolve("m.safetensors"));
  }

  /** Runs in a process of its own: several command lines one after the other. */
  static final class Child {
    public static void main(String[] arguments) {
      List<String> line = new ArrayList<>();
      for (String argument : arguments) {
        if (!argument.equals(NEXT)) {
          line.add(argument);
          continue;
        }
        int status = Main.commandLine().execute(line.toArray(String[]::new));
        if (status != 0) {
          System.exit(status);
        }
        line.clear();
      }
      System.out.flush();
    }
  }

  /** The arguments of commands that write a file each, under the names given. */
  private Object[] lines(String small, String again, String stream, String coded, String decoded) {
    return ("compress m.safetensors -o " + small + " --qp 30;decompress small.safetensors -o " + again
        + ";extract small.safetensors --tensor w -o " + stream + ";h264 encode one.pgm --qp 30 -o " + coded
        + ";h264 decode w.264 -o " + decoded + ";").replace(";", " ; ").strip().split(" ");
  }

  private byte[] expected() throws IOException {
    Files.writeString(folder.resolve("one.pgm"), "P5 5 5 255\n0123456789012345678901234");
    Path small = folder.resolve("small.safetensors");
    CommandRun.succeed("compress", model, "-o", small, "--qp", 30);
    CommandRun.succeed("decompress", small, "-o", folder.resolve("again"));
    CommandRun.succeed("extract", small, "--tensor", "w", "-o", folder.resolve("w.264"));
    assertThat(CommandRun.of("h264", "encode", folder.resolve("one.pgm"), "--qp", 30, "-o", folder.resolve("one.264")).err())
        .contains("note");
    CommandRun.succeed("h264", "decode", folder.resolve("w.264"), "-o", folder.resolve("w.yuv"));
    byte[] all = new byte[0];
    for (String name : List.of("small.safetensors", "again", "w.264", "one.264", "w.yuv")) {
      byte[] next = Files.readAllBytes(folder.resolve(name));
      int end = all.length;
      all = Arrays.copyOf(all, end + next.length);
      System.arraycopy(next, 0, all, end, next.length);
    }
    return all;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void everyCommandWritesItsFileThereAndNothingElse() throws IOException {
    byte[] expected = expected();
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/stdout"));
    Files.createSymbolicLink(folder.resolve("other"), Path.of("/proc/self/fd/1"));
    ProgramRun run = ProgramRun.java(Child.class, folder, Map.of(), lines("-", "/dev/stdout", "/dev/fd/1", "link", "-"));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).hasSameSizeAs(expected);
    assertThat(Arrays.mismatch(run.out(), expected)).isEqualTo(-1);
    assertThat(run.err()).contains("-: 1 of 1 tensors compressed", "5x5 becomes 6x6");
    run = ProgramRun.java(Child.class, folder, Map.of(), "compress", "m.safetensors", "-o", "link", "--qp", "30", NEXT);
    assertThat(Arrays.mismatch(run.out(), Files.readAllBytes(folder.resolve("small.safetensors")))).isEqualTo(-1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void soItIsWhereStandardOutputIsAFileByItsOwnName() throws IOException {
    Path direct = folder.resolve("direct");
    CommandRun.succeed("compress", model, "-o", direct, "--qp", 30);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProgramRun run = ProgramRun.of(
        folder, Map.of("CP", System.getProperty("java.class.path")), "sh", "-c",
        "exec '" + java + "' -cp \"$CP\" '" + Child.class.getName() + "' compress m.safetensors -o out --qp 30 ';' >out");
    assertThat(run.err()).startsWith("out: 1 of 1 tensors compressed");
    assertThat(folder.resolve("out")).hasSameBinaryContentAs(direct);
  }

  @Test
  void whatWasPrintedBeforeAFaultIsSeen() throws IOException {
    expected();
    byte[] stream = Files.readAllBytes(folder.resolve("w.264"));
    Path cut = Files.write(folder.resolve("cut.264"), Arrays.copyOf(stream, stream.length - 40));
    CommandRun here = CommandRun.of("inspect", "--trace", cut);
    assertThat(here.status()).isEqualTo(2);
    ProgramRun run = ProgramRun.java(Main.class, folder, Map.of(), "inspect", "--trace", cut);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.text().equals(here.out())).isTrue();
    assertThat(run.err()).isEqualTo(here.err()).isNotEmpty();
  }

  /** The launcher leaves descriptor 2 to what Java itself says, and keeps standard error under another name. */
  @Test
  void standardErrorIsWhereTheLauncherHasPutIt() throws IOException {
    Path direct = folder.resolve("direct");
    CommandRun.succeed("compress", model, "-o", direct, "--qp", 30);
    Path aside = folder.resolve("aside");
    System.setProperty("llm265.stderr", aside.toString());
    try {
      CommandRun.succeed("compress", model, "-o", "/dev/stderr", "--qp", 30);
    } finally {
      System.clearProperty("llm265.stderr");
    }
    assertThat(aside).hasSameBinaryContentAs(direct);
  }

  @Test
  void whatWritesSeveralFilesRefusesIt() {
    for (String command : List.of("rd", "ablation", "speed")) {
      assertThat(CommandRun.fail(2, "bench", command, model, "-o", "-")).startsWith("-o -: bench writes several files");
    }
  }
}
