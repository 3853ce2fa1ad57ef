package llm265.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.CRC32C;
import llm265.runtime.kv.CellModel;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.ValueAxes;

/**
 * Models of cells on principal axes that writer and reader learn alike from decoded tokens: when there are 64 of them, and
 * whenever they have doubled since, up to 4,096. They are learned when somebody asks for them, and those asked for last are kept.
 * Thread-safe, as long as pages do not change. SPEC.md, "Learned axes".
 */
final class KvAxes {
  private static final int MOST_TOKENS = 4096;

  /** Share of a squared step by which decoded tokens differ: less than measured, as laws forgive more than less. */
  private static final double NOISE = 0.1;

  /** Models of a cell that are kept: of the pages that are read, and of those before. Others are learned again when wanted. */
  private static final int KEPT = 2;

  /** The pages of a sequence. */
  interface Pages {
    /** Tokens of a page that can be learned from: those that count, without sinks; none where it was evicted. */
    int learnable(int page);

    /**
     * The checksum of a cell, as its page has it.
     *
     * @throws KvCellException if the page is damaged
     */
    int crc(int page, int layer, KvPart part, int group);

    /**
     * Decodes those tokens of a cell that can be learned from.
     *
     * @throws KvCellException if the cell is damaged
     */
    Learnable decoded(int page, int layer, KvPart part, int group);

    /** Axes of a cell of keys that are not learned yet. */
    AdaptiveAxes keyAxes(int layer, int group);

    /** The same of values. */
    ValueAxes valueAxes(int layer, int group);
  }

  /**
   * Tokens to learn from.
   *
   * @param rows {@code tokens x channels} finite floats, behind what is done to channels before axes
   * @param tokens their number
   * @param squaredStep square of the cell's step
   */
  record Learnable(float[] rows, int tokens, double squaredStep) {}

  private final KvSpec spec;
  private final Pages pages;
  private final ConcurrentMap<Integer, Cell> cells = new ConcurrentHashMap<>();

  /** Pages before which axes are learned anew, ascending, among those that were decided. */
  private final List<Integer> boundaries = new ArrayList<>();
  private int decided;
  private long tokens;
  private long next;

  KvAxes(KvSpec spec, Pages pages) {
    this.spec = spec;
    this.pages = pages;
    forgetBoundaries();
  }

  private Cell cell(int layer, KvPart part, int group) {
    return cells.computeIfAbsent(KvContext.index(spec, layer, part, group), _ -> new Cell(layer, part, group));
  }

  private void forgetBoundaries() {
    boundaries.clear();
    decided = -1;
    tokens = 0;
    next = AdaptiveAxes.FIRST;
  }

  /** Number of pages from the first one on that a page's axes are learned from; 0 where it has none. */
  synchronized int learnedPages(int page) {
    for (; decided < page; decided++) {
      tokens += decided < 0 ? 0 : pages.learnable(decided);
      if (tokens >= next && next <= MOST_TOKENS) {
        boundaries.add(decided + 1);
        next = 2 * tokens;
      }
    }
    int learned = 0;
    for (int boundary : boundaries) {
      learned = boundary <= page ? boundary : learned;
    }
    return learned;
  }

  /** Whether nothing is learned any more behind so many pages. */
  private synchronized boolean isLast(int learnedPages) {
    return next > MOST_TOKENS && boundaries.getLast() == learnedPages;
  }

  /** Tokens after which axes are learned anew, behind so many pages. */
  synchronized long tokensToNext(int count) {
    learnedPages(count);
    return next <= MOST_TOKENS ? next - tokens : Long.MAX_VALUE;
  }

  /** Whether a page of a sequence of so many pages has axes that were learned from another. */
  synchronized boolean isLearnedFrom(int page, int count) {
    return count > 0 && page < learnedPages(count - 1);
  }

  /** Forgets what was learned from a page and those behind it. */
  synchronized void changed(int page) {
    forgetBoundaries();
    cells.values().forEach(cell -> cell.changed(page));
  }

  /**
   * The model that is learned from so many pages.
   *
   * @throws KvCellException if a cell of theirs is damaged
   */
  CellModel model(int learnedPages, int layer, KvPart part, int group) {
    return cell(layer, part, group).model(learnedPages);
  }

  /** What checksums of cells on that model begin with besides: a checksum of what it was learned from. */
  long source(int learnedPages, int layer, KvPart part, int group) {
    return cell(layer, part, group).source(learnedPages);
  }

  /** The models of one cell of all pages. */
  private final class Cell {
    private final int layer;
    private final KvPart part;
    private final int group;
    /** Those that were used last. */
    private final Map<Integer, CellModel> models = new LinkedHashMap<>(4, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, CellModel> eldest) {
        return size() > KEPT;
      }
    };
    private final Map<Integer, Long> sources = new HashMap<>();
    private Learner learner;

    Cell(int layer, KvPart part, int group) {
      this.layer = layer;
      this.part = part;
      this.group = group;
    }

    synchronized CellModel model(int learnedPages) {
      CellModel known = models.get(learnedPages);
      if (known != null) {
        return known;
      }
      Learner farther = learner != null && learner.added > learnedPages ? learner : null;
      learner = learner == null || farther != null ? new Learner() : learner;
      // Pages on earlier axes ask for those while they are decoded, so that all models come in their order.
      for (; learner.added < learnedPages; learner.added++) {
        if (pages.learnable(learner.added) > 0) {
          learner.add(learner.added);
        }
      }
      CellModel model = learner.model();
      models.put(learnedPages, model);
      learner = isLast(learnedPages) ? null : farther != null ? farther : learner;
      return model;
    }

    /** What is learned of a cell: axes of keys, or of what is left of values when the keys are known. */
    private final class Learner {
      private final AdaptiveAxes keyAxes =
          part == KvPart.KEYS ? pages.keyAxes(layer, group) : null;
      private final ValueAxes valueAxes =
          part == KvPart.VALUES ? pages.valueAxes(layer, group) : null;
      private int added;
      private long tokens;
      private double keySteps;
      private double valueSteps;

      void add(int page) {
        // Decoding asks for models of the pages before, so that nothing may be counted yet.
        Learnable keys = pages.decoded(page, layer, KvPart.KEYS, group);
        Learnable values = part == KvPart.VALUES ? pages.decoded(page, layer, part, group) : null;
        tokens += keys.tokens();
        keySteps += keys.tokens() * keys.squaredStep();
        if (part == KvPart.KEYS) {
          keyAxes.add(keys.rows(), keys.tokens());
        } else {
          valueSteps += values.tokens() * values.squaredStep();
          valueAxes.add(keys.rows(), values.rows(), values.tokens());
        }
      }

      CellModel model() {
        double keyNoise = NOISE * keySteps / tokens;
        if (part == KvPart.KEYS) {
          return CellModel.of(keyAxes.learn(keyNoise));
        }
        ValueAxes.Learnt learnt = valueAxes.learn(keyNoise, NOISE * valueSteps / tokens);
        return CellModel.of(learnt.axes(), learnt.prediction());
      }
    }

    synchronized long source(int learnedPages) {
      Long known = sources.get(learnedPages);
      if (known != null) {
        return known;
      }
      CRC32C crc = new CRC32C();
      for (int page = 0; page < learnedPages; page++) {
        int count = pages.learnable(page);
        if (count > 0) {
          KvPageFormat.number(crc, count);
          KvPageFormat.number(crc, pages.crc(page, layer, KvPart.KEYS, group));
          if (part == KvPart.VALUES) {
            KvPageFormat.number(crc, pages.crc(page, layer, part, group));
          }
        }
      }
      sources.put(learnedPages, crc.getValue());
      return crc.getValue();
    }

    synchronized void changed(int page) {
      models.keySet().removeIf(learned -> learned > page);
      sources.keySet().removeIf(learned -> learned > page);
      if (learner != null && learner.added > page) {
        learner = null;
      }
    }
  }
}
