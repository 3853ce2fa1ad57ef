package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.model.CodingJob;
import llm265.model.CodingResult;
import llm265.model.ProbeJob;
import llm265.model.Spool;
import llm265.tensor.encode.Probed;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TileCoder;

/** The work of one task of a compression. Its outcome depends on it alone, and what it writes has its name from it. */
sealed interface CodingTask extends Serializable {
  /** What a task comes to. */
  sealed interface Outcome extends Serializable {}

  /** Numbers of the tensors that it needs. */
  List<Integer> tensors();

  Outcome run(CodingSession session, Scratch scratch, Figures figures) throws IOException;

  /** Tensors to be measured, one after the other. */
  record Probe(List<ProbeJob> jobs) implements CodingTask {
    /** In the order of the jobs. */
    record Done(List<Probed> results) implements Outcome {}

    @Override
    public List<Integer> tensors() {
      return jobs.stream().map(ProbeJob::tensor).toList();
    }

    @Override
    public Outcome run(CodingSession session, Scratch scratch, Figures figures) throws IOException {
      List<Probed> results = new ArrayList<>();
      for (ProbeJob job : jobs) {
        try (OpenedModel.Fetched tensor = session.fetch(job.tensor(), scratch, figures)) {
          results.add(session.jobs().probe(tensor.view(), job));
        }
      }
      return new Done(results);
    }
  }

  /** Tensors to be coded, one after the other. */
  record Whole(List<CodingJob> jobs) implements CodingTask {
    /** In the order of the jobs. */
    record Done(List<CodedStream> results) implements Outcome {}

    @Override
    public List<Integer> tensors() {
      return jobs.stream().map(CodingJob::tensor).toList();
    }

    @Override
    public Outcome run(CodingSession session, Scratch scratch, Figures figures) throws IOException {
      List<CodedStream> results = new ArrayList<>();
      for (CodingJob job : jobs) {
        Optional<CodedStream> before = session.stored(job, scratch);
        if (before.isPresent()) {
          results.add(before.get());
        } else {
          try (OpenedModel.Fetched tensor = session.fetch(job.tensor(), scratch, figures);
              Spool spool = new Spool(scratch.folder())) {
            results.add(session.store(job, session.jobs().code(tensor.view(), job, spool), scratch, figures));
          }
        }
      }
      return new Done(results);
    }
  }

  /** A split tensor whose last pass has been made: the search goes on from there, to its end or to another pass. */
  record Advance(SplitTensor tensor) implements CodingTask {
    /** The end of the search. */
    record Done(CodedStream result) implements Outcome {}

    /** @param tiles of the next pass */
    record Next(int tiles) implements Outcome {}

    @Override
    public List<Integer> tensors() {
      return List.of(tensor.job().tensor());
    }

    @Override
    public Outcome run(CodingSession session, Scratch scratch, Figures figures) throws IOException {
      CodingJob job = tensor.job();
      Optional<CodedStream> before = session.stored(job, scratch);
      if (before.isPresent()) {
        return new Done(before.get());
      }
      Outcome outcome = session.searches().use(tensor, figures, search -> {
        CodingResult result = search.result(tensor);
        return result == null ? new Next(search.tiles()) : new Done(session.store(job, result, scratch, figures));
      });
      if (outcome instanceof Done) {
        session.searches().end(job);
      }
      return outcome;
    }
  }

  /**
   * Some tiles of the last pass over a split tensor.
   *
   * @param range number of the range
   */
  record Tiles(SplitTensor tensor, int range) implements CodingTask {
    /** They are in their file. */
    record Done() implements Outcome {}

    @Override
    public List<Integer> tensors() {
      return List.of(tensor.job().tensor());
    }

    @Override
    public Outcome run(CodingSession session, Scratch scratch, Figures figures) throws IOException {
      SplitTensor.Pass plan = tensor.passes().getLast();
      Store file = tensor.file(session.work(), tensor.passes().size() - 1, plan, range);
      if (file.exists()) {
        return new Done();
      }
      SplitTensor before = tensor.before();
      List<CodedTile> coded = new ArrayList<>();
      session.searches().use(before, figures, search -> {
        TileCoder coder = search.coder(before);
        int begin = plan.begin(range);
        TaskThreads.workers().forEachInOrder(
            plan.end(range) - begin, i -> coder.code(begin + i), (i, tile) -> coded.add(tile));
        return null;
      });
      session.work().write(file, out -> TileFile.write(coded, out));
      figures.written().add(file.status().length());
      return new Done();
    }
  }
}
