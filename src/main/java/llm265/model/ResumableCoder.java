package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import llm265.dtype.TensorView;

/**
 * Codes tensors in this process, and keeps every result in a folder. Jobs whose results are there already are not done again: the
 * folder belongs to one input and one choice of settings, so a job's number and round say what it came to.
 */
final class ResumableCoder extends LocalCoder {
  private final Path folder;

  ResumableCoder(List<TensorView> tensors, ModelSettings settings, Path folder) {
    super(tensors, settings, null);
    this.folder = folder;
  }

  @Override
  CodingResult code(CodingJob job) {
    Path file = folder.resolve(StreamFile.name(job));
    String text = StreamFile.text(tensor(job.tensor()), job);
    try {
      Optional<CodingResult> before = StreamFile.read(file, text);
      if (before.isPresent()) {
        return before.get();
      }
      Files.deleteIfExists(file);
      try (Spool spool = new Spool(folder)) {
        return StreamFile.write(file, text, code(job, spool));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
