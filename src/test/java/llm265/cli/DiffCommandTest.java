package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code diff}, and {@code --base} of the commands that take it. */
class DiffCommandTest {
  private static final long[] SHAPE = {64, 96};

  @TempDir private Path folder;
  private Path a;
  private Path b;

  @BeforeEach
  void writeModels() throws IOException {
    float[] same = gaussian(1, 1);
    float[] from = gaussian(1, 2);
    float[] to = from.clone();
    float[] change = gaussian(0.01, 3);
    for (int i = 0; i < to.length / 2; i++) {
      to[i] += change[i];
    }
    a = write("a.safetensors", TensorView.copyOf("same", SHAPE, same), TensorView.copyOf("w", SHAPE, from),
        TensorView.copyOf("gone", new long[] {2}, 1, 2));
    b = write("b.safetensors", TensorView.copyOf("same", SHAPE, same), TensorView.copyOf("w", SHAPE, to),
        TensorView.copyOf("new", SHAPE, gaussian(1, 4)));
  }

  private Path write(String name, TensorView... tensors) throws IOException {
    Path path = folder.resolve(name);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
    return path;
  }

  private static float[] gaussian(double deviation, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) (SHAPE[0] * SHAPE[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  @Test
  void saysWhatHasChangedAndWhatItTakes() throws IOException {
    List<String> lines = CommandRun.succeed("diff", a, b).lines().toList();
    assertThat(lines).anyMatch(line -> line.startsWith("same") && line.contains("identical"));
    assertThat(lines).anyMatch(line -> line.matches("w .* 50\\.00 % .*"));
    assertThat(lines).anyMatch(line -> line.startsWith("new") && line.contains("not in A"));
    assertThat(lines).anyMatch(line -> line.startsWith("gone") && line.contains("not in B"));
    assertThat(lines.get(lines.size() - 2)).isEqualTo("3 tensors of B: 1 identical, 1 changed, 1 not in A, 1 not in B");
    assertThat(lines.getLast()).matches("B as a delta of A: \\d+\\.\\d\\d bits per value lossless, B alone \\d+\\.\\d\\d; .* dB");

    JsonNode root = new ObjectMapper().readTree(CommandRun.succeed("diff", a, b, "--snr", "50", "--json"));
    JsonNode w = root.get("tensors").get(1);
    assertThat(w.get("changed").doubleValue()).isEqualTo(0.5);
    assertThat(w.get("changeSnr").doubleValue()).isBetween(42.5, 43.5);
    assertThat(w.get("deltaBits").doubleValue()).isLessThan(w.get("aloneBits").doubleValue() - 5);
    assertThat(w.get("deltaSnr").doubleValue()).isGreaterThan(49.9);
    assertThat(root.get("notInB").get(0).textValue()).isEqualTo("gone");
    assertThat(CommandRun.succeed("diff", a, b, "--bits", "3")).contains("B as a delta of A at 3.0 bits per value: ");
    assertThat(CommandRun.fail(2, "diff", a, b, "--snr", "1")).contains("--snr 1.0 is not in 3..100");
  }

  @Test
  void commandsTakeTheBase() throws IOException {
    Path out = folder.resolve("out.safetensors");
    assertThat(CommandRun.notes("compress", b, "--base", a, "--lossless", "--codec", "trinity", "-o", out))
        .containsExactly("2 tensors of 3 told from " + a + ", which decoding takes, too");
    assertThat(CommandRun.succeed("verify", out)).isEqualTo(out + ": all 3 tensors are intact; told from " + a + "\n");
    assertThat(CommandRun.succeed("inspect", out)).contains("delta of a.safetensors, exact", "delta of a.safetensors, unchanged");
    assertThat(CommandRun.succeed("diff", b, out).lines().toList().getLast()).startsWith("B as a delta of A: 0.0");
    Path back = folder.resolve("back.safetensors");
    CommandRun.succeed("decompress", out, "-o", back);
    assertThat(back).hasSameBinaryContentAs(b);
    Path elsewhere = Files.move(a, Files.createDirectory(folder.resolve("x")).resolve("y.safetensors"));
    assertThat(CommandRun.fail(2, "decompress", out, "-o", back)).contains("name it with --base");
    CommandRun.succeed("decompress", out, "--base", elsewhere, "-o", back);
    assertThat(CommandRun.succeed("verify", out, "--base", elsewhere)).contains("told from " + elsewhere);
    assertThat(CommandRun.fail(2, "extract", out, "--tensor", "w", "-o", folder.resolve("w.264")))
        .contains("not a stream by itself");
  }

  @Test
  void chainsAreBounded() throws IOException {
    Path first = folder.resolve("first.safetensors");
    Path second = folder.resolve("second.safetensors");
    CommandRun.notes("compress", b, "--base", a, "--lossless", "--codec", "trinity", "-o", first);
    assertThat(CommandRun.fail(2, "compress", b, "--base", first, "--max-chain", "1", "--lossless", "-o", second))
        .contains("is 1 models away from one that stands for itself");
    CommandRun.notes(
        "compress", b, "--base", first, "--max-chain", "2", "--lossless", "--codec", "trinity", "-o", second);
    assertThat(CommandRun.succeed("verify", second)).contains("all 6 tensors are intact; told from " + first, ", from " + a);
    assertThat(CommandRun.fail(2, "compress", b, "--base", first, "--lossless", "-o", a)).contains("would replace");
    assertThat(CommandRun.fail(2, "compress", b, "--base", a, "--qp", "30", "-o", second)).contains("quantization parameter");
    assertThat(CommandRun.fail(2, "compress", b, "--max-chain", "2", "-o", second)).contains("--max-chain is for --base");
  }
}
