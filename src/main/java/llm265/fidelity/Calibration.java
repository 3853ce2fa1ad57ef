package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.lm.weights.ModelFolder;
import llm265.model.CalibrationFile;
import llm265.parallel.Workers;

/**
 * What calibrated methods see of a model: the text, and moments of inputs while the original reads it. These are measured when
 * they are first asked for, and kept in a temporary file. Used by one thread at a time.
 */
final class Calibration implements AutoCloseable {
  private final ModelFolder folder;
  private final TokenWindows text;
  private final Workers workers;
  private Path temporary;
  private CalibrationFile moments;

  Calibration(ModelFolder folder, TokenWindows text, Workers workers) {
    this.folder = folder;
    this.text = text;
    this.workers = workers;
  }

  TokenWindows text() {
    return text;
  }

  CalibrationFile moments() throws IOException {
    if (moments == null) {
      temporary = Files.createTempDirectory("llm265");
      Path file = temporary.resolve("calibration.safetensors");
      new Calibrator(folder, text, workers).write(file, Calibrator.Listener.NONE);
      moments = CalibrationFile.open(file);
    }
    return moments;
  }

  @Override
  public void close() throws IOException {
    if (moments != null) {
      moments.close();
      Files.delete(temporary.resolve("calibration.safetensors"));
      Files.delete(temporary);
    }
  }
}
