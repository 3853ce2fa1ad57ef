package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.runtime.kv.CellModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvPart;

/**
 * A codec for the keys and values of a language model, page by page.
 *
 * <pre>{@code
 * KvSpec spec = KvSpec.of("llama-3.1-8b", 32, 8, 128, DType.BF16);
 * KvCodec codec = KvCodec.of(spec, KvRate.bits(3, 3));
 * KvCacheWriter writer = codec.newSequence();
 * writer.append(KvView.canonical(memory, DType.BF16, 32, tokens, 8, 128), 0, tokens);
 * byte[] file = writer.serialise();
 * }</pre>
 *
 * <p>The same tokens become the same bytes with any number of threads, on every machine. Immutable and thread-safe.
 */
public final class KvCodec {
  private final KvCells cells;

  private KvCodec(KvCells cells) {
    this.cells = cells;
  }

  /** A codec that learns what it has to know from the first tokens of each sequence. */
  public static KvCodec of(KvSpec spec, KvRate rate) {
    return of(spec, rate, null);
  }

  /**
   * A codec with a profile.
   *
   * @param profile transforms, means and deviations of each cell's channels; null for none
   * @throws IllegalArgumentException if {@link #unsupported} has a reason
   */
  public static KvCodec of(KvSpec spec, KvRate rate, CoefficientModels profile) {
    return new KvCodec(KvCells.of(spec, rate, profile));
  }

  /** The same codec with helping threads, the calling one included. */
  public KvCodec withThreads(Executor executor, int threads) {
    return new KvCodec(cells.with(new Workers(executor, threads)));
  }

  /** Why a cache cannot be coded so; nothing where it can. */
  public static Optional<String> unsupported(KvSpec spec, KvRate rate) {
    return KvCells.unsupported(spec, rate);
  }

  public KvSpec spec() {
    return cells.spec();
  }

  public KvRate rate() {
    return cells.rate();
  }

  /** Bytes of a page of all layers at most, before anything is coded: of every page where the mode is FIXED_BYTES. */
  public long maxPageBytes() {
    return maxPageBytes(0, spec().layers());
  }

  /** The same of pages of some layers. */
  public long maxPageBytes(int layerFrom, int layerTo) {
    requireLayers(layerFrom, layerTo);
    return cells.format().mostPageBytes(layerFrom, layerTo);
  }

  private void requireLayers(int layerFrom, int layerTo) {
    if (layerFrom < 0 || layerFrom >= layerTo || layerTo > spec().layers()) {
      throw new IllegalArgumentException("layers " + layerFrom + " to " + layerTo + " of " + spec().layers());
    }
  }

  /** Begins a sequence whose first token is at position 0. */
  public KvCacheWriter newSequence() {
    return newSequence(0, null);
  }

  /**
   * Begins a sequence.
   *
   * @param firstPosition position of its first token: what a profile that undoes rotary embedding has to know
   * @param file what {@link KvCacheWriter#flush} writes; null for none
   */
  public KvCacheWriter newSequence(long firstPosition, Path file) {
    return new KvCacheWriter(cells, firstPosition, file);
  }

  /**
   * Learns the context of a sequence: what {@link #encodePages} has to know. {@link KvCacheWriter} learns for itself.
   *
   * @param token first token of the view to learn from, at a position
   * @param tokens number of tokens: a few hundred are enough
   */
  public KvContext learn(KvView view, int token, int tokens, long position) {
    view.requireFits(spec());
    return cells.learn(view, token, tokens, position);
  }

  /** The context in a record that {@link KvContext#toByteArray} gave, for caches of this codec's. */
  public KvContext context(byte[] record) {
    return cells.context(record);
  }

  /**
   * Encodes pages; those that fail say so, and the others are not touched by it. Pages on learned axes are refused.
   *
   * @param firstPosition position of token 0 of the sequence
   * @return number of pages that are done
   */
  public int encodePages(KvContext context, long firstPosition, KvPageJob... jobs) {
    int[] done = new int[1];
    cells.workers().forEachInOrder(jobs.length, i -> {
      encode(context, firstPosition, jobs[i]);
      return jobs[i];
    }, (i, job) -> done[0] += job.status() == KvPageJob.Status.DONE ? 1 : 0);
    return done[0];
  }

  private void requireNoAxes() {
    if (cells.hasAxes()) {
      throw new IllegalArgumentException("pages on learned axes need those before them: they are no objects of their own");
    }
  }

  private void encode(KvContext context, long firstPosition, KvPageJob job) {
    try {
      requireNoAxes();
      requireLayers(job.layerFrom(), job.layerTo());
      job.view().requireFits(spec());
      if (job.tokens() < 1 || job.tokens() > spec().pageTokens() || job.firstToken() < 0) {
        throw new IllegalArgumentException(job.tokens() + " tokens from " + job.firstToken() + " on");
      }
      int layers = job.layerTo() - job.layerFrom();
      byte[][] bodies = new byte[cells.format().cells(layers)][];
      for (int cell = 0; cell < bodies.length; cell++) {
        int layer = job.layerFrom() + cell / cells.format().cells(1);
        KvPart part = cells.format().part(cell);
        int group = cell % spec().groups();
        CellModel model = context.model(KvContext.index(spec(), layer, part, group));
        int coded = cells.format().codedTokens(job.firstToken(), job.tokens());
        bodies[cell] = cells.encode(
            model, null, job.view(), layer, part, group, job.viewToken(), job.firstToken(), job.tokens(), firstPosition,
            cells.format().target(model, layer, part, coded)).body();
      }
      byte[] page = cells.format().page(
          cells.specHash(), context, job.firstToken(), job.tokens(), job.layerFrom(), layers, bodies, null);
      MemorySegment.copy(MemorySegment.ofArray(page), 0, job.bytes(), 0, page.length);
      job.done(page.length);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      job.failed(KvPageJob.Status.REFUSED, e.getMessage());
    }
  }

  /**
   * Decodes pages. All checksums of a page are looked at before any of its values are written. Sinks are of no page: they are
   * left as they are.
   *
   * @return number of pages that are done
   */
  public int decodePages(KvContext context, long firstPosition, KvPageJob... jobs) {
    int[] done = new int[1];
    cells.workers().forEachInOrder(jobs.length, i -> {
      decode(context, firstPosition, jobs[i]);
      return jobs[i];
    }, (i, job) -> done[0] += job.status() == KvPageJob.Status.DONE ? 1 : 0);
    return done[0];
  }

  private void decode(KvContext context, long firstPosition, KvPageJob job) {
    try {
      requireNoAxes();
      job.view().requireFits(spec());
      KvPage page = new KvPage(cells.format(), cells.specHash(), context.sharedHash(), job.bytes());
      if (page.firstToken() != job.firstToken() || page.tokens() != job.tokens() || page.layerFrom() != job.layerFrom()
          || page.layers() != job.layerTo() - job.layerFrom()) {
        throw new IllegalArgumentException("the page is of other tokens or layers");
      }
      KvSequence sequence = new KvSequence(cells, firstPosition, context);
      sequence.entries().add(new KvSequence.Entry(page, job.firstToken(), job.tokens()));
      for (int cell = 0; cell < page.cells(); cell++) {
        if (!page.isWhole(cell, KvPageFormat.NO_SOURCE)) {
          throw new KvCellException(
              page.layerFrom() + cell / cells.format().cells(1), cells.format().part(cell), 0,
              "its checksum is not that of its bytes");
        }
      }
      int coded = cells.format().codedTokens(job.firstToken(), job.tokens());
      for (int cell = 0; cell < page.cells(); cell++) {
        int layer = page.layerFrom() + cell / cells.format().cells(1);
        KvPart part = cells.format().part(cell);
        int group = cell % spec().groups();
        MemorySegment rows = sequence.decoded(0, layer, part, group);
        job.view().scatter(
            layer, part, group * spec().headsPerCell(), (group + 1) * spec().headsPerCell(),
            job.viewToken() + job.tokens() - coded, coded, rows, 0);
      }
      job.done(job.bytes().byteSize());
    } catch (StreamException | KvCellException e) {
      job.failed(KvPageJob.Status.DAMAGED, e.getMessage());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      job.failed(KvPageJob.Status.REFUSED, e.getMessage());
    }
  }
}
