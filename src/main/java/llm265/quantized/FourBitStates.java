package llm265.quantized;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/**
 * bitsandbytes with 4 bits: {@code X.weight} has the codes of the flattened tensor, in U8 or in bytes that pass for another type.
 * Beside it are {@code X.weight.absmax}, {@code .quant_map} F32 [16], if nested {@code .nested_absmax} and {@code
 * .nested_quant_map} F32 [256], and {@code .quant_state.bitsandbytes__nf4} or {@code __fp4}: JSON with shape and sizes.
 */
final class FourBitStates implements WeightFinder {
  private static final String STATE = ".quant_state.bitsandbytes__";
  private static final List<String> TYPES = List.of("nf4", "fp4");
  private static final int CODES = 16;
  private static final int NESTED_CODES = 256;
  private static final int MAX_JSON = 1 << 16;
  private static final int MAX_BLOCK = 1 << 24;
  private static final int MAX_RANK = 8;

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    String base = codes.name();
    Optional<String> type = TYPES.stream().filter(name -> tensors.has(base + STATE + name)).findFirst();
    if (type.isEmpty()) {
      if (tensors.has(base + ".absmax") && tensors.has(base + ".quant_map")) {
        throw tensors.fault(base, "has no " + STATE.substring(1) + "nf4 or fp4 beside it");
      }
      return Optional.empty();
    }
    WeightParts parts = new WeightParts(tensors, base, codes);
    TensorSource.Entry stateEntry = parts.require(base + STATE + type.get());
    TensorSource.Entry magnitudes = parts.require(base + ".absmax");
    TensorSource.Entry table = parts.require(base + ".quant_map");
    tensors.requireType(table, DType.F32);
    tensors.requireShape(table, CODES);
    JsonNode state = state(tensors, stateEntry);
    long[] shape = shape(tensors, stateEntry, state);
    parts.requireReadable(codes, shape);
    long count = Shape.count(shape);
    long bytes = codes.dtype().byteSize(Shape.count(codes.shape()));
    if (bytes < (count + 1) / 2 || bytes - (count + 1) / 2 >= Long.BYTES) {
      throw tensors.fault(base, "has " + bytes + " bytes, not half of " + count);
    }
    int blockSize = size(tensors, stateEntry, state, "blocksize");
    long blocks = ScaleLayout.ceil(count, blockSize);
    tensors.requireShape(magnitudes, blocks);
    boolean isNested = tensors.has(base + ".nested_absmax");
    tensors.requireType(magnitudes, isNested ? DType.U8 : DType.F32);
    Nesting nesting = isNested ? nesting(tensors, parts, stateEntry, state, base, blocks) : null;
    String scheme = type.get().toUpperCase(Locale.ROOT) + ", blocks of " + blockSize + (isNested ? ", nested scales" : "");
    return Optional.of(parts.weight(
        "bitsandbytes",
        scheme,
        shape,
        () -> new LookupRows(
            tensors.load(codes).data(),
            floats(tensors.load(table)),
            new BlockMagnitudes(
                blockSize, tensors.load(magnitudes), isNested ? nesting.load(tensors) : null),
            MatrixShape.of(shape))));
  }

  /** What describes nested magnitudes. */
  private record Nesting(TensorSource.Entry magnitudes, TensorSource.Entry table, int blockSize, float offset) {
    BlockMagnitudes.Nested load(NamedTensors tensors) {
      return new BlockMagnitudes.Nested(tensors.load(magnitudes), floats(tensors.load(table)), blockSize, offset);
    }
  }

  private static Nesting nesting(
      NamedTensors tensors, WeightParts parts, TensorSource.Entry entry, JsonNode state, String base, long blocks) {
    TensorSource.Entry magnitudes = parts.require(base + ".nested_absmax");
    TensorSource.Entry table = parts.require(base + ".nested_quant_map");
    tensors.requireType(magnitudes, DType.F32);
    tensors.requireType(table, DType.F32);
    tensors.requireShape(table, NESTED_CODES);
    int blockSize = size(tensors, entry, state, "nested_blocksize");
    tensors.requireShape(magnitudes, ScaleLayout.ceil(blocks, blockSize));
    if (!state.path("nested_offset").isNumber()) {
      throw tensors.fault(entry.name(), "has no number nested_offset");
    }
    return new Nesting(magnitudes, table, blockSize, (float) state.path("nested_offset").doubleValue());
  }

  private static float[] floats(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  private static JsonNode state(NamedTensors tensors, TensorSource.Entry entry) {
    tensors.requireType(entry, DType.U8);
    MemorySegment data = tensors.load(entry).data();
    if (data.byteSize() > MAX_JSON) {
      throw tensors.fault(entry.name(), "has " + data.byteSize() + " bytes, too many for a state");
    }
    // As bytes, the parser would take it for UTF-16 or UTF-32 where zeros look like it.
    String json = new String(data.toArray(LittleEndian.BYTE), StandardCharsets.UTF_8);
    try {
      JsonNode state = JsonMapper.builder().build().readTree(json);
      if (state == null || !state.isObject()) {
        throw tensors.fault(entry.name(), "is not a JSON object");
      }
      return state;
    } catch (JsonProcessingException e) {
      throw tensors.fault(entry.name(), "is not valid JSON");
    }
  }

  private static long[] shape(NamedTensors tensors, TensorSource.Entry entry, JsonNode state) {
    JsonNode sizes = state.path("shape");
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.path(i).isIntegralNumber() && sizes.path(i).canConvertToLong() ? sizes.path(i).longValue() : 0;
    }
    if (shape.length > MAX_RANK || !MatrixShape.isReadable(shape)) {
      throw tensors.fault(entry.name(), "has no shape of a weight");
    }
    return shape;
  }

  private static int size(NamedTensors tensors, TensorSource.Entry entry, JsonNode state, String name) {
    JsonNode value = state.path(name);
    if (!value.isInt() || value.intValue() < 1 || value.intValue() > MAX_BLOCK) {
      throw tensors.fault(entry.name(), "has no size " + name);
    }
    return value.intValue();
  }
}
