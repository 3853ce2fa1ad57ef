package llm265.model;

import java.util.List;
import llm265.tensor.encode.Probed;

/**
 * Measures and codes tensors of a model, somewhere. What a job comes to depends on the model, the settings and the job alone.
 */
public interface TensorCoder {
  /** Receives results in the order of jobs, never two at a time. */
  interface Results<J, R> {
    void accept(J job, R result);
  }

  /** Measures tensors at rates: codes a little of each. */
  void probe(List<ProbeJob> jobs, Results<ProbeJob, Probed> results);

  /**
   * Codes tensors.
   *
   * @throws java.io.UncheckedIOException if a stream cannot be written
   */
  void code(List<CodingJob> jobs, Results<CodingJob, CodingResult> results);
}
