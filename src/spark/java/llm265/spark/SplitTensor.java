package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import llm265.model.CodingJob;

/**
 * A job on a tensor so large that several tasks code its tiles. Every process that takes part makes the search for the job's
 * target itself, from the tiles of the passes before: it is the same each time. So no state of it has to travel.
 *
 * @param job the job
 * @param passes the passes that have been asked for so far
 */
record SplitTensor(CodingJob job, List<Pass> passes) implements Serializable {
  private static final String FOLDER = "tiles";

  SplitTensor {
    passes = List.copyOf(passes);
  }

  /**
   * A pass over the tiles, some of them by each task.
   *
   * @param tiles number of tiles
   * @param step number of tiles of a task, but for the last
   */
  record Pass(int tiles, int step) implements Serializable {
    int ranges() {
      return Math.ceilDiv(tiles, step);
    }

    int begin(int range) {
      return range * step;
    }

    int end(int range) {
      return Math.min(tiles, begin(range + 1));
    }
  }

  static SplitTensor begin(CodingJob job) {
    return new SplitTensor(job, List.of());
  }

  SplitTensor with(Pass pass) {
    List<Pass> more = new ArrayList<>(passes);
    more.add(pass);
    return new SplitTensor(job, more);
  }

  /** The same without the last pass, which is being made. */
  SplitTensor before() {
    return new SplitTensor(job, passes.subList(0, passes.size() - 1));
  }

  /** Where coded tiles of a range of a pass wait. */
  Store file(WorkFolder work, int pass, Pass plan, int range) throws IOException {
    return work.file(folder()).resolve(pass + "-" + plan.begin(range) + "-" + plan.end(range));
  }

  /** The folder of all of them. */
  String folder() {
    return FOLDER + "/" + job.tensor() + "-" + job.round();
  }
}
