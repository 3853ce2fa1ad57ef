package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.runtime.transform.KvPart;

/** Tokens to be read: of a sequence that grows, or of a file. */
public abstract class KvCacheSource {
  private final KvCells cells;
  private final KvSequence sequence;

  KvCacheSource(KvCells cells, KvSequence sequence) {
    this.cells = cells;
    this.sequence = sequence;
  }

  final KvCells cells() {
    return cells;
  }

  final KvSequence sequence() {
    return sequence;
  }

  public final KvSpec spec() {
    return cells.spec();
  }

  public final KvRate rate() {
    return cells.rate();
  }

  /** Number of tokens that all layers have. */
  public final int tokens() {
    return sequence.tokens();
  }

  /** Number of pages, those that were evicted included. */
  public final int pages() {
    return sequence.entries().size();
  }

  /** Number of tokens of a page that count. */
  public final int pageTokens(int page) {
    return sequence.entries().get(page).tokens();
  }

  /** First token of a page. */
  public final int firstToken(int page) {
    return sequence.entries().get(page).firstToken();
  }

  /** The context; null before there is one. */
  public final KvContext context() {
    return sequence.context();
  }

  /**
   * Reads keys or values: decodes the cells of the range and no others.
   *
   * @param headFrom first head
   * @param headTo last head plus 1
   * @param tokenFrom first token
   * @param tokenTo last token plus 1
   * @param dst receives {@code [tokens, heads, dim]} values of the spec's type
   * @throws KvCellException if a cell is damaged or its page was evicted; then nothing is written
   */
  public final void read(
      int layer, KvPart part, int headFrom, int headTo, int tokenFrom, int tokenTo, MemorySegment dst) {
    sequence.read(
        layer, part, headFrom, headTo, tokenFrom, tokenTo,
        KvSequence.into(spec(), part, headFrom, headTo, tokenFrom, dst));
  }

  /**
   * The same where a damaged cell, or an evicted page, is a miss.
   *
   * @return whether the values were read; if not, nothing is written
   */
  public final boolean tryRead(
      int layer, KvPart part, int headFrom, int headTo, int tokenFrom, int tokenTo, MemorySegment dst) {
    try {
      read(layer, part, headFrom, headTo, tokenFrom, tokenTo, dst);
      return true;
    } catch (KvCellException e) {
      return false;
    }
  }

  /**
   * Reads all layers of a range of tokens into a view.
   *
   * @param dst of all layers and heads
   * @param dstToken where in it the first token goes
   * @throws KvCellException if a cell is damaged or its page was evicted; layers before it have been written
   */
  public final void read(int tokenFrom, int tokenTo, KvView dst, int dstToken) {
    dst.requireFits(spec());
    int count = tokenTo - tokenFrom;
    readLayers(tokenFrom, tokenTo, (layer, keys, values) -> {
      dst.scatter(layer, KvPart.KEYS, 0, spec().kvHeads(), dstToken, count, keys, 0);
      dst.scatter(layer, KvPart.VALUES, 0, spec().kvHeads(), dstToken, count, values, 0);
    });
  }

  /** Receives the layers of a range of tokens, in their order, on any thread, one at a time. */
  public interface LayerConsumer {
    /** Takes {@code [tokens, heads, dim]} keys and values of the spec's type. */
    void accept(int layer, MemorySegment keys, MemorySegment values);
  }

  /**
   * Reads the tokens of a page, layer by layer, each as soon as it is decoded; the codec's threads decode layers ahead.
   *
   * @throws KvCellException if a cell is damaged or the page was evicted; no layer from that on is delivered
   */
  public final void readPage(int page, LayerConsumer consumer) {
    KvSequence.Entry entry = sequence.entries().get(page);
    readLayers(entry.firstToken(), entry.end(), consumer);
  }

  private record Layer(MemorySegment keys, MemorySegment values) {}

  private void readLayers(int tokenFrom, int tokenTo, LayerConsumer consumer) {
    cells.workers().forEachInOrder(
        spec().layers(),
        layer -> new Layer(rows(layer, KvPart.KEYS, tokenFrom, tokenTo), rows(layer, KvPart.VALUES, tokenFrom, tokenTo)),
        (layer, rows) -> consumer.accept(layer, rows.keys, rows.values));
  }

  private MemorySegment rows(int layer, KvPart part, int tokenFrom, int tokenTo) {
    sequence.requireRange(layer, 0, spec().kvHeads(), tokenFrom, tokenTo);
    long bytes = (tokenTo - tokenFrom) * spec().tokenBytes(part);
    MemorySegment rows = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    read(layer, part, 0, spec().kvHeads(), tokenFrom, tokenTo, rows);
    return rows;
  }

  /**
   * The H.264 stream of a layer's keys or values: what players and hardware decoders take. All its pictures have one size and one
   * pair of parameter sets, and each is decoded alone. Empty where no cells are on pictures.
   *
   * @see KvRate.Coding#PICTURES
   * @throws KvCellException if a cell is damaged
   */
  public final byte[] stream(int layer, KvPart part) {
    sequence.requireRange(layer, 0, spec().kvHeads(), 0, tokens());
    return new KvStream(cells, sequence, layer, part).toByteArray();
  }

  /** The pictures of {@link #stream} in their order; cells that are kept in another way have none. */
  public final List<KvPicture> pictures(int layer, KvPart part) {
    sequence.requireRange(layer, 0, spec().kvHeads(), 0, tokens());
    return new KvStream(cells, sequence, layer, part).pictures();
  }

  /**
   * Makes values of a picture that another decoder has decoded.
   *
   * @param luma its samples, {@code width x height} bytes without any conversion
   * @param dst receives {@code [tokens, heads of the cell, dim]} values of the spec's type
   * @throws KvCellException if the cell is damaged, or the picture is of another size
   */
  public final void readPicture(KvPicture picture, byte[] luma, MemorySegment dst) {
    MemorySegment rows = sequence.fromSamples(picture, luma);
    MemorySegment.copy(rows, 0, dst, 0, picture.tokens() * spec().dtype().byteSize(spec().channels(picture.part())));
  }

  /** What the writer of the file has noted; empty where that is nothing. */
  public final byte[] note() {
    return sequence.note().clone();
  }

  /** What there is, and what it takes. */
  public final KvStatistics statistics() {
    return KvStatistics.of(cells, sequence);
  }
}
