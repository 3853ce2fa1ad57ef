package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.cli.output.Notes;
import llm265.dtype.TensorView;
import llm265.model.CodingJob;
import llm265.model.CodingResult;
import llm265.model.JobCoding;
import llm265.model.ProbeJob;
import llm265.model.TensorCoder;
import llm265.tensor.encode.Probed;
import org.apache.spark.broadcast.Broadcast;

/**
 * Has a cluster measure and code tensors: small ones by the dozen, large ones by ranges of their tiles. What is known of a model
 * when all tasks of a kind are done is kept, so that a driver that goes on asks for none of them again.
 */
final class ClusterCoder implements TensorCoder {
  /** Tasks of more work than this are worth starting however many there are: some seconds of coding. */
  private static final long WORTHWHILE_VALUES = 1 << 23;

  /**
   * Tensors of fewer values are not split: every process that takes part reads all of the tensor, and tries ways of coding before
   * it codes its tiles.
   */
  private static final long LEAST_SPLIT = 1 << 27;

  /** Ranges of a split tensor have this share of the values from which tensors are split. */
  private static final int RANGES_OF_LIMIT = 2;

  private final Cluster cluster;
  private final WorkFolder work;
  private final List<TensorView> tensors;
  private final JobCoding jobs;
  private final Broadcast<CodingSession.Spec> spec;
  private final Long givenLimit;
  private int calls;

  /**
   * A coder.
   *
   * @param tensors of the model; their data is not read
   * @param jobs knows which tensors can be split
   * @param limit tensors with more values are split; null for what fits the cluster
   */
  ClusterCoder(
      Cluster cluster, WorkFolder work, List<TensorView> tensors, JobCoding jobs, Broadcast<CodingSession.Spec> spec,
      Long limit) {
    this.cluster = cluster;
    this.work = work;
    this.tensors = tensors;
    this.jobs = jobs;
    this.spec = spec;
    this.givenLimit = limit;
  }

  @Override
  public void probe(List<ProbeJob> probes, Results<ProbeJob, Probed> results) {
    List<Probed> probed = kept(() -> {
      List<CodingTask> tasks = Batches.of(probes, job -> values(job.tensor()), cluster.threads(), WORTHWHILE_VALUES)
          .stream().<CodingTask>map(CodingTask.Probe::new).toList();
      List<Probed> all = new ArrayList<>();
      for (CodingTask.Outcome outcome : run("measure " + Notes.count(probes.size(), "tensor"), tasks)) {
        all.addAll(((CodingTask.Probe.Done) outcome).results());
      }
      return all;
    });
    for (int i = 0; i < probes.size(); i++) {
      results.accept(probes.get(i), probed.get(i));
    }
  }

  @Override
  public void code(List<CodingJob> coded, Results<CodingJob, CodingResult> results) {
    List<CodedStream> streams = kept(() -> {
      Map<CodingJob, CodedStream> done = codeAll(coded);
      return new ArrayList<>(coded.stream().map(done::get).toList());
    });
    for (int i = 0; i < coded.size(); i++) {
      results.accept(coded.get(i), streams.get(i).result());
    }
  }

  /** Finds something out. */
  private interface Finding<T> {
    List<T> get() throws IOException;
  }

  /** What a driver before has found out at this point, or what is found out now. */
  @SuppressWarnings("unchecked")
  private <T> List<T> kept(Finding<T> finding) {
    String name = "found-" + calls++;
    try {
      Optional<Object> before = work.load(name);
      if (before.isPresent()) {
        return (List<T>) before.get();
      }
      List<T> found = finding.get();
      work.save(name, (Serializable) found);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long values(int tensor) {
    return tensors.get(tensor).count();
  }

  /** Number of values from which tensors are split: a larger one would keep all others waiting for a single thread. */
  private long limit(List<CodingJob> coded) {
    long all = coded.stream().mapToLong(job -> values(job.tensor())).sum();
    return givenLimit != null ? givenLimit : Math.max(LEAST_SPLIT, all / cluster.threads());
  }

  private Map<CodingJob, CodedStream> codeAll(List<CodingJob> coded) throws IOException {
    long limit = limit(coded);
    Map<CodingJob, CodedStream> done = new HashMap<>();
    List<CodingJob> whole = new ArrayList<>();
    List<SplitTensor> split = new ArrayList<>();
    for (CodingJob job : coded) {
      if (values(job.tensor()) > limit && jobs.mayPass(tensors.get(job.tensor()))) {
        split.add(SplitTensor.begin(job));
      } else {
        whole.add(job);
      }
    }
    List<SplitTensor> open = advance(split, limit, done);
    List<ArrayList<CodingJob>> batches =
        Batches.of(whole, job -> values(job.tensor()), cluster.threads(), WORTHWHILE_VALUES);
    while (!open.isEmpty() || !batches.isEmpty()) {
      List<CodingTask> tasks = new ArrayList<>();
      open.forEach(tensor -> {
        for (int range = 0; range < tensor.passes().getLast().ranges(); range++) {
          tasks.add(new CodingTask.Tiles(tensor, range));
        }
      });
      batches.forEach(batch -> tasks.add(new CodingTask.Whole(batch)));
      List<CodingTask.Outcome> outcomes = run("code " + tasks(tasks, open, batches), tasks);
      for (int i = 0; i < tasks.size(); i++) {
        if (tasks.get(i) instanceof CodingTask.Whole batch) {
          List<CodedStream> results = ((CodingTask.Whole.Done) outcomes.get(i)).results();
          for (int j = 0; j < results.size(); j++) {
            done.put(batch.jobs().get(j), results.get(j));
          }
        }
      }
      batches = List.of();
      open = advance(open, limit, done);
    }
    return done;
  }

  private static String tasks(List<CodingTask> tasks, List<SplitTensor> open, List<ArrayList<CodingJob>> batches) {
    long whole = batches.stream().mapToLong(List::size).sum();
    return Notes.count(whole, "tensor") + (open.isEmpty() ? ""
        : ", and " + (tasks.size() - batches.size()) + " parts of " + Notes.count(open.size(), "other"));
  }

  /** Goes on with searches; returns those that need another pass. */
  private List<SplitTensor> advance(List<SplitTensor> split, long limit, Map<CodingJob, CodedStream> done)
      throws IOException {
    List<CodingTask> tasks = split.stream().<CodingTask>map(CodingTask.Advance::new).toList();
    List<CodingTask.Outcome> outcomes = run("search for " + Notes.count(split.size(), "target"), tasks);
    List<SplitTensor> open = new ArrayList<>();
    for (int i = 0; i < split.size(); i++) {
      SplitTensor tensor = split.get(i);
      switch (outcomes.get(i)) {
        case CodingTask.Advance.Done end -> {
          done.put(tensor.job(), end.result());
          work.file(tensor.folder()).delete();
        }
        case CodingTask.Advance.Next next -> open.add(tensor.with(pass(tensor, limit, next.tiles())));
        default -> throw new IllegalStateException(outcomes.get(i).toString());
      }
    }
    return open;
  }

  private SplitTensor.Pass pass(SplitTensor tensor, long limit, int tiles) {
    double share = (double) (limit / RANGES_OF_LIMIT) / values(tensor.job().tensor());
    return new SplitTensor.Pass(tiles, Math.max(1, (int) (tiles * share)));
  }

  private List<CodingTask.Outcome> run(String description, List<CodingTask> tasks) throws IOException {
    Broadcast<CodingSession.Spec> shared = spec;
    return cluster.run(
        description, tasks, task -> task.tensors().stream().mapToLong(this::values).sum(),
        (task, scratch, figures) -> task.run(CodingSession.of(shared.value()), scratch, figures));
  }
}
