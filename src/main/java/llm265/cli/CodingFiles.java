package llm265.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.Notes;
import llm265.model.CalibrationFile;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.model.SensitivityFile;

/** The files of {@code --sensitivity} and {@code --calibration}, while a model is compressed with them. */
public final class CodingFiles implements Closeable {
  private final Path sensitivity;
  private final SensitivityFile weights;
  private final CalibrationFile moments;

  private CodingFiles(Path sensitivity, SensitivityFile weights, CalibrationFile moments) {
    this.sensitivity = sensitivity;
    this.weights = weights;
    this.moments = moments;
  }

  /**
   * Opens the files.
   *
   * @param sensitivity null for none
   * @param calibration null for none
   */
  public static CodingFiles open(Path sensitivity, Path calibration) throws IOException {
    CalibrationFile moments = calibration == null ? null : CalibrationFile.open(calibration);
    try {
      return new CodingFiles(sensitivity, sensitivity == null ? null : SensitivityFile.read(sensitivity), moments);
    } catch (IOException | RuntimeException e) {
      if (moments != null) {
        moments.close();
      }
      throw e;
    }
  }

  /** The compressor with what the files say, once they are seen to be of the checkpoint. */
  public ModelCompressor apply(ModelCompressor compressor, Checkpoint checkpoint) {
    ModelCompressor result = compressor;
    if (weights != null) {
      weights.requireAllOf(checkpoint.tensors());
      result = result.withSensitivity(weights);
    }
    if (moments != null) {
      moments.requireAllOf(checkpoint);
      result = result.withCalibration(moments);
    }
    return result;
  }

  /** What the user should know of what came of them. */
  public List<String> notes(CompressionReport report) {
    List<String> notes = new ArrayList<>();
    if (weights != null && weights.zeros() > 0) {
      notes.add(sensitivity + ": " + Notes.count(weights.zeros(), "weight") + " of 0: such channels are coded as the median of "
          + "the tensor's others");
    }
    if (moments != null) {
      long calibrated = report.tensors().stream().filter(tensor -> tensor.isLossy() && moments.isOf(tensor.name())).count();
      notes.add(Notes.count(calibrated, "tensor") + " calibrated on " + Notes.count(moments.tokens(), "token"));
    }
    return notes;
  }

  @Override
  public void close() throws IOException {
    if (moments != null) {
      moments.close();
    }
  }
}
