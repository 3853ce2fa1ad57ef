package llm265.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import llm265.model.CodingResult;
import llm265.model.JobCoding;
import llm265.model.Spool;
import llm265.parallel.Workers;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TileCoder;

/**
 * The search for the target of a split tensor, on a thread of its own. It stops at a pass that has not been made; then tasks
 * of this process code tiles of that pass with its coder, side by side. Once all tiles of the pass wait in their files,
 * whoever coded them, it reads them and goes on. It has read the whole tensor and tried ways of coding before the first pass:
 * that is done once in a process, not in every task.
 */
final class HeldSearch implements AutoCloseable {
  private final SplitTensor begun;
  private final WorkFolder work;
  private final Scratch scratch;
  private final OpenedModel.Fetched tensor;
  private final Spool spool;
  private final List<SplitTensor.Pass> plans = new ArrayList<>();
  private int pass;
  private TileCoder coder;
  private int tiles;
  private CodingResult result;
  private Throwable fault;
  private boolean isClosed;

  /** What a search is made with. */
  interface Means {
    WorkFolder work();

    /** Does jobs on the threads of the calling task. */
    JobCoding jobs();

    OpenedModel.Fetched fetch(int tensor, Scratch scratch, Figures figures) throws IOException;
  }

  /** The search is of no use any more. */
  private static final class Closed extends RuntimeException {
    Closed() {
      super("closed", null, false, false);
    }
  }

  private HeldSearch(SplitTensor begun, WorkFolder work, Scratch scratch, OpenedModel.Fetched tensor) {
    this.begun = begun;
    this.work = work;
    this.scratch = scratch;
    this.tensor = tensor;
    this.spool = new Spool(scratch.folder());
  }

  /**
   * Begins a search.
   *
   * @param tensor what is searched for
   * @param means fetch the tensor's data, which the search keeps
   */
  static HeldSearch begin(SplitTensor tensor, Means means, Figures figures) throws IOException {
    Scratch scratch = Scratch.create();
    try {
      HeldSearch search = new HeldSearch(
          tensor, means.work(), scratch, means.fetch(tensor.job().tensor(), scratch, figures));
      JobCoding coding = means.jobs().withPasses(search::make);
      Thread thread = new Thread(() -> search.search(coding), "search for " + tensor.job().target());
      thread.setDaemon(true);
      thread.start();
      return search;
    } catch (IOException | RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  private void search(JobCoding coding) {
    try {
      CodingResult found = coding.code(tensor.view(), begun.job(), spool);
      synchronized (this) {
        result = found;
        notifyAll();
        while (!isClosed) {
          pause();
        }
      }
    } catch (Closed e) {
      // Whoever closed it knows.
    } catch (Throwable e) {
      synchronized (this) {
        fault = e;
        notifyAll();
      }
    } finally {
      free();
    }
  }

  private void free() {
    try {
      spool.close();
      tensor.close();
      scratch.close();
    } catch (IOException e) {
      // What is left goes with the process.
    }
  }

  private void make(int count, TileCoder of, Workers.Consumer<CodedTile> results) {
    SplitTensor.Pass plan = await(count, of);
    if (plan.tiles() != count) {
      throw new IllegalStateException("pass " + pass + " has " + count + " tiles, not " + plan.tiles());
    }
    int[] number = {0};
    for (int range = 0; range < plan.ranges(); range++) {
      read(plan, range, tile -> results.accept(number[0]++, tile));
    }
    synchronized (this) {
      pass++;
    }
  }

  private void read(SplitTensor.Pass plan, int range, TileFile.Tiles results) {
    try {
      Store file = begun.file(work, pass, plan, range);
      try (InputStream in = file.open()) {
        TileFile.read(in, plan.end(range) - plan.begin(range), results);
      } catch (IOException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized SplitTensor.Pass await(int count, TileCoder of) {
    tiles = count;
    coder = of;
    notifyAll();
    while (plans.size() <= pass && !isClosed) {
      pause();
    }
    if (isClosed) {
      throw new Closed();
    }
    coder = null;
    return plans.get(pass);
  }

  private void pause() {
    try {
      wait();
    } catch (InterruptedException e) {
      isClosed = true;
    }
  }

  /** Whether it has not gone beyond the passes that a tensor has been given. */
  synchronized boolean mayReach(SplitTensor other) {
    return fault == null && !isClosed && plans.size() <= other.passes().size()
        && plans.equals(other.passes().subList(0, plans.size()));
  }

  /** Waits until it has made all passes that a tensor has been given. */
  private void reach(SplitTensor other) throws IOException, InterruptedException {
    plans.addAll(other.passes().subList(plans.size(), other.passes().size()));
    notifyAll();
    while (fault == null && result == null && !isClosed && !(coder != null && pass == other.passes().size())) {
      wait();
    }
    switch (fault) {
      case null -> { }
      case UncheckedIOException e -> throw e.getCause();
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IOException(fault);
    }
    if (isClosed) {
      throw new IOException("the search has been closed");
    }
  }

  /** The coder of the pass behind those that a tensor has been given. */
  synchronized TileCoder coder(SplitTensor other) throws IOException, InterruptedException {
    reach(other);
    if (result != null) {
      throw new IllegalStateException("the search for " + begun.job().target() + " has no more passes");
    }
    return coder;
  }

  /** What comes behind the passes that a tensor has been given: the end, or else null. */
  synchronized CodingResult result(SplitTensor other) throws IOException, InterruptedException {
    reach(other);
    return result;
  }

  /** Number of tiles of the pass that it has stopped at. */
  synchronized int tiles() {
    return tiles;
  }

  /** Ends it. Its coder is used by nobody any more. */
  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
