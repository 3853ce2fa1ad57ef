package llm265.quantized;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.TensorView;

/**
 * Writes quantized weights bit by bit, as the descriptions of their formats say, and keeps what they stand for. It shares nothing
 * with the readers.
 */
public final class QuantizedFixture {
  static final Path PATH = Path.of("model.safetensors");

  private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
  private static final int[] AWQ_COLUMN_OF_NIBBLE = {0, 2, 4, 6, 1, 3, 5, 7};

  final List<TensorView> tensors = new ArrayList<>();
  public final Map<String, float[]> expected = new LinkedHashMap<>();
  private final Random random;

  public QuantizedFixture(long seed) {
    random = new Random(seed);
  }

  QuantizedCheckpoint read(QuantizationConfig config) {
    return QuantizedCheckpoint.of(TensorSource.of(PATH, tensors), config);
  }

  QuantizedCheckpoint read(String quantization) {
    String json = "{\"quantization_config\": " + quantization + "}";
    return read(QuantizationConfig.parse(Path.of("config.json"), json.replace('\'', '"')));
  }

  void replace(String name, TensorView... by) {
    tensors.removeIf(tensor -> tensor.name().equals(name));
    tensors.addAll(Arrays.asList(by));
  }

  TensorView get(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow();
  }

  public void write(Path path) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
  }

  static TensorView tensor(String name, DType type, byte[] bytes, long... shape) {
    return new TensorView(name, type, shape, MemorySegment.ofArray(bytes));
  }

  static TensorView ints(String name, int[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return tensor(name, DType.I32, bytes.array(), shape);
  }

  static TensorView floats(String name, float[] values, long... shape) {
    return TensorView.copyOf(name, shape, values);
  }

  /** Values that F16 has. */
  static TensorView halves(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(value));
    }
    return tensor(name, DType.F16, bytes.array(), shape);
  }

  /** Values that BF16 has. */
  static TensorView brains(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
    }
    return tensor(name, DType.BF16, bytes.array(), shape);
  }

  private static TensorView longs(String name, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, DType.I64, bytes.array(), values.length);
  }

  public void plain(String name, long... shape) {
    int count = 1;
    for (long dimension : shape) {
      count *= (int) dimension;
    }
    tensors.add(brains(name, new float[count], shape));
  }

  /** Scales with 8 bits of mantissa, which F16 and BF16 both have. */
  private float[] scales(int count) {
    float[] scales = new float[count];
    for (int i = 0; i < count; i++) {
      scales[i] = (128 + random.nextInt(128)) * 0x1p-12f;
    }
    return scales;
  }

  private int[] codes(int count, int least, int end) {
    return random.ints(count, least, end).toArray();
  }

  /** Codes one after the other in words, from the lowest bit on; bit by bit. */
  static int[] dense(int bits, int... codes) {
    int[] words = new int[(codes.length * bits + 31) / 32];
    for (int i = 0; i < codes.length * bits; i++) {
      words[i / 32] |= ((codes[i / bits] >> i % bits) & 1) << i % 32;
    }
    return words;
  }

  /** As many whole codes in each word as fit. */
  static int[] loose(int bits, int... codes) {
    int inWord = 32 / bits;
    int[] words = new int[(codes.length + inWord - 1) / inWord];
    for (int i = 0; i < codes.length; i++) {
      words[i / inWord] |= codes[i] << bits * (i % inWord);
    }
    return words;
  }

  private static int[] column(int[] matrix, int columns, int column) {
    int[] values = new int[matrix.length / columns];
    Arrays.setAll(values, i -> matrix[i * columns + column]);
    return values;
  }

  private static int[] packRows(boolean isDense, int bits, int columns, int... codes) {
    int[] packed = {};
    for (int row = 0; row < codes.length / columns; row++) {
      int[] codesOfRow = Arrays.copyOfRange(codes, row * columns, (row + 1) * columns);
      int[] words = isDense ? dense(bits, codesOfRow) : loose(bits, codesOfRow);
      packed = Arrays.copyOf(packed, packed.length + words.length);
      System.arraycopy(words, 0, packed, packed.length - words.length, words.length);
    }
    return packed;
  }

  private static int[] packColumns(boolean isDense, int bits, int columns, int... codes) {
    int[] packed = null;
    for (int column = 0; column < columns; column++) {
      int[] codesOfColumn = column(codes, columns, column);
      int[] words = isDense ? dense(bits, codesOfColumn) : loose(bits, codesOfColumn);
      packed = packed == null ? new int[words.length * columns] : packed;
      for (int i = 0; i < words.length; i++) {
        packed[i * columns + column] = words[i];
      }
    }
    return packed;
  }

  /** pack-quantized. */
  public void packed(String module, int bits, boolean isDense, int out, int in, int group, boolean hasZeros, boolean hasOrder) {
    int half = 1 << (bits - 1);
    int groups = in / group;
    int[] codes = codes(out * in, -half, half);
    int[] zeros = hasZeros ? codes(out * groups, -half, half) : new int[out * groups];
    float[] scales = scales(out * groups);
    int[] order = codes(in, 0, groups);
    float[] values = new float[out * in];
    for (int i = 0; i < values.length; i++) {
      int at = i / in * groups + (hasOrder ? order[i % in] : i % in / group);
      values[i] = (codes[i] - zeros[at]) * scales[at];
    }
    String name = module + ".weight";
    int[] shifted = Arrays.stream(codes).map(code -> code + half).toArray();
    int[] words = packRows(isDense, bits, in, shifted);
    tensors.add(ints(name + "_packed", words, out, words.length / out));
    tensors.add(brains(name + "_scale", scales, out, groups));
    tensors.add(longs(name + "_shape", out, in));
    if (hasZeros) {
      int[] packedZeros = packColumns(isDense, bits, groups, Arrays.stream(zeros).map(zero -> zero + half).toArray());
      tensors.add(ints(name + "_zero_point", packedZeros, packedZeros.length / groups, groups));
    }
    if (hasOrder) {
      tensors.add(ints(name + "_g_idx", order, in));
    }
    expected.put(name, values);
  }

  /** int-quantized, a scale and a zero a row. */
  public void bytes(String module, int out, int in) {
    int[] codes = codes(out * in, -128, 128);
    int[] zeros = codes(out, -128, 128);
    float[] scales = scales(out);
    byte[] stored = new byte[codes.length];
    byte[] storedZeros = new byte[out];
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      stored[i] = (byte) codes[i];
      storedZeros[i / in] = (byte) zeros[i / in];
      values[i] = (codes[i] - zeros[i / in]) * scales[i / in];
    }
    tensors.add(tensor(module + ".weight", DType.I8, stored, out, in));
    tensors.add(floats(module + ".weight_scale", scales, out, 1));
    tensors.add(tensor(module + ".weight_zero_point", DType.I8, storedZeros, out, 1));
    expected.put(module + ".weight", values);
  }

  /** A finite E4M3, by its definition. */
  static float float8(int code) {
    int exponent = (code >> 3) & 15;
    float magnitude = exponent == 0 ? (code & 7) / 512f : (8 + (code & 7)) * (float) Math.scalb(1.0, exponent - 10);
    return (code & 128) == 0 ? magnitude : -magnitude;
  }

  private int finite8() {
    int code = random.nextInt(256);
    return (code & 127) == 127 ? 0x7E : code;
  }

  /** E4M3 with scales of blocks, in a stack of experts. */
  public void blocks(String name, String suffix, int experts, int out, int in, int blockRows, int blockColumns) {
    int gridRows = (out + blockRows - 1) / blockRows;
    int gridColumns = (in + blockColumns - 1) / blockColumns;
    float[] scales = scales(experts * gridRows * gridColumns);
    byte[] codes = new byte[experts * out * in];
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) finite8();
      int row = i / in % out / blockRows;
      int at = (i / in / out * gridRows + row) * gridColumns + i % in / blockColumns;
      values[i] = float8(codes[i] & 0xFF) * scales[at];
    }
    boolean isStack = experts > 1;
    tensors.add(tensor(
        name, DType.F8_E4M3, codes, isStack ? new long[] {experts, out, in} : new long[] {out, in}));
    tensors.add(floats(
        name + suffix, scales, isStack ? new long[] {experts, gridRows, gridColumns} : new long[] {gridRows, gridColumns}));
    expected.put(name, values);
  }

  private static float float4(int code) {
    return (code & 8) == 0 ? E2M1[code & 7] : -E2M1[code & 7];
  }

  private static byte[] pairs(boolean isFirstLow, int... codes) {
    byte[] bytes = new byte[(codes.length + 1) / 2];
    for (int i = 0; i < codes.length; i++) {
      bytes[i / 2] |= (byte) (codes[i] << ((i % 2 == 0) == isFirstLow ? 0 : 4));
    }
    return bytes;
  }

  /** NVFP4 of compressed-tensors or of ModelOpt. */
  public void nvFloats(String module, boolean isOfModelOpt, int out, int in) {
    int[] codes = codes(out * in, 0, 16);
    byte[] scales = new byte[out * in / 16];
    float global = isOfModelOpt ? 0.037f : 317.7f;
    float[] values = new float[codes.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (byte) (finite8() & 127);
    }
    for (int i = 0; i < codes.length; i++) {
      float scale = float8(scales[i / 16]);
      values[i] = float4(codes[i]) * (isOfModelOpt ? scale * global : scale / global);
    }
    String name = module + ".weight";
    tensors.add(tensor(name + (isOfModelOpt ? "" : "_packed"), DType.U8, pairs(true, codes), out, in / 2));
    tensors.add(tensor(name + "_scale", DType.F8_E4M3, scales, out, in / 16));
    tensors.add(isOfModelOpt
        ? floats(name + "_scale_2", new float[] {global})
        : floats(name + "_global_scale", new float[] {global}, 1));
    tensors.add(floats(module + ".input_scale", new float[] {1}));
    expected.put(name, values);
  }

  private byte[] exponents(int count) {
    byte[] exponents = new byte[count];
    for (int i = 0; i < count; i++) {
      exponents[i] = (byte) (110 + random.nextInt(30));
    }
    return exponents;
  }

  private static float power(byte exponent) {
    return (float) Math.scalb(1.0, (exponent & 0xFF) - 127);
  }

  public void mxFloats4(String module, int out, int in) {
    int[] codes = codes(out * in, 0, 16);
    byte[] exponents = exponents(out * in / 32);
    float[] values = new float[codes.length];
    Arrays.setAll(new Object[codes.length], i -> values[i] = float4(codes[i]) * power(exponents[i / 32]));
    tensors.add(tensor(module + ".weight_packed", DType.U8, pairs(true, codes), out, in / 2));
    tensors.add(tensor(module + ".weight_scale", DType.U8, exponents, out, in / 32));
    expected.put(module + ".weight", values);
  }

  public void mxFloats8(String module, int out, int in) {
    byte[] codes = new byte[out * in];
    byte[] exponents = exponents(out * in / 32);
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) finite8();
      values[i] = float8(codes[i] & 0xFF) * power(exponents[i / 32]);
    }
    tensors.add(tensor(module + ".weight", DType.F8_E4M3, codes, out, in));
    tensors.add(tensor(module + ".weight_scale", DType.U8, exponents, out, in / 32));
    expected.put(module + ".weight", values);
  }

  /** gpt-oss; what is expected is transposed. */
  public void experts(String name, int experts, int out, int in) {
    int[] codes = codes(experts * out * in, 0, 16);
    byte[] exponents = exponents(codes.length / 32);
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      int expert = i / (out * in);
      int row = i / in % out;
      values[(expert * in + i % in) * out + row] = float4(codes[i]) * power(exponents[i / 32]);
    }
    tensors.add(tensor(name + "_blocks", DType.U8, pairs(true, codes), experts, out, in / 32, 16));
    tensors.add(tensor(name + "_scales", DType.U8, exponents, experts, out, in / 32));
    expected.put(name, values);
  }

  /** GPTQ: codes [in, out]. */
  public void gptq(String module, int bits, boolean isSecond, int out, int in, int group, boolean hasOrder) {
    int groups = in / group;
    int mask = (1 << bits) - 1;
    int[] codes = codes(in * out, 0, mask + 1);
    int[] zeros = codes(groups * out, 0, mask + 1);
    int[] stored = Arrays.stream(zeros).map(zero -> isSecond ? zero : (zero - 1) & mask).toArray();
    float[] scales = scales(groups * out);
    int[] order = codes(in, 0, groups);
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      int input = i / out;
      int at = (hasOrder ? order[input] : input / group) * out + i % out;
      values[i % out * in + input] = scales[at] * (codes[i] - zeros[at]);
    }
    int[] words = packColumns(true, bits, out, codes);
    int[] zeroWords = packRows(true, bits, out, stored);
    tensors.add(ints(module + ".qweight", words, words.length / out, out));
    tensors.add(ints(module + ".qzeros", zeroWords, groups, zeroWords.length / groups));
    tensors.add(halves(module + ".scales", scales, groups, out));
    if (hasOrder) {
      tensors.add(ints(module + ".g_idx", order, in));
    }
    expected.put(module + ".weight", values);
  }

  private static int[] awqWords(int... codes) {
    int[] words = new int[codes.length / 8];
    for (int i = 0; i < codes.length; i++) {
      words[i / 8] |= codes[i / 8 * 8 + AWQ_COLUMN_OF_NIBBLE[i % 8]] << 4 * (i % 8);
    }
    return words;
  }

  public void awq(String module, int out, int in, int group) {
    int groups = in / group;
    int[] codes = codes(in * out, 0, 16);
    int[] zeros = codes(groups * out, 0, 16);
    float[] scales = scales(groups * out);
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      int at = i / out / group * out + i % out;
      values[i % out * in + i / out] = (codes[i] - zeros[at]) * scales[at];
    }
    tensors.add(ints(module + ".qweight", awqWords(codes), in, out / 8));
    tensors.add(ints(module + ".qzeros", awqWords(zeros), groups, out / 8));
    tensors.add(halves(module + ".scales", scales, groups, out));
    expected.put(module + ".weight", values);
  }

  /** bitsandbytes; the table is any. */
  public void fourBits(String module, String type, boolean isNested, DType storage, int out, int in, int block) {
    int count = out * in;
    int blocks = (count + block - 1) / block;
    int[] codes = codes(count, 0, 16);
    float[] table = new float[16];
    Arrays.setAll(new Object[16], i -> table[i] = random.nextFloat() * 2 - 1);
    float[] nestedTable = new float[256];
    Arrays.setAll(new Object[256], i -> nestedTable[i] = random.nextFloat() * 2 - 1);
    int nestedBlock = 4;
    float[] nestedMagnitudes = scales((blocks + nestedBlock - 1) / nestedBlock);
    float offset = 0.03125f;
    byte[] nestedCodes = new byte[blocks];
    random.nextBytes(nestedCodes);
    float[] magnitudes = scales(blocks);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int at = i / block;
      float magnitude = isNested
          ? nestedTable[nestedCodes[at] & 0xFF] * nestedMagnitudes[at / nestedBlock] + offset
          : magnitudes[at];
      values[i] = table[codes[i]] * magnitude;
    }
    String name = module + ".weight";
    byte[] pairs = pairs(false, codes);
    byte[] stored = Arrays.copyOf(pairs, (int) storage.byteSize((pairs.length * 8 + storage.bits() - 1) / storage.bits()));
    tensors.add(tensor(name, storage, stored, stored.length * 8L / storage.bits(), 1));
    String json = "{\"quant_type\": \"" + type + "\", \"blocksize\": " + block + ", \"dtype\": \"bfloat16\", \"shape\": [" + out
        + ", " + in + "]" + (isNested
            ? ", \"nested_blocksize\": " + nestedBlock + ", \"nested_dtype\": \"float32\", \"nested_offset\": " + offset
            : "") + "}";
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    if (isNested) {
      tensors.add(tensor(name + ".absmax", DType.U8, nestedCodes, blocks));
      tensors.add(floats(name + ".nested_absmax", nestedMagnitudes, nestedMagnitudes.length));
      tensors.add(floats(name + ".nested_quant_map", nestedTable, 256));
    } else {
      tensors.add(floats(name + ".absmax", magnitudes, blocks));
    }
    tensors.add(floats(name + ".quant_map", table, 16));
    tensors.add(tensor(name + ".quant_state.bitsandbytes__" + type, DType.U8, utf8, utf8.length));
    expected.put(name, values);
  }

  /** Energy of values over that of the errors with which they are read. */
  public static double decibels(float[] values, float[] read) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < values.length; i++) {
      signal += (double) values[i] * values[i];
      noise += ((double) values[i] - read[i]) * ((double) values[i] - read[i]);
    }
    return 10 * Math.log10(signal / noise);
  }
}
