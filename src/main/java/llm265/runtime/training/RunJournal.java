package llm265.runtime.training;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file with a line for each finished run, by its description, so that no run is made twice: description, checksum of the
 * weights, and name=value for each figure, with tabs between them. A line is whole once its newline is there.
 */
public final class RunJournal {
  private static final String TAB = "\t";

  private final Path file;
  private final Map<String, RunFigures> runs = new LinkedHashMap<>();

  private RunJournal(Path file) {
    this.file = file;
  }

  /** One that is not kept. */
  public static RunJournal inMemory() {
    return new RunJournal(null);
  }

  /**
   * Opens a journal; there is none yet if the file is missing.
   *
   * @throws IOException if the file is something else, or cannot be read
   */
  public static RunJournal open(Path file) throws IOException {
    RunJournal journal = new RunJournal(file);
    if (Files.exists(file)) {
      String text;
      try {
        text = Files.readString(file);
      } catch (MalformedInputException e) {
        throw notOne(file, e);
      }
      // What follows the last newline was cut off when the program ended.
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      for (String line : whole.lines().toList()) {
        journal.read(line);
      }
      if (whole.length() < text.length()) {
        Files.writeString(file, whole);
      }
    }
    return journal;
  }

  private void read(String line) throws IOException {
    String[] cells = line.split(TAB);
    Map<String, Double> values = new LinkedHashMap<>();
    try {
      for (int i = 2; i < cells.length; i++) {
        int equals = cells[i].indexOf('=');
        values.put(cells[i].substring(0, equals), Double.valueOf(cells[i].substring(equals + 1)));
      }
      runs.put(cells[0], new RunFigures(values, cells[1]));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw notOne(file, e);
    }
  }

  private static IOException notOne(Path file, Exception cause) {
    return new IOException(file + ": not a journal of training runs", cause);
  }

  /** The run of a description, if it has been finished. */
  public Optional<RunFigures> find(String description) {
    return Optional.ofNullable(runs.get(description));
  }

  /** Adds a finished run. */
  public void add(String description, RunFigures figures) throws IOException {
    runs.put(description, figures);
    if (file == null) {
      return;
    }
    StringBuilder line = new StringBuilder(description).append(TAB).append(figures.fingerprint());
    figures.values().forEach((name, value) -> line.append(TAB).append(name).append('=').append(value));
    Files.writeString(
        file, line.append('\n'), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
