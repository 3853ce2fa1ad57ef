package llm265.runtime;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.checkpoint.file.OutputFile;
import llm265.runtime.kv.CellEncoder;
import llm265.runtime.kv.CellModel;
import llm265.runtime.kv.CellTarget;
import llm265.runtime.transform.KvPart;

/**
 * A sequence that grows. Tokens are kept as they are until they fill a page and have left the window of recent tokens; then the
 * page is sealed. What has been appended can be read at any time. Used by one thread at a time.
 *
 * <p>The context is learned from the tokens that are there when the first page is sealed: {@link #LEARNED_TOKENS} at least, so
 * that a prompt of fewer waits for more.
 */
public final class KvCacheWriter extends KvCacheSource {
  /** Tokens that there are to be before a page is sealed by itself, and tokens to learn from at most. */
  public static final int LEARNED_TOKENS = 128;
  private static final int MOST_LEARNED = 1024;

  private static final int FIRST_ROOM = 32;
  private static final KvPart[] PARTS = KvPart.values();

  /** Pages in which a page that took more or less than its share is made up for, and by which share of its bytes at most. */
  private static final double HORIZON = 4;
  private static final double MOST_CORRECTION = 0.25;

  private final KvSpec spec;
  private final KvPageFormat format;
  private final KvSequence sequence;
  private final Path file;
  private final byte[][] staged;
  private final MemorySegment[] segments;
  private final int[] stagedTokens;
  private final byte[][] sinks;
  private final double[] debts;
  private KvRawTokens tail;

  KvCacheWriter(KvCells cells, long firstPosition, Path file) {
    super(cells, new KvSequence(cells, firstPosition, null));
    if (firstPosition < 0) {
      throw new IllegalArgumentException("position " + firstPosition);
    }
    this.file = file;
    spec = cells.spec();
    format = cells.format();
    sequence = sequence();
    staged = new byte[2 * spec.layers()][];
    segments = new MemorySegment[staged.length];
    sinks = new byte[staged.length][];
    stagedTokens = new int[spec.layers()];
    debts = new double[format.cells(spec.layers())];
    for (int i = 0; i < staged.length; i++) {
      KvPart part = KvPart.values()[i % 2];
      staged[i] = new byte[Math.toIntExact(FIRST_ROOM * spec.tokenBytes(part))];
      segments[i] = MemorySegment.ofArray(staged[i]);
      sinks[i] = new byte[Math.toIntExact(spec.sinkTokens() * spec.tokenBytes(part))];
    }
    tail = new KvRawTokens(spec, segments, 0, null);
    sequence.tail(tail);
  }

  /** Appends tokens of all layers. */
  public void append(KvView view, int token, int count) {
    view.requireFits(spec);
    for (int layer = 0; layer < spec.layers(); layer++) {
      stage(layer, view, token, count);
    }
    sealReady();
  }

  /** Appends tokens of a layer: a token counts once all layers have it. */
  public void append(int layer, KvView view, int token, int count) {
    view.requireFits(spec);
    stage(layer, view, token, count);
    sealReady();
  }

  private void stage(int layer, KvView view, int token, int count) {
    int before = stagedTokens[layer];
    if (sequence.sealedTokens() > Integer.MAX_VALUE - before - count) {
      throw new IllegalArgumentException("more than 2^31 - 1 tokens");
    }
    for (KvPart part : PARTS) {
      int index = KvRawTokens.index(layer, part);
      long bytes = spec.tokenBytes(part);
      reserve(index, (before + (long) count) * bytes);
      view.gather(layer, part, 0, spec.kvHeads(), token, count, segments[index], before * bytes);
    }
    stagedTokens[layer] = before + count;
    tail.resize(complete());
  }

  private void reserve(int index, long bytes) {
    if (staged[index].length < bytes) {
      long room = Math.max(bytes, Math.min(2L * staged[index].length, 1 << 30));
      staged[index] = Arrays.copyOf(staged[index], Math.toIntExact(room));
      segments[index] = MemorySegment.ofArray(staged[index]);
    }
  }

  /** Tokens that are staged in all layers. */
  private int complete() {
    int least = Integer.MAX_VALUE;
    for (int tokens : stagedTokens) {
      least = Math.min(least, tokens);
    }
    return least;
  }

  private void sealReady() {
    int complete = complete();
    int pages = Math.max(0, complete - spec.recentTokens()) / spec.pageTokens();
    boolean isLearned = sequence.context() != null || rate().mode() == KvRate.Mode.LOSSLESS || complete >= LEARNED_TOKENS;
    if (pages > 0 && isLearned) {
      seal(pages, spec.pageTokens());
    }
  }

  /**
   * Seals all that is complete, also what fills no page: it becomes a page of fewer tokens. What is appended afterwards begins a
   * new one.
   */
  public void seal() {
    int pages = complete() / spec.pageTokens();
    if (pages > 0) {
      seal(pages, spec.pageTokens());
    }
    if (complete() > 0) {
      seal(1, complete());
    }
  }

  private void seal(int pages, int tokens) {
    learn();
    for (int done = 0; done < pages;) {
      int run = sequence.pagesOfOneModel(pages - done, tokens);
      sealRun(run, tokens);
      done += run;
    }
  }

  private void learn() {
    int first = sequence.sealedTokens();
    if (sequence.context() == null) {
      int sink = Math.clamp(spec.sinkTokens() - first, 0, complete());
      KvContext learned = cells().learn(
          view(), sink, Math.min(complete() - sink, MOST_LEARNED), sequence.firstPosition() + first + sink);
      sequence.context(learned);
      for (int i = 0; i < debts.length; i++) {
        debts[i] = learned.modelBytes(i);
      }
    }
  }

  /** Seals pages whose cells have one model each. */
  private void sealRun(int pages, int tokens) {
    KvView view = view();
    int first = sequence.sealedTokens();
    int firstPage = sequence.entries().size();
    long[] sources = new long[debts.length];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = sequence.source(firstPage, i / format.cells(1), format.part(i), i % spec.groups());
    }
    byte[][][] bodies = new byte[pages][debts.length][];
    cells().workers().forEachInOrder(
        debts.length / PARTS.length, i -> encodeBoth(view, i / spec.groups(), i % spec.groups(), first, pages, tokens),
        (i, both) -> {
          for (KvPart part : PARTS) {
            int model = KvContext.index(spec, i / spec.groups(), part, i % spec.groups());
            for (int p = 0; p < pages; p++) {
              bodies[p][model] = both[part.ordinal()][p];
            }
          }
        });
    for (int p = 0; p < pages; p++) {
      int firstToken = first + p * tokens;
      byte[] bytes = format.page(
          cells().specHash(), sequence.context(), firstToken, tokens, 0, spec.layers(), bodies[p], sources);
      KvPage page = new KvPage(
          format, cells().specHash(), sequence.context().sharedHash(), MemorySegment.ofArray(bytes));
      sequence.entries().add(new KvSequence.Entry(page, firstToken, tokens));
    }
    keepSinks(first, pages * tokens);
    drop(pages * tokens);
  }

  private KvView view() {
    int layers = spec.layers();
    MemorySegment[] keys = new MemorySegment[layers];
    MemorySegment[] values = new MemorySegment[layers];
    for (int layer = 0; layer < layers; layer++) {
      keys[layer] = segments[KvRawTokens.index(layer, KvPart.KEYS)];
      values[layer] = segments[KvRawTokens.index(layer, KvPart.VALUES)];
    }
    return KvView.rows(keys, values, spec.dtype(), complete(), spec.kvHeads(), spec.headDim(), spec.valueDim());
  }

  /** Encodes keys and values of a layer's group of heads: keys first, since values may be predicted by them. */
  private byte[][][] encodeBoth(KvView view, int layer, int group, int first, int pages, int tokens) {
    byte[][] keys = encode(view, layer, KvPart.KEYS, group, first, pages, tokens, null);
    return new byte[][][] {keys, encode(view, layer, KvPart.VALUES, group, first, pages, tokens, keys)};
  }

  /**
   * Encodes the cells of one model, page after page, so that their mean can be held.
   *
   * @param keys coded keys of the same pages and heads; null for keys themselves
   */
  private byte[][] encode(
      KvView view, int layer, KvPart part, int group, int first, int pages, int tokens, byte[][] keys) {
    int model = KvContext.index(spec, layer, part, group);
    byte[][] bodies = new byte[pages][];
    CellModel cellModel = sequence.model(sequence.entries().size(), layer, part, group);
    for (int p = 0; p < pages; p++) {
      int firstToken = first + p * tokens;
      int coded = format.codedTokens(firstToken, tokens);
      double granted = format.bodyBytes(part, rate().amount(layer, part), coded) + format.sharedBytes();
      CellTarget target = format.target(sequence.context().model(model), layer, part, coded);
      if (rate().mode() == KvRate.Mode.BITS) {
        double most = MOST_CORRECTION * Math.max(0, granted);
        target = new CellTarget.About(granted - Math.clamp(debts[model] / HORIZON, -most, most));
      }
      try {
        float[] decodedKeys = cellModel.isPredicted()
            ? sequence.keysBefore(sequence.entries().size(), layer, group, keys[p], firstToken, tokens) : null;
        CellEncoder.Encoded encoded = cells().encode(
            cellModel, decodedKeys, view, layer, part, group, p * tokens, firstToken, tokens,
            sequence.firstPosition(), target);
        bodies[p] = encoded.body();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "page " + (sequence.entries().size() + p) + ", layer " + layer + ", " + part + ": " + e.getMessage(), e);
      }
      debts[model] += bodies[p].length - granted;
    }
    return bodies;
  }

  private void keepSinks(int first, int tokens) {
    int from = Math.min(first, spec.sinkTokens());
    int to = Math.min(first + tokens, spec.sinkTokens());
    if (from < to) {
      MemorySegment[] kept = new MemorySegment[sinks.length];
      for (int i = 0; i < sinks.length; i++) {
        int bytes = (int) spec.tokenBytes(PARTS[i % 2]);
        System.arraycopy(staged[i], 0, sinks[i], from * bytes, (to - from) * bytes);
        kept[i] = MemorySegment.ofArray(sinks[i]);
      }
      sequence.sinks(new KvRawTokens(spec, kept, to, null));
    }
  }

  /** Drops the first staged tokens. */
  private void drop(int tokens) {
    for (int layer = 0; layer < spec.layers(); layer++) {
      int rest = stagedTokens[layer] - tokens;
      for (KvPart part : PARTS) {
        int index = KvRawTokens.index(layer, part);
        int bytes = (int) spec.tokenBytes(part);
        System.arraycopy(staged[index], tokens * bytes, staged[index], 0, rest * bytes);
      }
      stagedTokens[layer] = rest;
    }
    tail.resize(complete());
  }

  /**
   * Forgets the tokens from a number on, as when speculation was wrong. A page that is cut keeps its bytes, and what is appended
   * begins a new one.
   *
   * @param tokens that are left, no more than there are
   */
  public void truncate(int tokens) {
    if (tokens < 0 || tokens > tokens()) {
      throw new IllegalArgumentException(tokens + " of " + tokens() + " tokens");
    }
    boolean isCut = tokens < sequence.sealedTokens();
    int left = Math.max(0, tokens - sequence.sealedTokens());
    for (int layer = 0; layer < stagedTokens.length; layer++) {
      stagedTokens[layer] = Math.min(stagedTokens[layer], left);
    }
    while (!sequence.entries().isEmpty() && sequence.entries().getLast().end() > tokens) {
      KvSequence.Entry last = sequence.entries().removeLast();
      if (last.firstToken() < tokens) {
        sequence.entries().add(new KvSequence.Entry(last.page(), last.firstToken(), tokens - last.firstToken()));
      }
    }
    sequence.sinks().resize(Math.min(sequence.sinks().tokens(), tokens));
    if (isCut) {
      sequence.changed(Math.max(0, sequence.entries().size() - 1));
    }
    tail.resize(complete());
  }

  /** Whether all pages but this can be read without it: with learned axes, those from which later ones have theirs cannot go. */
  public boolean isEvictable(int page) {
    return !sequence.isLearnedFrom(page);
  }

  /**
   * Forgets the bytes of a page: its tokens cannot be read any more, those of later pages can. No axes are learned from it later.
   *
   * @throws IllegalArgumentException if it is not {@linkplain #isEvictable evictable}
   */
  public void evict(int page) {
    KvSequence.Entry entry = sequence.entries().get(page);
    if (!isEvictable(page)) {
      throw new IllegalArgumentException("page " + page + " cannot be evicted: axes of later pages are learned from it");
    }
    sequence.entries().set(page, new KvSequence.Entry(null, entry.firstToken(), entry.tokens()));
    sequence.changed(page);
  }

  /**
   * The bytes of a page: one object that decodes with the context alone, but with learned axes not without the pages before it;
   * null where it was evicted.
   */
  public byte[] page(int page) {
    KvPage sealed = sequence.entries().get(page).page();
    return sealed == null ? null : KvSequence.bytes(sealed.bytes());
  }

  /** Notes something for whoever opens the file: any bytes. */
  public void note(byte[] bytes) {
    sequence.note(bytes.clone());
  }

  /** The sequence as a file: pages, and the tokens after them as they are. */
  public byte[] serialise() {
    return KvFile.write(cells(), sequence);
  }

  /**
   * Writes the sequence to its file, which appears whole.
   *
   * @throws IllegalStateException if it has none
   */
  public void flush() throws IOException {
    if (file == null) {
      throw new IllegalStateException("the sequence has no file");
    }
    write(file);
  }

  /** Writes the sequence to a file, which appears whole. */
  public void write(Path path) throws IOException {
    try (OutputFile output = OutputFile.create(path)) {
      output.write(MemorySegment.ofArray(serialise()));
      output.commit();
    }
  }
}
