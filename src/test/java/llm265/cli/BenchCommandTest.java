package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void ratesAndQualitiesAreWrittenAndDrawn() throws IOException {
    Path prefix = folder.resolve("rd");
    String out = CommandRun.succeed(
        "bench", "rd", "gauss:30000", "--bits", "3,2", "--effort", "fast,best", "--peers", "none", "-o", prefix);
    assertThat(out).contains("fast", "best", "ECSQ", "Lloyd-Max", "RTN g128", "Shannon");

    List<String> lines = Files.readAllLines(folder.resolve("rd.csv"));
    assertThat(lines.getFirst()).isEqualTo("tensor,values,method,bits,snr_db,gap_bits,seconds");
    assertThat(lines).hasSize(1 + 2 * 2 * 2 + 4 * 2);
    String[] best = lines.stream().filter(line -> line.contains(",best,")).reduce((a, b) -> b).orElseThrow().split(",");
    assertThat(Double.parseDouble(best[4])).isBetween(15.0, 16.5);
    assertThat(Double.parseDouble(best[5])).isBetween(0.2, 0.5);
    assertThat(ImageIO.read(folder.resolve("rd-gauss_30000.png").toFile()).getWidth()).isEqualTo(1200);
  }

  @Test
  void everyStepOfTheAblationMeetsTheQualityOfTheWhole() throws IOException {
    CommandRun.succeed("bench", "ablation", "scaled-columns:40000", "--bits", "3", "-o", folder.resolve("steps"));
    List<String[]> steps =
        Files.readAllLines(folder.resolve("steps.csv")).stream().skip(1).map(line -> line.split(",")).toList();

    assertThat(steps).extracting(step -> step[1]).contains(
        "entropy coding alone", "+ transform and quantization", "+ exact outliers", "+ sign patterns", "+ levels of a trellis");
    double snr = Double.parseDouble(steps.getLast()[3]);
    for (String[] step : steps) {
      assertThat(Double.parseDouble(step[3])).as(step[1]).isBetween(snr - 0.06, snr + 0.06);
    }
    assertThat(Double.parseDouble(steps.getLast()[2])).isBetween(2.97, 3.03);
    assertThat(Double.parseDouble(steps.get(1)[2])).isGreaterThan(3.2);
  }

  @Test
  void speedsAreOfTheStreamsThatAreTold() throws IOException {
    String out = CommandRun.succeed("bench", "speed", "gauss:40000", "--bits", "2,3", "--effort", "fast,best", "--seconds", "0",
        "--peers", "none", "--threads", "2", "-o", folder.resolve("speed"));
    assertThat(out).contains("processors", "M values/s");

    List<String[]> rows =
        Files.readAllLines(folder.resolve("speed.csv")).stream().skip(1).map(line -> line.split(",")).toList();
    // A multiplication and both ways of the front end; a rate's encoding by codec and effort on both numbers of threads,
    // decoding to pictures on one thread and to floats by codec on both numbers.
    assertThat(rows).hasSize(3 + 2 * (4 * 2 + 1 + 2 * 2));
    for (String[] row : rows) {
      assertThat(Double.parseDouble(row[5])).isPositive();
    }
    assertThat(rows).filteredOn(row -> row[2].matches("encode (fast|best)"))
        .extracting(row -> Math.round(Double.parseDouble(row[4])))
        .containsExactly(2L, 2L, 2L, 2L, 3L, 3L, 3L, 3L);
    assertThat(CommandRun.fail(2, "bench", "speed", "gauss:1000", "--peers", "x265"))
        .contains("x265 is not ffmpeg, x264 or none");
  }

  @Test
  void tensorsWithoutNoiseToMeasureAreLeftOutAndTold() throws IOException {
    Path constant = npy("constant.npy", new float[4096]);
    float[] values = new float[4096];
    values[7] = Float.NaN;
    Path notFinite = npy("nan.npy", values);

    CommandRun run = CommandRun.of("bench", "rd", constant, notFinite, "--peers", "none");
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(2)
        .anyMatch(line -> line.endsWith("all values are the same")).anyMatch(line -> line.endsWith("not finite"));
  }

  private Path npy(String name, float[] values) throws IOException {
    Path file = folder.resolve(name);
    try (OutputFile output = OutputFile.create(file)) {
      NpyFile.write(output, TensorView.copyOf("", new long[] {64, 64}, values));
      output.commit();
    }
    return file;
  }

  @Test
  void wrongArgumentsAreTold() {
    assertThat(CommandRun.fail(2, "bench", "rd", "gauss:1000", "--bits", "9")).contains("9.0 is not in 0.5..8");
    assertThat(CommandRun.fail(2, "bench", "rd", "gauss:1000", "--peers", "x266")).contains("x266");
    assertThat(CommandRun.fail(2, "bench", "rd", folder.resolve("none.npy"))).contains("none.npy");
    assertThat(CommandRun.fail(2, "bench", "speed", folder.resolve("none.npy"))).contains("none.npy");
  }
}
