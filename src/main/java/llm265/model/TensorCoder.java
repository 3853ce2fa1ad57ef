package llm265.model;

import java.util.List;

/** Codes tensors of a model, somewhere. What a job comes to depends on the model, the settings and the job alone. */
interface TensorCoder {
  /** Receives results in the order of jobs, never two at a time. */
  interface Results {
    void accept(CodingJob job, CodingResult result);
  }

  /**
   * Does jobs.
   *
   * @throws java.io.UncheckedIOException if a stream cannot be written
   */
  void code(List<CodingJob> jobs, Results results);
}
