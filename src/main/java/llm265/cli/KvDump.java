package llm265.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.runtime.KvLayout;
import llm265.runtime.KvView;

/**
 * Keys and values of a file of tensors: by names and shapes, as one tensor of all, as one of keys and one of values, or as a pair
 * for each layer.
 */
final class KvDump {
  /** Orders of a layer's dimensions. */
  enum Order {
    /** {@code [heads, tokens, dim]}, before it a batch of one: what transformers has. */
    HEADS_FIRST,
    /** {@code [tokens, heads, dim]}. */
    TOKENS_FIRST,
    /** One tensor {@code [2, tokens, layers, heads, dim]}. */
    PAGE_FIRST
  }

  /** A number between separators, with what says keys or values before it or behind it. */
  private static final String WORD = "(k|v|keys?|values?)(?:_?(?:cache|states?))?";
  private static final Pattern NUMBER_FIRST = Pattern.compile("(?i)(?:.*[^0-9a-z])?(\\d{1,5})[^0-9](?:.*[^a-z])?" + WORD);
  private static final Pattern NUMBER_LAST = Pattern.compile("(?i)(?:.*[^a-z])?" + WORD + "[^0-9a-z]?(\\d{1,5})");
  private static final Pattern ALONE = Pattern.compile("(?i)(?:.*[^a-z])?" + WORD);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<TensorView> tensors;
  private final Order order;
  private final int heads;
  private KvView view;
  private KvLayout layout;
  private int layers;
  private int tokens;
  private int kvHeads;
  private int keyDim;
  private int valueDim;

  /**
   * @param tensors of the file
   * @param order null to go by shapes
   * @param heads heads where shapes do not say; 0 for unknown
   */
  KvDump(List<TensorView> tensors, Order order, int heads) {
    this.tensors = tensors;
    this.order = order;
    this.heads = heads;
    DType type = tensors.getFirst().dtype();
    if (tensors.stream().anyMatch(tensor -> tensor.dtype() != type)) {
      throw new IllegalArgumentException("the tensors are of several types");
    }
    if (tensors.size() == 1) {
      one(tensors.getFirst());
    } else if (tensors.size() == 2 && tensors.stream().allMatch(tensor -> tensor.rank() == 4 && tensor.shape()[0] != 1)) {
      two();
    } else {
      pairs();
    }
  }

  private void one(TensorView tensor) {
    long[] shape = tensor.shape();
    if (shape.length == 4 && heads > 0 && shape[3] % heads == 0) {
      shape = new long[] {shape[0], shape[1], shape[2], heads, shape[3] / heads};
    }
    if (shape.length != 5 || shape[0] != 2) {
      throw new IllegalArgumentException(
          tensor + " is not [2, layers, tokens, heads, dim], or with --heads [2, layers, tokens, heads * dim]");
    }
    boolean isPageFirst = order == Order.PAGE_FIRST;
    layers = Math.toIntExact(shape[isPageFirst ? 2 : 1]);
    tokens = Math.toIntExact(shape[isPageFirst ? 1 : 2]);
    sizes(shape[3], shape[4], shape[4]);
    layout = isPageFirst ? KvLayout.PAGE_FIRST : KvLayout.CANONICAL;
    view = isPageFirst
        ? KvView.pageFirst(tensor.data(), tensor.dtype(), tokens, layers, kvHeads, keyDim)
        : KvView.canonical(tensor.data(), tensor.dtype(), layers, tokens, kvHeads, keyDim);
  }

  private void sizes(long headCount, long key, long value) {
    kvHeads = Math.toIntExact(headCount);
    keyDim = Math.toIntExact(key);
    valueDim = Math.toIntExact(value);
  }

  private void two() {
    boolean keysFirst = isKeys(tensors.get(0), ALONE, 1);
    if (keysFirst == isKeys(tensors.get(1), ALONE, 1)) {
      throw new IllegalArgumentException("the tensors are not one of keys and one of values");
    }
    TensorView keys = tensors.get(keysFirst ? 0 : 1);
    TensorView values = tensors.get(keysFirst ? 1 : 0);
    long[] shape = keys.shape();
    layers = Math.toIntExact(shape[0]);
    byLayer(slices(keys), slices(values), new long[] {shape[1], shape[2], shape[3]}, tail(values.shape()), keys.dtype());
  }

  private static long[] tail(long[] shape) {
    return Arrays.copyOfRange(shape, shape.length - 3, shape.length);
  }

  private MemorySegment[] slices(TensorView tensor) {
    if (tensor.shape()[0] != layers) {
      throw new IllegalArgumentException(tensor + " is not of " + layers + " layers");
    }
    MemorySegment[] slices = new MemorySegment[layers];
    long bytes = tensor.byteSize() / Math.max(1, layers);
    for (int layer = 0; layer < layers; layer++) {
      slices[layer] = tensor.data().asSlice(layer * bytes, bytes);
    }
    return slices;
  }

  private static boolean isKeys(TensorView tensor, Pattern pattern, int group) {
    Matcher matcher = pattern.matcher(tensor.name());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("tensor " + tensor.name() + " has no name of keys or values");
    }
    return matcher.group(group).toLowerCase(Locale.ROOT).startsWith("k");
  }

  private void pairs() {
    TreeMap<Integer, TensorView> keys = new TreeMap<>();
    TreeMap<Integer, TensorView> values = new TreeMap<>();
    for (TensorView tensor : tensors) {
      boolean isLast = NUMBER_LAST.matcher(tensor.name()).matches();
      Matcher matcher = (isLast ? NUMBER_LAST : NUMBER_FIRST).matcher(tensor.name());
      boolean isKeys = isKeys(tensor, isLast ? NUMBER_LAST : NUMBER_FIRST, isLast ? 1 : 2);
      matcher.matches();
      int layer = Integer.parseInt(matcher.group(isLast ? 2 : 1));
      if ((isKeys ? keys : values).put(layer, tensor) != null) {
        throw new IllegalArgumentException("tensor " + tensor.name() + " is not the only one of its layer");
      }
    }
    if (!keys.keySet().equals(values.keySet())) {
      throw new IllegalArgumentException("layers " + keys.keySet() + " have keys, layers " + values.keySet() + " values");
    }
    layers = keys.size();
    long[] keyShape = shape(keys.firstEntry().getValue());
    long[] valueShape = shape(values.firstEntry().getValue());
    List<MemorySegment> keyData = new ArrayList<>();
    List<MemorySegment> valueData = new ArrayList<>();
    keys.values().forEach(tensor -> keyData.add(sameShape(tensor, keyShape)));
    values.values().forEach(tensor -> valueData.add(sameShape(tensor, valueShape)));
    byLayer(
        keyData.toArray(MemorySegment[]::new), valueData.toArray(MemorySegment[]::new), keyShape, valueShape,
        tensors.getFirst().dtype());
  }

  private MemorySegment sameShape(TensorView tensor, long[] shape) {
    if (!Arrays.equals(shape(tensor), shape)) {
      throw new IllegalArgumentException(tensor + " is of another shape than the first");
    }
    return tensor.data();
  }

  /** The three dimensions of a layer. */
  private long[] shape(TensorView tensor) {
    long[] shape = tensor.shape();
    if (shape.length == 2 && heads > 0 && shape[1] % heads == 0) {
      return new long[] {shape[0], heads, shape[1] / heads};
    }
    boolean isBatch = shape.length == 4 && shape[0] == 1;
    if (shape.length != 3 && !isBatch) {
      throw new IllegalArgumentException(
          tensor + " is not [1, heads, tokens, dim], [heads, tokens, dim] or, with --heads, [tokens, heads * dim]");
    }
    return tail(shape);
  }

  private void byLayer(MemorySegment[] keys, MemorySegment[] values, long[] keyShape, long[] valueShape, DType type) {
    boolean isFlat = tensors.getFirst().rank() == 2;
    boolean isStacked = tensors.size() == 2 && layers != 1;
    boolean tokensFirst = order == null ? isFlat || isStacked : order == Order.TOKENS_FIRST;
    tokens = Math.toIntExact(keyShape[tokensFirst ? 0 : 1]);
    sizes(keyShape[tokensFirst ? 1 : 0], keyShape[2], valueShape[2]);
    if (valueShape[0] != keyShape[0] || valueShape[1] != keyShape[1]) {
      throw new IllegalArgumentException("keys and values are not of the same tokens and heads");
    }
    layout = tokensFirst ? KvLayout.CANONICAL : KvLayout.HUGGING_FACE;
    view = tokensFirst
        ? KvView.rows(keys, values, type, tokens, kvHeads, keyDim, valueDim)
        : KvView.huggingFace(keys, values, type, tokens, kvHeads, keyDim, valueDim);
  }

  KvView view() {
    return view;
  }

  KvLayout layout() {
    return layout;
  }

  DType dtype() {
    return tensors.getFirst().dtype();
  }

  int layers() {
    return layers;
  }

  int tokens() {
    return tokens;
  }

  int kvHeads() {
    return kvHeads;
  }

  int keyDim() {
    return keyDim;
  }

  int valueDim() {
    return valueDim;
  }

  /** Names and shapes, so that the same tensors can be made again. */
  byte[] note() {
    ObjectNode root = MAPPER.createObjectNode();
    if (order != null) {
      root.put("order", order.name());
    }
    root.put("heads", heads);
    ArrayNode all = root.putArray("tensors");
    for (TensorView tensor : tensors) {
      ObjectNode one = all.addObject().put("name", tensor.name());
      ArrayNode shape = one.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
    }
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Empty tensors of a note.
   *
   * @throws IllegalArgumentException if there is no such note
   */
  static KvDump empty(byte[] note, DType type) {
    try {
      JsonNode root = MAPPER.readTree(new String(note, StandardCharsets.UTF_8));
      List<TensorView> tensors = new ArrayList<>();
      for (JsonNode one : root.path("tensors")) {
        long[] shape = StreamSupport.stream(one.path("shape").spliterator(), false).mapToLong(JsonNode::asLong).toArray();
        long bytes = type.byteSize(Shape.count(shape));
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
        tensors.add(new TensorView(one.path("name").asText(), type, shape, data));
      }
      if (tensors.isEmpty()) {
        throw new IllegalArgumentException("the file does not say of which tensors it is");
      }
      String order = root.path("order").asText("");
      return new KvDump(tensors, order.isEmpty() ? null : Order.valueOf(order), root.path("heads").asInt());
    } catch (JsonProcessingException | ArithmeticException e) {
      throw new IllegalArgumentException("the file does not say of which tensors it is", e);
    }
  }

  /** The tensors. */
  List<TensorView> tensors() {
    return tensors;
  }
}
