package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;

/**
 * Sizes and qualities of small tensors of several kinds, at every effort, against a table: a change in it must be meant. Written
 * anew with {@code -Dllm265.rd.update=true}.
 */
class RateDistortionTableTest {
  private static final Path TABLE = Path.of("src/test/resources/llm265/rate-distortion.csv");
  private static final String HEADER = "tensor,effort,bits_wanted,bytes,snr_db";
  private static final int ROWS = 96;
  private static final int COLUMNS = 160;

  private static Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("gauss", filled((random, y, x) -> random.nextGaussian()));
    tensors.put("laplace", filled((random, y, x) -> {
      double u = random.nextDouble() - 0.5;
      return -Math.signum(u) * StrictMath.log(1 - 2 * Math.abs(u));
    }));
    tensors.put("scaled-columns", filled((random, y, x) -> random.nextGaussian() * StrictMath.exp((x * 37 % 101 - 50) / 60.0)));
    tensors.put("waves", filled((random, y, x) ->
        StrictMath.sin(y * 0.05 * (1 + x % 5)) * StrictMath.cos(x * 0.3) + 0.02 * random.nextGaussian()));
    tensors.put("outliers", filled((random, y, x) -> random.nextGaussian() * (random.nextInt(200) == 0 ? 40 : 1)));
    return tensors;
  }

  private interface Value {
    double at(Random random, int y, int x);
  }

  private static float[] filled(Value value) {
    Random random = new Random(7);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.at(random, i / COLUMNS, i % COLUMNS);
    }
    return values;
  }

  @Test
  void sizesAndQualitiesAreThoseOfTheTable() throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    // In parallel but in order: what an encoder makes does not depend on what runs beside it.
    lines.addAll(tensors().entrySet().parallelStream()
        .flatMap(tensor -> Arrays.stream(Effort.values()).flatMap(effort -> rows(tensor.getKey(), tensor.getValue(), effort)))
        .toList());
    if (Boolean.getBoolean("llm265.rd.update")) {
      Files.write(TABLE, lines);
    }
    assertThat(lines)
        .as("sizes or qualities have changed; if that is meant, write the table anew: "
            + "mvn test -Dtest=RateDistortionTableTest -Dllm265.rd.update=true")
        .isEqualTo(Files.readAllLines(TABLE));
  }

  private static Stream<String> rows(String name, float[] values, Effort effort) {
    return IntStream.rangeClosed(2, 4).mapToObj(bits -> {
      byte[] stream = TensorEncoder.atBits(bits).withEffort(effort).encode(values, ROWS, COLUMNS);
      double snr = TensorEncoderTest.snr(values, TensorDecoder.decode(stream));
      return String.format(
          Locale.ROOT, "%s,%s,%d,%d,%.4f", name, effort.toString().toLowerCase(Locale.ROOT), bits, stream.length, snr);
    });
  }
}
