package llm265.model;

import java.util.List;
import llm265.dtype.TensorView;
import llm265.tensor.encode.Probed;

/** Codes tensors in this process, on the threads of the settings. */
class LocalCoder implements TensorCoder {
  private final List<TensorView> tensors;
  private final ModelSettings settings;
  private final StreamKeeper streams;
  private final JobCoding coding;

  /** @param streams keeps the streams; null if nothing but probes is asked for */
  LocalCoder(List<TensorView> tensors, ModelSettings settings, StreamKeeper streams) {
    this.tensors = tensors;
    this.settings = settings;
    this.streams = streams;
    coding = new JobCoding(settings);
  }

  @Override
  public final void probe(List<ProbeJob> jobs, Results<ProbeJob, Probed> results) {
    settings.workers().forEachInOrder(
        jobs.size(), p -> coding.probe(tensor(jobs.get(p).tensor()), jobs.get(p)),
        (p, probed) -> results.accept(jobs.get(p), probed));
  }

  @Override
  public final void code(List<CodingJob> jobs, Results<CodingJob, CodingResult> results) {
    settings.workers().forEachInOrder(
        jobs.size(), p -> code(jobs.get(p)), (p, result) -> results.accept(jobs.get(p), result));
  }

  final TensorView tensor(int number) {
    return tensors.get(number);
  }

  CodingResult code(CodingJob job) {
    return code(job, streams);
  }

  final CodingResult code(CodingJob job, StreamKeeper keeper) {
    return coding.code(tensor(job.tensor()), job, keeper);
  }
}
