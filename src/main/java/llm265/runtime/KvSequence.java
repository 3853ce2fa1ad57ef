package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.dtype.LittleEndian;
import llm265.h264.StreamException;
import llm265.runtime.kv.CellDecoder;
import llm265.runtime.kv.CellModel;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.ValueAxes;

/**
 * The tokens of a sequence: sinks as they are, pages, then a tail as it is. Where tokens are read from, while a sequence grows
 * and when it comes out of a file.
 */
final class KvSequence {
  private final KvCells cells;
  private final KvSpec spec;
  private final KvPageFormat format;
  private final long firstPosition;
  private final List<Entry> entries = new ArrayList<>();
  /** Null where there are none. */
  private final KvAxes axes;
  private KvContext context;
  private byte[] note = new byte[0];
  private KvRawTokens sinks;
  private KvRawTokens tail;

  /**
   * A page among others.
   *
   * @param page null where it was evicted
   * @param firstToken of the sequence
   * @param tokens that count: fewer than the page has where the sequence was cut
   * @param damage why there is no page though it was not evicted; null where that is not so
   */
  record Entry(KvPage page, int firstToken, int tokens, String damage) {
    Entry(KvPage page, int firstToken, int tokens) {
      this(page, firstToken, tokens, null);
    }

    int end() {
      return firstToken + tokens;
    }
  }

  KvSequence(KvCells cells, long firstPosition, KvContext context) {
    this.cells = cells;
    this.spec = cells.spec();
    this.format = cells.format();
    this.firstPosition = firstPosition;
    this.context = context;
    axes = cells.hasAxes() ? new KvAxes(spec, new LearnedPages()) : null;
    sinks = KvRawTokens.none(spec);
    tail = KvRawTokens.none(spec);
  }

  KvContext context() {
    return context;
  }

  void context(KvContext learned) {
    context = learned;
  }

  byte[] note() {
    return note;
  }

  void note(byte[] bytes) {
    note = bytes;
  }

  List<Entry> entries() {
    return entries;
  }

  long firstPosition() {
    return firstPosition;
  }

  KvRawTokens sinks() {
    return sinks;
  }

  void sinks(KvRawTokens raw) {
    sinks = raw;
  }

  KvRawTokens tail() {
    return tail;
  }

  void tail(KvRawTokens raw) {
    tail = raw;
  }

  /** Tokens of pages, and sinks. */
  int sealedTokens() {
    return entries.isEmpty() ? 0 : entries.getLast().end();
  }

  int tokens() {
    return sealedTokens() + tail.tokens();
  }

  /** The page that a sealed token is on. */
  private int pageOf(int token) {
    int low = 0;
    int high = entries.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (entries.get(middle).firstToken <= token) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Receives runs of tokens. */
  interface Rows {
    /**
     * @param token first token of the run
     * @param rows {@code count} tokens of {@code heads} heads, of which those from {@code headFrom} on are wanted
     * @param at byte of the first token in {@code rows}
     */
    void accept(int token, int count, MemorySegment rows, long at, int firstHead, int heads);
  }

  void requireRange(int layer, int headFrom, int headTo, int tokenFrom, int tokenTo) {
    if (layer < 0 || layer >= spec.layers() || headFrom < 0 || headFrom >= headTo || headTo > spec.kvHeads() || tokenFrom < 0
        || tokenFrom > tokenTo || tokenTo > tokens()) {
      throw new IllegalArgumentException(
          "layer " + layer + ", heads " + headFrom + " to " + headTo + ", tokens " + tokenFrom + " to " + tokenTo + " of "
              + spec.layers() + " layers, " + spec.kvHeads() + " heads, " + tokens() + " tokens");
    }
  }

  /**
   * Reads tokens of some heads; nothing is delivered before all cells of the range are known to be whole.
   *
   * @throws KvCellException if one is not, or its page was evicted
   */
  void read(int layer, KvPart part, int headFrom, int headTo, int tokenFrom, int tokenTo, Rows to) {
    requireRange(layer, headFrom, headTo, tokenFrom, tokenTo);
    int sealed = sealedTokens();
    check(layer, part, headFrom, headTo, tokenFrom, Math.min(tokenTo, sealed));
    int sinkEnd = Math.min(Math.min(tokenTo, sinks.tokens()), sealed);
    raw(sinks, 0, layer, part, tokenFrom, sinkEnd, to);
    int coded = Math.max(tokenFrom, sinks.tokens());
    if (coded < Math.min(tokenTo, sealed)) {
      for (int p = pageOf(coded); p < entries.size() && entries.get(p).firstToken < tokenTo; p++) {
        page(p, layer, part, headFrom, headTo, coded, tokenTo, to);
      }
    }
    raw(tail, sealed, layer, part, Math.max(tokenFrom, sealed), tokenTo, to);
  }

  private void raw(KvRawTokens tokens, int first, int layer, KvPart part, int from, int to, Rows rows) {
    if (from < to) {
      tokens.requireWhole(layer, part);
      rows.accept(
          from, to - from, tokens.segment(layer, part), (from - first) * spec.tokenBytes(part), 0, spec.kvHeads());
    }
  }

  private void check(int layer, KvPart part, int headFrom, int headTo, int from, int to) {
    if (from >= to) {
      return;
    }
    for (int p = pageOf(from); p < entries.size() && entries.get(p).firstToken < to; p++) {
      Entry entry = entries.get(p);
      if (Math.min(to, entry.end()) <= sinks.tokens()) {
        continue;
      }
      if (entry.page == null) {
        throw entry.damage == null ? new KvCellException(p) : new KvCellException(-1, part, p, entry.damage);
      }
      for (int group = headFrom / spec.headsPerCell(); group * spec.headsPerCell() < headTo; group++) {
        // Pages that the model is learned from come first: a damaged one of them is what to name.
        model(p, layer, part, group);
        requireWhole(p, layer, part, group);
      }
    }
  }

  private void page(int number, int layer, KvPart part, int headFrom, int headTo, int from, int to, Rows rows) {
    Entry entry = entries.get(number);
    int first = entry.firstToken + entry.page.tokens() - format.codedTokens(entry.firstToken, entry.page.tokens());
    int begin = Math.max(from, first);
    int end = Math.min(to, entry.end());
    if (begin >= end) {
      return;
    }
    long tokenBytes = spec.dtype().byteSize(spec.channels(part));
    for (int group = headFrom / spec.headsPerCell(); group * spec.headsPerCell() < headTo; group++) {
      MemorySegment cell = decoded(number, layer, part, group);
      rows.accept(begin, end - begin, cell, (begin - first) * tokenBytes, group * spec.headsPerCell(), spec.headsPerCell());
    }
  }

  /** The model of a cell of a page, which may be the next one to come. */
  CellModel model(int number, int layer, KvPart part, int group) {
    int learned = axes == null ? 0 : axes.learnedPages(number);
    return learned == 0 ? context.model(KvContext.index(spec, layer, part, group)) : axes.model(learned, layer, part, group);
  }

  /** What the model of a cell of a page, which may be the next one, was learned from. */
  long source(int number, int layer, KvPart part, int group) {
    int learned = axes == null ? 0 : axes.learnedPages(number);
    return learned == 0 ? KvPageFormat.NO_SOURCE : axes.source(learned, layer, part, group);
  }

  /** How many of the next pages have the models of the first of them. */
  int pagesOfOneModel(int pages, int tokens) {
    if (axes == null) {
      return pages;
    }
    long left = axes.tokensToNext(entries.size());
    int run = 0;
    for (; run < pages && left > 0; run++) {
      left -= format.codedTokens(sealedTokens() + (long) run * tokens, tokens);
    }
    return run;
  }

  boolean isLearnedFrom(int page) {
    return axes != null && axes.isLearnedFrom(page, entries.size());
  }

  /** Says that a page and those behind it are not what they were. */
  void changed(int page) {
    if (axes != null) {
      axes.changed(page);
    }
  }

  /** Requires that a cell of a page that there is has the bytes that were written. */
  void requireWhole(int number, int layer, KvPart part, int group) {
    KvPage page = entries.get(number).page;
    long source = source(number, layer, part, group);
    if (part == KvPart.VALUES && source != KvPageFormat.NO_SOURCE) {
      requireWhole(number, layer, KvPart.KEYS, group);
      source = KvPageFormat.withKeys(source, page.crc(format.cell(page.layerFrom(), layer, KvPart.KEYS, group)));
    }
    if (!page.isWhole(format.cell(page.layerFrom(), layer, part, group), source)) {
      throw new KvCellException(layer, part, number, "its checksum is not that of its bytes");
    }
  }

  /** What axes are learned from. */
  private final class LearnedPages implements KvAxes.Pages {
    @Override
    public int learnable(int number) {
      Entry entry = entries.get(number);
      boolean isEvicted = entry.page == null && entry.damage == null;
      return isEvicted ? 0 : format.codedTokens(entry.firstToken, entry.tokens);
    }

    private KvPage page(int number, KvPart part) {
      Entry entry = entries.get(number);
      if (entry.page == null) {
        throw new KvCellException(-1, part, number, entry.damage);
      }
      return entry.page;
    }

    @Override
    public int crc(int number, int layer, KvPart part, int group) {
      KvPage page = page(number, part);
      return page.crc(format.cell(page.layerFrom(), layer, part, group));
    }

    @Override
    public KvAxes.Learnable decoded(int number, int layer, KvPart part, int group) {
      page(number, part);
      requireWhole(number, layer, part, group);
      Decoded cell = decode(number, layer, part, group);
      int count = learnable(number);
      float[] rows = before(layer, part, group, cell.values, count, position(number));
      return new KvAxes.Learnable(rows, count, cell.squaredStep);
    }

    @Override
    public AdaptiveAxes keyAxes(int layer, int group) {
      return new AdaptiveAxes(
          spec.channels(KvPart.KEYS), cells.before(layer, KvPart.KEYS, group), cells.known(layer, KvPart.KEYS, group));
    }

    @Override
    public ValueAxes valueAxes(int layer, int group) {
      ValueAxes axes = new ValueAxes(
          spec.channels(KvPart.KEYS), spec.channels(KvPart.VALUES), cells.before(layer, KvPart.VALUES, group));
      if (cells.known(layer, KvPart.KEYS, group) != null) {
        axes.expect(cells.known(layer, KvPart.KEYS, group), cells.known(layer, KvPart.VALUES, group));
      }
      return axes;
    }
  }

  /** Decoded values of a cell as floats, 0 in place of those that are not finite, behind what is done to them before axes. */
  private float[] before(int layer, KvPart part, int group, MemorySegment values, int tokens, long position) {
    float[] rows = cells.floats(part, values, tokens);
    ChannelTransform transform = cells.before(layer, part, group);
    if (transform != null) {
      transform.forward(rows, 0, tokens, position);
    }
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Float.isFinite(rows[i]) ? rows[i] : 0;
    }
    return rows;
  }

  /** Position of the first token of a page's cells. */
  private long position(int number) {
    Entry entry = entries.get(number);
    int tokens = entry.page.tokens();
    return firstPosition + entry.firstToken + tokens - format.codedTokens(entry.firstToken, tokens);
  }

  private record Decoded(MemorySegment values, double squaredStep) {}

  /** Decodes a cell whose checksum is right. */
  MemorySegment decoded(int number, int layer, KvPart part, int group) {
    return decode(number, layer, part, group).values;
  }

  /** Decodes a cell whose picture another decoder has decoded. */
  MemorySegment fromSamples(KvPicture picture, byte[] luma) {
    requireWhole(picture.page(), picture.layer(), picture.part(), picture.group());
    return decode(picture.page(), picture.layer(), picture.part(), picture.group(), luma).values;
  }

  private Decoded decode(int number, int layer, KvPart part, int group) {
    return decode(number, layer, part, group, null);
  }

  /** @param luma null to decode the picture, if the cell has one */
  private Decoded decode(int number, int layer, KvPart part, int group, byte[] luma) {
    CellModel model = model(number, layer, part, group);
    Entry entry = entries.get(number);
    KvPage page = entry.page;
    int count = format.codedTokens(entry.firstToken, page.tokens());
    byte[] body = page.body(format.cell(page.layerFrom(), layer, part, group));
    float[] keys = !model.isPredicted() ? null
        : before(layer, KvPart.KEYS, group, decoded(number, layer, KvPart.KEYS, group), count, position(number));
    try {
      return decode(part, model, keys, body, luma, count, position(number));
    } catch (StreamException e) {
      throw new KvCellException(layer, part, number, e.getMessage());
    }
  }

  private Decoded decode(
      KvPart part, CellModel model, float[] keys, byte[] body, byte[] luma, int count, long position) {
    MemorySegment out = MemorySegment.ofArray(new byte[format.format(part).rawBytes(count)]);
    CellDecoder decoder = cells.takeDecoder(context, part);
    decoder.decode(model, keys, body, luma, count, position, out);
    double squaredStep = decoder.squaredStep();
    cells.giveBack(part, decoder);
    return new Decoded(out, squaredStep);
  }

  /** Keys of a page to come, as its reader gets them, behind what is done to them before axes. */
  float[] keysBefore(int number, int layer, int group, byte[] body, int firstToken, int tokens) {
    int count = format.codedTokens(firstToken, tokens);
    long position = firstPosition + firstToken + tokens - count;
    Decoded keys = decode(KvPart.KEYS, model(number, layer, KvPart.KEYS, group), null, body, null, count, position);
    return before(layer, KvPart.KEYS, group, keys.values, count, position);
  }

  /** Copies wanted heads of runs of tokens to where they lie one token after the other. */
  static Rows into(KvSpec spec, KvPart part, int headFrom, int headTo, int tokenFrom, MemorySegment dst) {
    long dim = spec.dtype().byteSize(spec.dim(part));
    return (token, count, rows, at, firstHead, heads) -> {
      int from = Math.max(headFrom, firstHead);
      int to = Math.min(headTo, firstHead + heads);
      for (int t = 0; t < count; t++) {
        long source = at + (t * (long) heads + from - firstHead) * dim;
        long target = ((token + t - tokenFrom) * (long) (headTo - headFrom) + from - headFrom) * dim;
        MemorySegment.copy(rows, source, dst, target, (to - from) * dim);
      }
    };
  }

  /** Bytes of a segment, for checksums. */
  static byte[] bytes(MemorySegment segment) {
    return segment.toArray(LittleEndian.BYTE);
  }
}
