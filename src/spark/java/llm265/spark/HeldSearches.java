package llm265.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.model.CodingJob;

/** The searches for targets of split tensors that a process has begun: those in use, and the last few that may be again. */
final class HeldSearches {
  /** As many wait unused at most: each keeps the data of its tensor. */
  private static final int MOST_UNUSED = 2;

  private final HeldSearch.Means means;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  HeldSearches(HeldSearch.Means means) {
    this.means = means;
  }

  private static final class Entry {
    private HeldSearch search;
    private int users;
  }

  /** Does something with a search while nobody closes it. */
  interface Use<R> {
    R with(HeldSearch search) throws IOException, InterruptedException;
  }

  /** Uses the search for a tensor's target, which goes as far as the passes that the tensor has been given. */
  <R> R use(SplitTensor tensor, Figures figures, Use<R> use) throws IOException {
    Entry entry = enter(tensor.job());
    try {
      return use.with(open(entry, tensor, figures));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      leave(entry);
    }
  }

  private synchronized Entry enter(CodingJob job) {
    Entry entry = entries.computeIfAbsent(job.tensor() + "-" + job.round(), key -> new Entry());
    entry.users++;
    return entry;
  }

  private HeldSearch open(Entry entry, SplitTensor tensor, Figures figures) throws IOException {
    synchronized (entry) {
      if (entry.search == null || !entry.search.mayReach(tensor)) {
        // One that is too far, or has failed. Tasks of a pass begin when all those of the pass before have ended: only attempts
        // whose work somebody else has done can be late, and they find that out before they come here.
        close(entry);
        entry.search = HeldSearch.begin(SplitTensor.begin(tensor.job()), means, figures);
      }
      return entry.search;
    }
  }

  private synchronized void leave(Entry entry) {
    entry.users--;
    List<Entry> unused = new ArrayList<>(entries.values().stream().filter(other -> other.users == 0).toList());
    for (Entry old : unused.subList(0, Math.max(0, unused.size() - MOST_UNUSED))) {
      entries.values().remove(old);
      close(old);
    }
  }

  private static void close(Entry entry) {
    if (entry.search != null) {
      entry.search.close();
    }
  }

  /** Ends the search for a tensor's target, which has been found. */
  synchronized void end(CodingJob job) {
    Entry entry = entries.remove(job.tensor() + "-" + job.round());
    if (entry != null) {
      close(entry);
    }
  }
}
