package llm265.model;

import java.util.List;
import llm265.dtype.TensorView;

/** Codes tensors in this process, on the threads of the settings. */
final class LocalCoder implements TensorCoder {
  private final ModelSettings settings;
  private final StreamKeeper streams;
  private final JobCoding coding;

  LocalCoder(List<TensorView> tensors, ModelSettings settings, StreamKeeper streams) {
    this.settings = settings;
    this.streams = streams;
    coding = new JobCoding(tensors, settings);
  }

  @Override
  public void code(List<CodingJob> jobs, Results results) {
    settings.workers().forEachInOrder(
        jobs.size(), p -> coding.code(jobs.get(p), streams), (p, result) -> results.accept(jobs.get(p), result));
  }
}
