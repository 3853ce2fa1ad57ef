package llm265.fidelity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.model.CalibrationFile;
import llm265.moments.InputMoments;

/**
 * The inputs whose moments are finished, in a folder beside a calibration that is not: a small calibration for each. A text in
 * the folder tells by a digest what they are of.
 */
final class CalibrationParts {
  private static final String SUFFIX = ".part";
  private static final String SETTINGS = "settings.txt";
  private static final String PART = "input-%d.safetensors";

  private final Path folder;
  private final List<String> groups;

  private CalibrationParts(Path folder, List<String> groups) {
    this.folder = folder;
    this.groups = groups;
  }

  /**
   * Opens the folder of an output. If it is of other settings it is emptied, if there is none it is made.
   *
   * @param settings digest of all that moments depend on
   * @param groups all inputs, by their first layers
   */
  static CalibrationParts open(Path output, String settings, List<String> groups) throws IOException {
    CalibrationParts parts = new CalibrationParts(output.resolveSibling(output.getFileName() + SUFFIX), groups);
    Path file = parts.folder.resolve(SETTINGS);
    if (!Files.exists(file) || !Files.readString(file, StandardCharsets.ISO_8859_1).equals(settings)) {
      parts.remove();
      Files.createDirectories(parts.folder);
      Files.writeString(file, settings);
    }
    return parts;
  }

  private Path file(String group) {
    return folder.resolve(PART.formatted(groups.indexOf(group)));
  }

  /** The inputs that are not finished. A part that cannot be read is not. */
  List<String> missing() throws IOException {
    return groups.stream().filter(group -> !isFinished(group)).toList();
  }

  private boolean isFinished(String group) {
    try {
      return read(group) != null;
    } catch (IOException | ModelFormatException e) {
      return false;
    }
  }

  InputMoments read(String group) throws IOException {
    try (CalibrationFile file = CalibrationFile.open(file(group))) {
      return file.apply(group);
    }
  }

  void write(String group, InputMoments moments) throws IOException {
    CalibrationFile.write(file(group), Map.of(group, group), name -> moments, moments.tokens());
  }

  /** Removes the folder, and files of ours in it; leaves it if it has others. */
  void remove() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "{" + SETTINGS + ",input-*.safetensors,.input-*}")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    try (DirectoryStream<Path> rest = Files.newDirectoryStream(folder)) {
      if (!rest.iterator().hasNext()) {
        Files.delete(folder);
      }
    }
  }
}
