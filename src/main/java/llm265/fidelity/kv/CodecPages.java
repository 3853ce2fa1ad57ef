package llm265.fidelity.kv;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvSize;
import llm265.baseline.kv.KvStore;
import llm265.baseline.kv.PageStatistics;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.runtime.KvCacheWriter;
import llm265.runtime.KvCodec;
import llm265.runtime.KvRate;
import llm265.runtime.KvRotary;
import llm265.runtime.KvSpec;
import llm265.runtime.KvStatistics;
import llm265.runtime.KvView;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvPart;

/**
 * The codec of {@code llm265.runtime} as a way of keeping keys and values. Each layer is a sequence of its own, so that its pages
 * are complete before the model reads them; bits count the headers of all.
 *
 * @param options how tokens come and are kept
 * @param rotary embedding of keys
 * @param hasAxes whether pages are on learned axes
 * @param profile null for none
 * @param decibels variance of the first tokens' channels over the square of the step
 * @param pages of all sequences: a page has keys and values of a layer
 */
record CodecPages(
    String name, KvOptions options, KvRotary rotary, boolean hasAxes, CoefficientModels profile, double decibels,
    PageStatistics pages)
    implements KvMethod {
  private static final DType TYPE = DType.BF16;

  private static final int MOST_AXES = 256;

  @Override
  public String settings() {
    return "pages of " + options.pageTokens() + " tokens, step " + decibels + " dB"
        + (profile == null ? "" : ", profile") + (hasAxes ? ", learned axes" : "");
  }

  @Override
  public KvStore begin(KvShape shape) {
    return new Store(shape);
  }

  /** What a profile knows of one layer, which is the only one of its sequence. */
  private record OfLayer(CoefficientModels all, int layer) implements CoefficientModels {
    @Override
    public CoefficientModel model(int first, boolean keys, int headGroup) {
      return all.model(layer, keys, headGroup);
    }

    @Override
    public byte[] hash() {
      return all.hash();
    }
  }

  /** All heads, but no more than {@code llm265 kv} learns axes of by itself. */
  private int headsOfCell(KvShape shape) {
    int heads = shape.heads();
    while (hasAxes && profile == null && (shape.heads() % heads != 0 || heads * shape.headSize() > MOST_AXES) && heads > 1) {
      heads--;
    }
    return heads;
  }

  private KvCacheWriter sequence(KvShape shape, int layer) {
    KvSpec spec = KvSpec.of("", 1, shape.heads(), shape.headSize(), TYPE)
        .withPages(options.pageTokens(), headsOfCell(shape))
        .withRaw(options.all() ? 0 : options.sinks(), options.all() ? 0 : options.recent()).withRotary(rotary);
    KvRate rate = KvRate.step(decibels, decibels);
    KvSpec own = hasAxes ? spec.withLearnedAxes() : spec;
    return KvCodec.of(own, rate, profile == null ? null : new OfLayer(profile, layer)).newSequence();
  }

  private final class Store implements KvStore {
    private final KvShape shape;
    private final KvCacheWriter[] layers;
    /** By layer and part, what a reader gets of all tokens so far. */
    private final float[][][] decoded;
    private int length;

    Store(KvShape shape) {
      this.shape = shape;
      layers = new KvCacheWriter[shape.layers()];
      decoded = new float[shape.layers()][2][0];
      Arrays.setAll(layers, layer -> sequence(shape, layer));
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void append(int layer, int rows, float[] keys, float[] values) {
      KvCacheWriter writer = layers[layer];
      int sealed = sealed(writer);
      int pagesBefore = writer.pages();
      int count = rows * shape.width();
      MemorySegment[] parts = {encoded(keys, count), encoded(values, count)};
      long start = System.nanoTime();
      writer.append(
          KvView.rows(
              new MemorySegment[] {parts[0]}, new MemorySegment[] {parts[1]}, TYPE, rows, shape.heads(), shape.headSize(),
              shape.headSize()),
          0, rows);
      if (options.all()) {
        writer.seal();
      }
      long middle = System.nanoTime();
      for (KvPart part : KvPart.values()) {
        decode(layer, part, sealed);
      }
      count(writer, pagesBefore, middle - start, System.nanoTime() - middle);
    }

    private void count(KvCacheWriter writer, int from, long nanosToEncode, long nanosToDecode) {
      int added = writer.pages() - from;
      for (int page = from; page < writer.pages(); page++) {
        long values = writer.pageTokens(page) * writer.spec().tokenValues();
        pages.add(writer.page(page).length, values, nanosToEncode / added, nanosToDecode / added);
      }
    }

    private static MemorySegment encoded(float[] values, int count) {
      MemorySegment bytes = MemorySegment.ofArray(new byte[count * TYPE.bits() / Byte.SIZE]);
      ValueCodec.write(TYPE, bytes, 0, values, 0, count);
      return bytes;
    }

    private static int sealed(KvCacheWriter writer) {
      int pages = writer.pages();
      return pages == 0 ? 0 : writer.firstToken(pages - 1) + writer.pageTokens(pages - 1);
    }

    private void decode(int layer, KvPart part, int from) {
      KvCacheWriter writer = layers[layer];
      int tokens = writer.tokens();
      int count = (tokens - from) * shape.width();
      MemorySegment bytes = MemorySegment.ofArray(new byte[count * TYPE.bits() / Byte.SIZE]);
      writer.read(0, part, 0, shape.heads(), from, tokens, bytes);
      float[] all = Arrays.copyOf(decoded[layer][part.ordinal()], tokens * shape.width());
      ValueCodec.read(TYPE, bytes, 0, all, from * shape.width(), count);
      decoded[layer][part.ordinal()] = all;
    }

    @Override
    public void read(int layer, int head, int count, float[] keys, float[] values) {
      int size = shape.headSize();
      for (int token = 0; token < count; token++) {
        int at = token * shape.width() + head * size;
        System.arraycopy(decoded[layer][0], at, keys, token * size, size);
        System.arraycopy(decoded[layer][1], at, values, token * size, size);
      }
    }

    @Override
    public void advance(int rows) {
      length += rows;
    }

    @Override
    public KvSize size() {
      KvSize sum = new KvSize(0, 0, 0, 0);
      for (KvCacheWriter writer : layers) {
        KvStatistics all = writer.statistics();
        long coded = all.bytes() - all.contextBytes() - all.rawBytes();
        sum = sum.plus(new KvSize(
            all.values(), Byte.SIZE * coded, Byte.SIZE * all.contextBytes(), Byte.SIZE * all.rawBytes()));
      }
      return sum;
    }
  }
}
