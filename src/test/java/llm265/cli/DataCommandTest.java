package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
  @TempDir private Path folder;
  private Path file;
  private byte[] values;

  @BeforeEach
  void writeFile() throws IOException {
    Random random = new Random(4);
    values = new byte[600_003];
    for (int i = 0; i + 3 < values.length; i += 4) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      for (int k = 0; k < 4; k++) {
        values[i + k] = (byte) (bits >>> (8 * k));
      }
    }
    file = Files.write(folder.resolve("weights"), values);
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  @Test
  void filesComeBack() throws IOException {
    assertThat(CommandRun.succeed("data", "compress", file)).startsWith(file + ".llm265: 600003 bytes become ");
    Files.delete(file);
    CommandRun.succeed("data", "decompress", file + ".llm265");
    assertThat(file).hasBinaryContent(values);
    Path small = folder.resolve("small");
    for (String type : new String[] {"bytes", "f32", "BF16", "f64", "i8", "f4"}) {
      CommandRun.succeed("data", "compress", file, "-o", small, "--force", "--type", type, "--threads", 3);
      assertThat(Files.size(small)).isLessThan(values.length);
      CommandRun.succeed("data", "decompress", small, "--force", "-o", folder.resolve("again"));
      assertThat(folder.resolve("again")).hasBinaryContent(values);
    }
  }

  @Test
  void anEmptyFileComesBack() throws IOException {
    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    CommandRun.succeed("data", "compress", empty);
    CommandRun.succeed("data", "decompress", empty + ".llm265", "-o", folder.resolve("again"));
    assertThat(folder.resolve("again")).isEmptyFile();
  }

  @Test
  void standardInputGoesToStandardOutput() throws IOException {
    CommandRun.succeed("data", "compress", file);
    byte[] compressed = Files.readAllBytes(Path.of(file + ".llm265"));
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(values));
      CommandRun.succeed("data", "compress", "-", "-o", folder.resolve("other"));
      assertThat(folder.resolve("other")).hasBinaryContent(compressed);
      System.setIn(new ByteArrayInputStream(compressed));
      CommandRun.succeed("data", "decompress", "-", "-o", folder.resolve("again"));
      assertThat(folder.resolve("again")).hasBinaryContent(values);
    } finally {
      System.setIn(before);
    }
    ProgramRun run = ProgramRun.java(Main.class, folder, Map.of(), "data", "compress", "weights", "-o", "-");
    assertThat(Arrays.equals(run.out(), compressed)).isTrue();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void nothingIsReplacedUnasked() {
    CommandRun.succeed("data", "compress", file);
    assertThat(CommandRun.fail(2, "data", "compress", file)).contains("weights.llm265 is there already; --force replaces it");
    assertThat(CommandRun.fail(2, "data", "decompress", file + ".llm265")).contains("weights is there already");
    assertThat(CommandRun.fail(2, "data", "compress", file, "-o", file, "--force")).contains("would replace the input");
    CommandRun.succeed("data", "compress", file, "--force");
  }

  @Test
  void badInputIsOneLineAndLeavesNothing() throws IOException {
    long before = files();
    assertThat(CommandRun.fail(2, "data", "decompress", file, "-o", folder.resolve("x")))
        .isEqualTo(file + ": magic: is not that of a data file (SPEC.md, Data files)");
    assertThat(CommandRun.fail(2, "data", "decompress", file)).contains("say -o OUT");
    assertThat(CommandRun.fail(2, "data", "compress", folder)).isEqualTo(folder + ": is a directory");
    assertThat(CommandRun.fail(2, "data", "compress", folder.resolve("none"))).contains("none");
    assertThat(CommandRun.fail(2, "data", "compress", file, "--type", "int5"))
        .startsWith("--type int5 is not one of bytes, bool");
    assertThat(CommandRun.fail(2, "data", "compress", file, "-o", folder.resolve("x.npy")))
        .contains("compress writes a data file, no .npy file; name it .llm265");
    assertThat(CommandRun.fail(2, "data")).startsWith("Missing subcommand of data");
    assertThat(files()).isEqualTo(before);
    CommandRun.succeed("data", "compress", file);
    byte[] compressed = Files.readAllBytes(Path.of(file + ".llm265"));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(compressed, compressed.length - 30));
    compressed[compressed.length / 2] ^= 4;
    Path damaged = Files.write(folder.resolve("damaged"), compressed);
    before = files();
    assertThat(CommandRun.fail(2, "data", "decompress", cut, "-o", folder.resolve("x")))
        .isEqualTo(cut + ": file: ends early (SPEC.md, Data files)");
    assertThat(CommandRun.fail(2, "data", "decompress", damaged, "-o", folder.resolve("x")))
        .isEqualTo(damaged + ": checksum: does not match the block (SPEC.md, Data files)");
    assertThat(files()).isEqualTo(before);
  }
}
