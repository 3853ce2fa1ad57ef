package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import llm265.runtime.training.FactoredBigram;
import llm265.runtime.training.GradientMethods;
import llm265.runtime.training.SampleText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code llm265 bench gradients} and {@code llm265 bench activations} with a small model in place of the library's. */
class BenchTrainingCommandTest {
  private static final TrainedModels SMALL = shape -> new FactoredBigram(shape.vocabulary());

  @TempDir private Path folder;

  private static String run(Object command, Object... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    int status = line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    assertThat(status).as(out.toString()).isZero();
    return out.toString();
  }

  private Path text() throws IOException {
    return Files.writeString(folder.resolve("text"), SampleText.of(2000));
  }

  @Test
  void gradientsAreComparedAndRunsKept() throws IOException {
    Path prefix = folder.resolve("g");
    Object[] arguments = {
      "--methods", "raw", "--steps", "12", "--seeds", "1", "--learning-rates", "1e-3,1e-1", "--text", text(), "-o", prefix
    };
    String first = run(new BenchGradientsCommand(SMALL), arguments);
    assertThat(first.lines().filter(line -> line.startsWith("raw, rate"))).hasSize(2)
        .noneMatch(line -> line.contains("journal"));
    assertThat(first).contains("method", "0.1000");
    String second = run(new BenchGradientsCommand(SMALL), arguments);
    assertThat(second.lines().filter(line -> line.startsWith("raw, rate"))).hasSize(2)
        .allMatch(line -> line.endsWith(", from the journal"));

    List<String> rows = Files.readAllLines(folder.resolve("g.csv"));
    assertThat(rows.getFirst()).startsWith("method,learning_rate,seed,up_bits");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(1)).startsWith("raw,0.1000,0,16.0000");
    assertThat(ImageIO.read(folder.resolve("g.png").toFile()).getWidth()).isEqualTo(1200);
  }

  @Test
  void theHelpNamesAllMethods() {
    String help = CommandRun.succeed("bench", "gradients", "--help").replaceAll("\\s+", " ");
    assertThat(help).contains(String.join(", ", GradientMethods.names()) + ";");
  }

  @Test
  void activationsAreCompared() throws IOException {
    String out = run(new BenchActivationsCommand(SMALL),
        "--arms", "raw:raw", "--steps", "10", "--seeds", "1", "--learning-rates", "1e-2", "--text", text(),
        "-o", folder.resolve("a"));
    assertThat(out).contains("forward:backward", "raw:raw", "16.000");
    assertThat(Files.readAllLines(folder.resolve("a.csv")).getFirst()).contains("linked_loss", "forward_snr_0", "rows_9");
  }

  @Test
  void wrongArgumentsAreToldBeforeAnythingIsTrained() throws IOException {
    assertThat(CommandRun.fail(2, "bench", "gradients", "--methods", "rwa", "--text", text()))
        .startsWith("rwa is not one of raw");
    assertThat(CommandRun.fail(2, "bench", "gradients", "--learning-rates", "2")).contains("--learning-rates 2.0");
    assertThat(CommandRun.fail(2, "bench", "gradients", "--bits", "0")).contains("0.1..16");
    assertThat(CommandRun.fail(2, "bench", "gradients", "--text", folder.resolve("none"))).contains("none: no such file");
    assertThat(CommandRun.fail(2, "bench", "activations", "--arms", "raw")).contains("FORWARD:BACKWARD");
    assertThat(CommandRun.fail(2, "bench", "activations", "--arms", "raw:x-3")).startsWith("x-3 is not raw, or one of codec");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0});
    assertThat(CommandRun.fail(2, "bench", "gradients", "--text", binary)).endsWith("binary: not a text in UTF-8");
    Path brief = Files.write(folder.resolve("brief"), "abc".getBytes(StandardCharsets.UTF_8));
    assertThat(CommandRun.fail(2, "bench", "gradients", "--text", brief)).contains("brief: a text of 3 characters is too short");
  }

  @Test
  void linksAreWorthTheLeastOfEncoderLinkAndDecoder() throws IOException {
    String out = CommandRun.succeed("bench", "link", "gauss:20000", "--bits", "2", "--codec", "trinity", "--seconds", "0",
        "--threads", "1", "--links", "0.000001,1000", "-o", folder.resolve("link"));
    assertThat(out).contains("breaks even", "trinity fast");
    List<String[]> rows =
        Files.readAllLines(folder.resolve("link.csv")).stream().skip(1).map(line -> line.split(",")).toList();
    assertThat(rows).extracting(row -> row[1])
        .containsExactly("trinity fast", "trinity fast", "messages", "messages");
    double slowest = 16 * Math.min(Double.parseDouble(rows.get(1)[4]), Double.parseDouble(rows.get(1)[5])) / 1e3;
    assertThat(Double.parseDouble(rows.get(1)[9])).isBetween(0.98 * slowest - 1e-4, 1.02 * slowest + 1e-4);
    assertThat(CommandRun.fail(2, "bench", "link", "--links", "0")).contains("--links 0.0");
  }
}
