package llm265.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import llm265.checkpoint.file.PrintableText;
import llm265.dtype.DType;
import llm265.h264.UnsupportedStreamException;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * What a KV cache is of: the identity that a file has to agree with. SPEC.md, "KV cache files".
 *
 * @param modelId model and revision, any text
 * @param layers layers that have keys and values of their own, 1 to 65,535
 * @param kvHeads heads of keys and values, 1 to 65,535
 * @param headDim size of a head's key, 1 to 65,535
 * @param valueDim size of a head's value, likewise
 * @param dtype type of values: F32, F16, BF16, F8_E4M3 or F8_E5M2
 * @param layout where the cache's owner has its values
 * @param pageTokens tokens of a page, 1 to 4,096
 * @param headsPerCell heads that are coded together: {@code kvHeads}, or a divisor of it, so that fewer can be read alone
 * @param sinkTokens tokens at the beginning that are kept as they are
 * @param recentTokens tokens at the end that are kept as they are
 * @param keys whether keys are rotated by their positions
 * @param rope what else there is to say of it, in any words; part of the identity only
 * @param rotary how keys are rotated, so that the codec can undo it; {@link KvRotary#NONE} to code them as they come
 * @param learnedAxes whether pages are coded on axes that are learned from the decoded tokens before them: see
 *     {@link #withLearnedAxes}
 */
public record KvSpec(
    String modelId, int layers, int kvHeads, int headDim, int valueDim, DType dtype, KvLayout layout, int pageTokens,
    int headsPerCell, int sinkTokens, int recentTokens, KeyForm keys, String rope, KvRotary rotary, boolean learnedAxes) {
  private static final int MOST = 65_535;
  private static final int MOST_PAGE_TOKENS = 4_096;
  private static final int MOST_TEXT = 4_096;

  /** Values of a token at most, of all layers. */
  private static final long MOST_TOKEN_VALUES = 1 << 24;

  /** Values of a cell at most. */
  static final int MOST_CELL_VALUES = 1 << 24;

  /** Channels of a cell on learned axes at most: their matrices have the square of it. */
  static final int MOST_AXES = 1024;

  static final int DEFAULT_PAGE_TOKENS = 16;
  private static final String CLAUSE = "SPEC.md, KV cache files";

  /** What is known of positions in keys. */
  public enum KeyForm {
    /** Keys are rotated: what most caches hold. */
    POST_ROPE,
    /** Keys are not rotated yet, or their model has no rotary embedding. */
    PRE_ROPE
  }

  /** @throws IllegalArgumentException if a number is out of its range */
  public KvSpec {
    requireRange("layers", layers, 1, MOST);
    requireRange("heads", kvHeads, 1, MOST);
    requireRange("head size", headDim, 1, MOST);
    requireRange("value size", valueDim, 1, MOST);
    requireRange("tokens of a page", pageTokens, 1, MOST_PAGE_TOKENS);
    requireRange("heads of a cell", headsPerCell, 1, kvHeads);
    requireRange("sink tokens", sinkTokens, 0, 1 << 20);
    requireRange("recent tokens", recentTokens, 0, 1 << 24);
    if (kvHeads % headsPerCell != 0) {
      throw new IllegalArgumentException(kvHeads + " heads are not cells of " + headsPerCell);
    }
    if ((long) pageTokens * headsPerCell * Math.max(headDim, valueDim) > MOST_CELL_VALUES) {
      throw new IllegalArgumentException("a cell of more than " + MOST_CELL_VALUES + " values");
    }
    if (1L * layers * kvHeads * (headDim + valueDim) > MOST_TOKEN_VALUES) {
      throw new IllegalArgumentException("a token of more than " + MOST_TOKEN_VALUES + " values");
    }
    boolean isCoded = switch (dtype) {
      case F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
      default -> false;
    };
    if (!isCoded) {
      throw new IllegalArgumentException("a cache of type " + dtype + " is not one of F32, F16, BF16, F8_E4M3, F8_E5M2");
    }
    if (modelId.length() > MOST_TEXT || rope.length() > MOST_TEXT) {
      throw new IllegalArgumentException("a text of more than " + MOST_TEXT + " characters");
    }
    if (2L * rotary.pairs() > headDim) {
      throw new IllegalArgumentException(rotary.pairs() + " rotated pairs in heads of " + headDim);
    }
    if (keys == KeyForm.PRE_ROPE && rotary.pairs() > 0) {
      throw new IllegalArgumentException("keys that are not rotated have no rotary embedding to undo");
    }
    if (learnedAxes && headsPerCell * Math.max(headDim, valueDim) > MOST_AXES) {
      throw new IllegalArgumentException(
          headsPerCell * Math.max(headDim, valueDim) + " channels of a cell are too many to learn axes of: at most "
              + MOST_AXES + ", so take fewer heads of a cell");
    }
  }

  private static void requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(value + " " + name + ": not in " + least + ".." + most);
    }
  }

  /**
   * A cache of pages of 16 tokens, cells of all heads, rotated keys, in the canonical layout, without sinks and window.
   */
  public static KvSpec of(String modelId, int layers, int kvHeads, int headDim, DType dtype) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, headDim, dtype, KvLayout.CANONICAL, DEFAULT_PAGE_TOKENS, kvHeads, 0, 0,
        KeyForm.POST_ROPE, "", KvRotary.NONE, false);
  }

  /** The same of another layout. */
  public KvSpec withLayout(KvLayout other) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, other, pageTokens, headsPerCell, sinkTokens, recentTokens, keys,
        rope, rotary, learnedAxes);
  }

  /** The same with pages of another number of tokens, and other heads of a cell. */
  public KvSpec withPages(int tokens, int heads) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, layout, tokens, heads, sinkTokens, recentTokens, keys, rope,
        rotary, learnedAxes);
  }

  /** The same with tokens kept as they are: at the beginning, and at the end. */
  public KvSpec withRaw(int sinks, int recent) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, layout, pageTokens, headsPerCell, sinks, recent, keys, rope,
        rotary, learnedAxes);
  }

  /** The same with keys of a form. */
  public KvSpec withKeys(KeyForm form, String ropeText) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, layout, pageTokens, headsPerCell, sinkTokens, recentTokens, form,
        ropeText, rotary, learnedAxes);
  }

  /** The same with keys that are rotated so, which the codec undoes by itself unless a profile does. */
  public KvSpec withRotary(KvRotary embedding) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, layout, pageTokens, headsPerCell, sinkTokens, recentTokens, keys,
        rope, embedding, learnedAxes);
  }

  /**
   * The same with pages on principal axes that writer and reader learn alike from the decoded tokens before them, at 64, 128, ...
   * 4,096 tokens: fewer bits, and nothing is sent for them. Then a page cannot be read without those that its axes were learned
   * from, and pages are no objects of their own. Sequences without loss have no axes.
   */
  public KvSpec withLearnedAxes() {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, valueDim, dtype, layout, pageTokens, headsPerCell, sinkTokens, recentTokens, keys,
        rope, rotary, true);
  }

  /** The same with values of another size. */
  public KvSpec withValueDim(int dim) {
    return new KvSpec(
        modelId, layers, kvHeads, headDim, dim, dtype, layout, pageTokens, headsPerCell, sinkTokens, recentTokens, keys, rope,
        rotary, learnedAxes);
  }

  /** Size of a head. */
  public int dim(KvPart part) {
    return part == KvPart.KEYS ? headDim : valueDim;
  }

  /** Undoes the rotary embedding of a cell's keys, if it is known, and goes on with another transform. */
  ChannelTransform unrotated(KvPart part, ChannelTransform next) {
    return part == KvPart.KEYS && rotary.pairs() > 0 ? rotary.undone(headDim, next) : next;
  }

  /** Cells of a layer's keys, and of its values. */
  public int groups() {
    return kvHeads / headsPerCell;
  }

  /** Channels of a cell. */
  int channels(KvPart part) {
    return headsPerCell * dim(part);
  }

  /** Bytes of a layer's keys, or values, of a token as they are. */
  public long tokenBytes(KvPart part) {
    return dtype.byteSize((long) kvHeads * dim(part));
  }

  /** Values of a token, of all layers. */
  public long tokenValues() {
    return (long) layers * kvHeads * (headDim + valueDim);
  }

  /** SHA-256 of all that the spec says. */
  public byte[] hash() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return sha256(out.toByteArray());
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void write(PayloadWriter out) {
    text(out, modelId);
    for (int number : new int[] {
        layers, kvHeads, headDim, valueDim, pageTokens, headsPerCell, sinkTokens, recentTokens, layout.ordinal(),
        keys.ordinal()}) {
      out.varint(number);
    }
    text(out, dtype.name());
    text(out, rope);
    rotary.write(out);
    out.u8(learnedAxes ? 1 : 0);
  }

  static KvSpec read(PayloadReader in) {
    String model = text(in, "model_id");
    int[] numbers = new int[8];
    String[] names = {
      "layers", "kv_heads", "head_dim", "value_dim", "page_tokens", "heads_per_cell", "sink_tokens", "recent_tokens"};
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.varint(names[i], 1 << 24);
    }
    KvLayout layout = KvLayout.values()[in.varint("layout", KvLayout.values().length - 1)];
    KeyForm form = KeyForm.values()[in.varint("key_form", KeyForm.values().length - 1)];
    String type = text(in, "dtype");
    String rope = text(in, "rope");
    KvRotary rotary = KvRotary.read(in);
    int axes = in.varint("learned_axes", 1);
    try {
      return new KvSpec(
          model, numbers[0], numbers[1], numbers[2], numbers[3], DType.of(type), layout, numbers[4], numbers[5], numbers[6],
          numbers[7], form, rope, rotary, axes == 1);
    } catch (IllegalArgumentException e) {
      // The message may have a text of the file in it, of any characters.
      throw PayloadReader.malformed("spec", "is of no cache: " + PrintableText.of(e.getMessage()));
    }
  }

  private static void text(PayloadWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.varint(bytes.length);
    out.bytes(bytes);
  }

  private static String text(PayloadReader in, String field) {
    return new String(in.bytes(field, in.varint(field, 4 * MOST_TEXT)), StandardCharsets.UTF_8);
  }

  /**
   * Refuses a file of another cache.
   *
   * @throws UnsupportedStreamException that names the first difference
   */
  void requireSame(KvSpec file) {
    require("model_id", modelId, file.modelId);
    require("layers", layers, file.layers);
    require("kv_heads", kvHeads, file.kvHeads);
    require("head_dim", headDim, file.headDim);
    require("value_dim", valueDim, file.valueDim);
    require("dtype", dtype, file.dtype);
    require("layout", layout, file.layout);
    require("page_tokens", pageTokens, file.pageTokens);
    require("heads_per_cell", headsPerCell, file.headsPerCell);
    require("sink_tokens", sinkTokens, file.sinkTokens);
    require("recent_tokens", recentTokens, file.recentTokens);
    require("key_form", keys, file.keys);
    require("rope", rope, file.rope);
    require("rotary", rotary, file.rotary);
    require("learned_axes", learnedAxes, file.learnedAxes);
  }

  private static void require(String field, Object here, Object there) {
    if (!here.equals(there)) {
      throw new UnsupportedStreamException(field, CLAUSE, "is " + there + " in the file, " + here + " here");
    }
  }
}
