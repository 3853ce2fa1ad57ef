package llm265.runtime;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.runtime.transform.KvPart;

/**
 * Keys and values where their owner has them, by strides: nothing is copied but what a cell takes or gives. The values of a head
 * lie together. Thread-safe as far as the memory is.
 *
 * <p>A token lies in a block; where there is a table of blocks, it says in which. Layers may be in segments of their own.
 */
public final class KvView {
  private final DType dtype;
  private final int layers;
  private final int heads;
  private final int tokens;
  private final int blockTokens;
  private final int[] blocks;
  private final Plane keys;
  private final Plane values;

  /** Strides in values; {@code segments} has one for each layer, or one for all. */
  private record Plane(
      MemorySegment[] segments, int dim, long base, long layer, long block, long token, long head) {
    MemorySegment segment(int number) {
      return segments.length == 1 ? segments[0] : segments[number];
    }
  }

  private KvView(DType dtype, int layers, int heads, int tokens, int blockTokens, int[] blocks, Plane keys, Plane values) {
    this.dtype = dtype;
    this.layers = layers;
    this.heads = heads;
    this.tokens = tokens;
    this.blockTokens = blockTokens;
    this.blocks = blocks;
    this.keys = keys;
    this.values = values;
    if (blocks != null && tokens > (long) blocks.length * blockTokens) {
      throw new IllegalArgumentException(tokens + " tokens in " + blocks.length + " blocks of " + blockTokens);
    }
  }

  /** {@code [2, layers, tokens, heads, dim]}. */
  public static KvView canonical(MemorySegment data, DType dtype, int layers, int tokens, int heads, int dim) {
    long layer = (long) tokens * heads * dim;
    MemorySegment[] one = {data};
    return new KvView(
        dtype, layers, heads, tokens, Math.max(1, tokens), null,
        new Plane(one, dim, 0, layer, 0, (long) heads * dim, dim),
        new Plane(one, dim, layers * layer, layer, 0, (long) heads * dim, dim));
  }

  /** Keys and values of one token after the other, by layer: {@code [tokens, heads, dim]}. */
  public static KvView rows(
      MemorySegment[] keys, MemorySegment[] values, DType dtype, int tokens, int heads, int keyDim, int valueDim) {
    return new KvView(
        dtype, keys.length, heads, tokens, Math.max(1, tokens), null,
        new Plane(keys.clone(), keyDim, 0, 0, 0, (long) heads * keyDim, keyDim),
        new Plane(values.clone(), valueDim, 0, 0, 0, (long) heads * valueDim, valueDim));
  }

  /** vLLM until 0.25: by layer {@code [2, total blocks, block tokens, heads, dim]}, and the blocks of this sequence. */
  public static KvView vllmSplit(
      MemorySegment[] layers, DType dtype, int totalBlocks, int[] blocks, int tokens, int blockTokens, int heads, int dim) {
    long token = (long) heads * dim;
    long block = blockTokens * token;
    return new KvView(
        dtype, layers.length, heads, tokens, blockTokens, blocks.clone(),
        new Plane(layers.clone(), dim, 0, 0, block, token, dim),
        new Plane(layers.clone(), dim, totalBlocks * block, 0, block, token, dim));
  }

  /** vLLM since 0.26: by layer {@code [blocks, heads, block tokens, 2 * dim]}, and the blocks of this sequence. */
  public static KvView vllmPacked(
      MemorySegment[] layers, DType dtype, int[] blocks, int tokens, int blockTokens, int heads, int dim) {
    long head = 2L * blockTokens * dim;
    return new KvView(
        dtype, layers.length, heads, tokens, blockTokens, blocks.clone(),
        new Plane(layers.clone(), dim, 0, 0, heads * head, 2L * dim, head),
        new Plane(layers.clone(), dim, dim, 0, heads * head, 2L * dim, head));
  }

  /** SGLang's page_first: {@code [2, tokens, layers, heads, dim]}. */
  public static KvView pageFirst(MemorySegment data, DType dtype, int tokens, int layers, int heads, int dim) {
    long layer = (long) heads * dim;
    MemorySegment[] one = {data};
    return new KvView(
        dtype, layers, heads, tokens, Math.max(1, tokens), null,
        new Plane(one, dim, 0, layer, 0, layers * layer, dim),
        new Plane(one, dim, tokens * layers * layer, layer, 0, layers * layer, dim));
  }

  /** SGLang's page_head: {@code [2, total pages, heads, page tokens, layers, dim]}, and the pages of this sequence. */
  public static KvView pageHead(
      MemorySegment data, DType dtype, int totalPages, int[] pages, int tokens, int pageTokens, int layers, int heads, int dim) {
    long token = (long) layers * dim;
    long head = pageTokens * token;
    MemorySegment[] one = {data};
    return new KvView(
        dtype, layers, heads, tokens, pageTokens, pages.clone(),
        new Plane(one, dim, 0, dim, heads * head, token, head),
        new Plane(one, dim, totalPages * heads * head, dim, heads * head, token, head));
  }

  /** transformers: by layer {@code [heads, tokens, dim]}, keys and values apart. */
  public static KvView huggingFace(
      MemorySegment[] keys, MemorySegment[] values, DType dtype, int tokens, int heads, int keyDim, int valueDim) {
    return new KvView(
        dtype, keys.length, heads, tokens, Math.max(1, tokens), null,
        new Plane(keys.clone(), keyDim, 0, 0, 0, keyDim, (long) tokens * keyDim),
        new Plane(values.clone(), valueDim, 0, 0, 0, valueDim, (long) tokens * valueDim));
  }

  /** Number of tokens. */
  public int tokens() {
    return tokens;
  }

  /**
   * Checks that this can be a view of a cache.
   *
   * @throws IllegalArgumentException if type, layers, heads or sizes are others
   */
  void requireFits(KvSpec spec) {
    if (dtype != spec.dtype() || layers != spec.layers() || heads != spec.kvHeads() || keys.dim != spec.headDim()
        || values.dim != spec.valueDim()) {
      throw new IllegalArgumentException(
          "a view of " + dtype + ", " + layers + " layers, " + heads + " heads of " + keys.dim + " and " + values.dim
              + " for a cache of " + spec.dtype() + ", " + spec.layers() + " layers, " + spec.kvHeads() + " heads of "
              + spec.headDim() + " and " + spec.valueDim());
    }
  }

  private Plane plane(KvPart part) {
    return part == KvPart.KEYS ? keys : values;
  }

  private long place(Plane plane, int layer, int head, int token) {
    long block = token / blockTokens;
    long number = blocks == null ? block : blocks[(int) block];
    return plane.base + layer * plane.layer + number * plane.block + token % blockTokens * plane.token + head * plane.head;
  }

  /** Copies {@code count x (headTo - headFrom) x dim} values out of the view, to byte {@code at} of {@code to} on. */
  void gather(int layer, KvPart part, int headFrom, int headTo, int token, int count, MemorySegment to, long at) {
    copy(layer, part, headFrom, headTo, token, count, to, at, true);
  }

  /** Copies them into the view. */
  void scatter(int layer, KvPart part, int headFrom, int headTo, int token, int count, MemorySegment from, long at) {
    copy(layer, part, headFrom, headTo, token, count, from, at, false);
  }

  /**
   * Copies tokens of some heads out of the view.
   *
   * @param to receives {@code [count, headTo - headFrom, dim]} values
   */
  public void copyOut(int layer, KvPart part, int headFrom, int headTo, int token, int count, MemorySegment to) {
    gather(layer, part, headFrom, headTo, token, count, to, 0);
  }

  private void copy(
      int layer, KvPart part, int headFrom, int headTo, int token, int count, MemorySegment rows, long first,
      boolean isGather) {
    if (token < 0 || count < 0 || token > tokens - count) {
      throw new IndexOutOfBoundsException("tokens " + token + " to " + (token + count) + " of " + tokens);
    }
    Plane plane = plane(part);
    MemorySegment segment = plane.segment(layer);
    int width = dtype.bits() / 8;
    int run = plane.head == plane.dim ? headTo - headFrom : 1;
    long bytes = (long) run * plane.dim * width;
    long at = first;
    for (int t = token; t < token + count; t++) {
      for (int head = headFrom; head < headTo; head += run) {
        long place = place(plane, layer, head, t) * width;
        if (isGather) {
          MemorySegment.copy(segment, place, rows, at, bytes);
        } else {
          MemorySegment.copy(rows, at, segment, place, bytes);
        }
        at += bytes;
      }
    }
  }
}
