package llm265.reference.ggml;

import static llm265.reference.ggml.GgmlLibrary.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.dtype.DType;

/** GGUF files written and read by the ggml library: {@code GgmlFile FILE} writes the one that everyday tests read. */
final class GgmlFile {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int VALUES = 256;

  /** What the library finds in a file. */
  record Contents(List<String> keys, List<String> tensors, long dataOffset) {}

  private final GgmlLibrary ggml;

  GgmlFile(GgmlLibrary ggml) {
    this.ggml = ggml;
  }

  public static void main(String[] arguments) throws IOException {
    new GgmlFile(GgmlLibrary.find().orElseThrow()).writeAllTypes(Path.of(arguments[0]));
  }

  /**
   * Writes a file with all block types: one row of values of N(0, 1) in each, as ggml quantizes it, and another tensor with what
   * ggml decodes from it. Other types and keys of all types are there, too.
   */
  void writeAllTypes(Path path) throws IOException {
    MemorySegment context = ggml.context(1 << 22);
    MemorySegment file = (MemorySegment) ggml.call("gguf_init_empty", FunctionDescriptor.of(POINTER));
    try (Arena arena = Arena.ofConfined()) {
      keys(file, arena);
      Random random = new Random(265);
      for (DType type : Arrays.stream(DType.values()).filter(each -> each.kind() == DType.Kind.BLOCK).toList()) {
        float[] values = new float[VALUES];
        for (int i = 0; i < VALUES; i++) {
          values[i] = (float) random.nextGaussian();
        }
        byte[] blocks = ggml.quantize(type, values);
        add(file, context, type, type + ".weight", blocks, VALUES);
        byte[] decoded = new byte[4 * VALUES];
        MemorySegment.copy(ggml.decode(type, blocks, VALUES), 0, MemorySegment.ofArray(decoded),
            ValueLayout.JAVA_FLOAT_UNALIGNED, 0, VALUES);
        add(file, context, DType.F32, type + ".values", decoded, VALUES);
      }
      add(file, context, DType.F16, "half", new byte[] {0, 0x3C, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3, 2);
      add(file, context, DType.BF16, "brain", new byte[] {(byte) 0x80, 0x3F}, 1);
      add(file, context, DType.I32, "cube", new byte[4 * 5 * 3 * 2], 5, 3, 2);
      add(file, context, DType.F64, "double", new byte[8], 1);
      ggml.call("gguf_write_to_file", FunctionDescriptor.of(ValueLayout.JAVA_BOOLEAN, POINTER, POINTER,
          ValueLayout.JAVA_BOOLEAN), file, arena.allocateFrom(path.toString()), false);
    }
    ggml.call("gguf_free", FunctionDescriptor.ofVoid(POINTER), file);
    ggml.call("ggml_free", FunctionDescriptor.ofVoid(POINTER), context);
    if (!Files.exists(path)) {
      throw new IOException("the library wrote no " + path);
    }
  }

  private void keys(MemorySegment file, Arena arena) {
    text(file, arena, "general.architecture", "llama");
    text(file, arena, "general.name", "all types \u00e9");
    set(file, arena, "u32", "general.file_type", INT, 1);
    set(file, arena, "u32", "llama.attention.head_count", INT, 4);
    set(file, arena, "u32", "llama.attention.head_count_kv", INT, 2);
    set(file, arena, "u8", "test.u8", ValueLayout.JAVA_BYTE, (byte) -56);
    set(file, arena, "i8", "test.i8", ValueLayout.JAVA_BYTE, (byte) -56);
    set(file, arena, "u16", "test.u16", ValueLayout.JAVA_SHORT, (short) -2);
    set(file, arena, "i16", "test.i16", ValueLayout.JAVA_SHORT, (short) -2);
    set(file, arena, "i32", "test.i32", INT, -3);
    set(file, arena, "u32", "test.u32", INT, -3);
    set(file, arena, "f32", "test.f32", ValueLayout.JAVA_FLOAT, 1e-6f);
    set(file, arena, "bool", "test.bool", ValueLayout.JAVA_BOOLEAN, true);
    set(file, arena, "u64", "test.u64", LONG, -4L);
    set(file, arena, "i64", "test.i64", LONG, -4L);
    set(file, arena, "f64", "test.f64", ValueLayout.JAVA_DOUBLE, 0.1);
    MemorySegment texts = arena.allocate(POINTER, 3);
    for (int i = 0; i < 3; i++) {
      texts.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom("token" + "x".repeat(i)));
    }
    ggml.call("gguf_set_arr_str", FunctionDescriptor.ofVoid(POINTER, POINTER, POINTER, LONG), file,
        arena.allocateFrom("tokenizer.ggml.tokens"), texts, 3L);
    ggml.call("gguf_set_arr_data", FunctionDescriptor.ofVoid(POINTER, POINTER, INT, POINTER, LONG), file,
        arena.allocateFrom("tokenizer.ggml.scores"), 6, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3), 3L);
  }

  private void text(MemorySegment file, Arena arena, String key, String value) {
    ggml.call("gguf_set_val_str", FunctionDescriptor.ofVoid(POINTER, POINTER, POINTER), file, arena.allocateFrom(key),
        arena.allocateFrom(value));
  }

  private void set(MemorySegment file, Arena arena, String type, String key, ValueLayout layout, Object value) {
    ggml.call("gguf_set_val_" + type, FunctionDescriptor.ofVoid(POINTER, POINTER, layout), file, arena.allocateFrom(key), value);
  }

  private void add(MemorySegment file, MemorySegment context, DType type, String name, byte[] data, long... ne) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tensor = (MemorySegment) ggml.call(
          "ggml_new_tensor", FunctionDescriptor.of(POINTER, POINTER, INT, INT, POINTER), context, ggml.id(type), ne.length,
          arena.allocateFrom(LONG, ne));
      ggml.call("ggml_set_name", FunctionDescriptor.of(POINTER, POINTER, POINTER), tensor, arena.allocateFrom(name));
      MemorySegment memory = (MemorySegment) ggml.call("ggml_get_data", FunctionDescriptor.of(POINTER, POINTER), tensor);
      memory.reinterpret(data.length).copyFrom(MemorySegment.ofArray(data));
      ggml.call("gguf_add_tensor", FunctionDescriptor.ofVoid(POINTER, POINTER), file, tensor);
    }
  }

  /** What the library reads from a file; null if it refuses it. */
  Contents read(Path path) {
    MemorySegment file;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(GgmlLibrary.GGUF_PARAMS);
      parameters.set(ValueLayout.JAVA_BOOLEAN, 0, true);
      file = (MemorySegment) ggml.call("gguf_init_from_file", FunctionDescriptor.of(POINTER, POINTER, GgmlLibrary.GGUF_PARAMS),
          arena.allocateFrom(path.toString()), parameters);
    }
    if (file.address() == 0) {
      return null;
    }
    List<String> keys = new ArrayList<>();
    for (long i = 0; i < number(file, "gguf_get_n_kv"); i++) {
      keys.add(name(file, "gguf_get_key", i) + " " + ofItem(file, "gguf_get_kv_type", INT, i));
    }
    List<String> tensors = new ArrayList<>();
    for (long i = 0; i < number(file, "gguf_get_n_tensors"); i++) {
      int type = (int) ofItem(file, "gguf_get_tensor_type", INT, i);
      tensors.add(name(file, "gguf_get_tensor_name", i) + " " + ggml.name(type) + " "
          + ofItem(file, "gguf_get_tensor_offset", LONG, i) + " " + ofItem(file, "gguf_get_tensor_size", LONG, i) + " "
          + Arrays.toString(((MemorySegment) ofItem(file, "gguf_get_tensor_ne", POINTER, i)).reinterpret(32).toArray(LONG)));
    }
    long dataOffset = number(file, "gguf_get_data_offset");
    ggml.call("gguf_free", FunctionDescriptor.ofVoid(POINTER), file);
    return new Contents(keys, tensors, dataOffset);
  }

  private long number(MemorySegment file, String function) {
    return (long) ggml.call(function, FunctionDescriptor.of(LONG, POINTER), file);
  }

  private Object ofItem(MemorySegment file, String function, ValueLayout result, long item) {
    return ggml.call(function, FunctionDescriptor.of(result, POINTER, LONG), file, item);
  }

  private String name(MemorySegment file, String function, long item) {
    return ((MemorySegment) ofItem(file, function, POINTER, item)).reinterpret(Long.MAX_VALUE).getString(0);
  }
}
