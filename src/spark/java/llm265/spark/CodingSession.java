package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import llm265.cli.CodingFiles;
import llm265.cli.CodingOptions;
import llm265.model.CodingJob;
import llm265.model.CodingResult;
import llm265.model.JobCoding;
import llm265.model.ModelCompressor;
import llm265.model.StreamFile;

/** A compression as a process knows it that does tasks of it: made once in each, out of what the driver sends. */
final class CodingSession implements HeldSearch.Means {
  private static final Map<String, CodingSession> SESSIONS = new HashMap<>();

  private final Spec spec;
  private final OpenedModel model;
  private final ModelCompressor compressor;
  private final HeldSearches searches = new HeldSearches(this);

  /**
   * What the driver sends.
   *
   * @param id tells it from others in the same process
   * @param arguments say how tensors are coded
   * @param exact names of tensors that lose nothing
   */
  record Spec(
      String id, ModelFiles model, WorkFolder work, CodingArguments arguments, Set<String> exact)
      implements Serializable {}

  private CodingSession(Spec spec, OpenedModel model, ModelCompressor compressor) {
    this.spec = spec;
    this.model = model;
    this.compressor = compressor;
  }

  static CodingSession of(Spec spec) throws IOException {
    synchronized (SESSIONS) {
      CodingSession session = SESSIONS.get(spec.id());
      if (session == null) {
        session = open(spec);
        SESSIONS.put(spec.id(), session);
      }
      return session;
    }
  }

  private static CodingSession open(Spec spec) throws IOException {
    OpenedModel model = OpenedModel.open(spec.model(), spec.work().hadoop().value());
    CodingOptions options = spec.arguments().options();
    CodingFiles files = CodingArguments.openFiles(options);
    return new CodingSession(spec, model, CodingArguments.compressor(options, files, model.checkpoint(), spec.exact()));
  }

  @Override
  public WorkFolder work() {
    return spec.work();
  }

  OpenedModel model() {
    return model;
  }

  @Override
  public JobCoding jobs() {
    return compressor.withThreads(TaskThreads.EXECUTOR, TaskThreads.count()).jobs();
  }

  HeldSearches searches() {
    return searches;
  }

  @Override
  public OpenedModel.Fetched fetch(int tensor, Scratch scratch, Figures figures) throws IOException {
    OpenedModel.Fetched fetched = model.fetch(tensor, scratch);
    figures.add(fetched.view().name(), fetched.view().count(), fetched.view().byteSize());
    return fetched;
  }

  private String text(CodingJob job) {
    return StreamFile.text(model.checkpoint().tensors().get(job.tensor()), job);
  }

  private Store stream(String name) throws IOException {
    return work().file("streams").resolve(name);
  }

  /** The result of a job that has been done before. */
  Optional<CodedStream> stored(CodingJob job, Scratch scratch) throws IOException {
    String name = StreamFile.name(job);
    if (!stream(name).exists()) {
      return Optional.empty();
    }
    Optional<CodingResult> result = read(name, text(job), scratch);
    if (result.isEmpty()) {
      stream(name).delete();
    }
    return result.map(coded -> CodedStream.of(name, text(job), coded));
  }

  private Optional<CodingResult> read(String name, String job, Scratch scratch) throws IOException {
    Store stream = stream(name);
    return StreamFile.read(scratch.fetch(stream, 0, stream.status().length(), name), job);
  }

  /** A result with its stream on this machine. */
  CodingResult read(CodedStream stream, Scratch scratch) throws IOException {
    Optional<CodingResult> result = read(stream.file(), stream.job(), scratch);
    if (result.isEmpty()) {
      throw new IOException(work().place() + ": " + stream.file() + " is damaged; delete the folder");
    }
    return result.get();
  }

  /** Keeps the result of a job. */
  CodedStream store(CodingJob job, CodingResult result, Scratch scratch, Figures figures) throws IOException {
    String name = StreamFile.name(job);
    Path file = scratch.file(name);
    StreamFile.write(file, text(job), result);
    work().write(stream(name), file);
    figures.written().add(result.stream().size());
    return CodedStream.of(name, text(job), result);
  }
}
