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
final class ResumableCoder implements TensorCoder {
  private final List<TensorView> tensors;
  private final ModelSettings settings;
  private final JobCoding coding;
  private final Path folder;

  ResumableCoder(List<TensorView> tensors, ModelSettings settings, Path folder) {
    this.tensors = tensors;
    this.settings = settings;
    this.folder = folder;
    coding = new JobCoding(tensors, settings);
  }

  @Override
  public void code(List<CodingJob> jobs, Results results) {
    settings.workers().forEachInOrder(
        jobs.size(), p -> code(jobs.get(p)), (p, result) -> results.accept(jobs.get(p), result));
  }

  private CodingResult code(CodingJob job) {
    Path file = folder.resolve(job.tensor() + "-" + job.round() + ".stream");
    String text = tensors.get(job.tensor()) + " round " + job.round() + " " + job.target();
    try {
      Optional<CodingResult> before = StreamFile.read(file, text);
      if (before.isPresent()) {
        return before.get();
      }
      Files.deleteIfExists(file);
      try (Spool spool = new Spool(folder)) {
        return StreamFile.write(file, text, coding.code(job, spool));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
