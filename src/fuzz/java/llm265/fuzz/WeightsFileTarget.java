package llm265.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import llm265.model.CalibrationFile;
import llm265.model.SensitivityFile;
import llm265.moments.InputMoments;

/** Files of sensitivities and of calibrations. */
final class WeightsFileTarget extends FileTarget {
  WeightsFileTarget() {
    super("weights", "a.safetensors");
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    Path path = folder().resolve("seed.safetensors");
    List<byte[]> seeds = new ArrayList<>();
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(TensorView.copyOf("a.weight", new long[] {4}, 1, 2, 3, 4));
      writer.commit(Map.of());
    }
    seeds.add(Files.readAllBytes(path));
    CalibrationFile.write(
        path, Map.of("a.weight", "a.weight", "b.weight", "a.weight"),
        group -> new InputMoments(new double[] {2, 1, 1, 2}, new double[] {1, 1}, 10), 10);
    seeds.add(Files.readAllBytes(path));
    return seeds;
  }

  @Override
  void read(Path file) throws IOException {
    try {
      SensitivityFile.read(file);
    } catch (ModelFormatException e) {
      Refusals.check(e);
    }
    try (CalibrationFile calibration = CalibrationFile.open(file)) {
      for (String layer : calibration.layers()) {
        calibration.apply(layer);
      }
    } catch (ModelFormatException e) {
      Refusals.check(e);
    }
  }
}
