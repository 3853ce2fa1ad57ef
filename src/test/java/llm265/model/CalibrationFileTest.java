package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import llm265.moments.InputMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationFileTest {
  private static final InputMoments OF_Q = new InputMoments(new double[] {4, 1, 1, 9}, new double[] {1.5, 2.5}, 7);
  private static final InputMoments OF_O =
      new InputMoments(new double[] {1, 0, 0, 0, 2, 0, 0, 0, 3}, new double[] {1, 1, 1}, 7);

  @TempDir private Path folder;

  private Path write() throws IOException {
    Path file = folder.resolve("calibration.safetensors");
    Map<String, String> groups = new LinkedHashMap<>();
    groups.put("q", "q");
    groups.put("k", "q");
    groups.put("o", "o");
    CalibrationFile.write(file, groups, group -> group.equals("q") ? OF_Q : OF_O, 7);
    return file;
  }

  @Test
  void layersOfAGroupHaveItsMoments() throws IOException {
    try (CalibrationFile file = CalibrationFile.open(write())) {
      assertThat(file.layers()).containsExactly("q", "k", "o");
      assertThat(file.tokens()).isEqualTo(7);
      assertThat(file.apply("k").second()).containsExactly(4, 1, 1, 9);
      assertThat(file.apply("q").meanMagnitude()).containsExactly(1.5, 2.5);
      assertThat(file.apply("o").second()).isEqualTo(OF_O.second());
      assertThat(file.apply("v")).isNull();
      assertThat(file.isOf("v")).isFalse();
    }
  }

  @Test
  void meanSquaresAreSensitivities() throws IOException {
    SensitivityFile sensitivity = SensitivityFile.read(write());
    assertThat(sensitivity.apply("k")).containsExactly(4, 9);
    assertThat(sensitivity.apply("o")).containsExactly(1, 2, 3);
    assertThat(sensitivity.apply("q.moments")).isNull();
  }

  @Test
  void layersThatAModelLacksAreNamed() throws IOException {
    Path model = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 0)) {
      writer.add(TensorView.copyOf("q", new long[] {2, 2}, new float[4]));
      writer.commit(Map.of());
    }
    try (Checkpoint checkpoint = Checkpoint.open(model); CalibrationFile file = CalibrationFile.open(write())) {
      assertThatThrownBy(() -> file.requireAllOf(checkpoint))
          .isInstanceOf(ModelFormatException.class).hasMessageContaining("\"k\" is no tensor of");
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertRefused(Map.of(), "is no calibration");
    assertRefused(Map.of("llm265.calibration", "[]"), "is damaged");
    assertRefused(Map.of("llm265.calibration", "{\"layers\":{\"q\":\"q\"},\"tokens\":0}"), "is damaged");
    assertRefused(Map.of("llm265.calibration", "{\"layers\":{\"q\":\"q\"},\"tok"), "is damaged");
    assertRefused(Map.of("llm265.calibration", "{\"layers\":{\"q\":\"v\"},\"tokens\":3}"), "\"v.magnitudes\" is missing");
    assertRefused(Map.of("llm265.calibration", "{\"layers\":{\"q\":\"q\"},\"tokens\":3}"), "does not fit");
  }

  private void assertRefused(Map<String, String> metadata, String message) throws IOException {
    Path path = folder.resolve("other.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 1000)) {
      writer.add(TensorView.copyOf("q.moments", new long[] {2, 3}, new float[6]));
      writer.add(TensorView.copyOf("q.magnitudes", new long[] {2}, new float[2]));
      writer.commit(metadata);
    }
    assertThatThrownBy(() -> CalibrationFile.open(path)).isInstanceOf(ModelFormatException.class).hasMessageContaining(message);
  }

  @Test
  void damagedFilesAreFaultsOfTheFormat() throws IOException {
    byte[] good = Files.readAllBytes(write());
    Random random = new Random(1);
    Path path = folder.resolve("damaged.safetensors");
    int refused = 0;
    for (int i = 0; i < 160; i++) {
      byte[] bytes = i % 4 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      for (int flip = 0; i % 4 > 0 && flip < i % 4; flip++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(path, bytes);
      try (CalibrationFile file = CalibrationFile.open(path)) {
        file.layers().forEach(file::apply);
        SensitivityFile.read(path);
      } catch (ModelFormatException e) {
        assertThat(e.getMessage()).doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(80);
  }
}
