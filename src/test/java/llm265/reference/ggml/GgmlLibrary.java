package llm265.reference.ggml;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import llm265.dtype.DType;
import llm265.program.NpmPackage;

/** The library of the ggml project, which defines the block types and GGUF files: its quantizers, decoders and readers. */
public final class GgmlLibrary {
  private static final NpmPackage PACKAGE = new NpmPackage(
      "@node-llama-cpp/linux-x64", "3.22.1", "0d953e1503d5ab4608d8ed5b739132308c81ac05ffeb760d2a7f30e08a9f90e0");
  private static final String ENTRY = "package/bins/linux-x64/libggml-base.so";
  private static final Path FOLDER = Path.of("target", "ggml");

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final ValueLayout POINTER = ValueLayout.ADDRESS;
  /** More than there are types. */
  private static final int IDS = 43;

  static final StructLayout INIT_PARAMS = MemoryLayout.structLayout(
      LONG.withName("mem_size"), ValueLayout.ADDRESS.withName("mem_buffer"), ValueLayout.JAVA_BOOLEAN.withName("no_alloc"),
      MemoryLayout.paddingLayout(7));
  static final StructLayout GGUF_PARAMS = MemoryLayout.structLayout(
      ValueLayout.JAVA_BOOLEAN.withName("no_alloc"), MemoryLayout.paddingLayout(7), ValueLayout.ADDRESS.withName("ctx"));

  private final SymbolLookup symbols;
  private final Map<String, MethodHandle> functions = new HashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();

  private GgmlLibrary(Path file) {
    symbols = SymbolLookup.libraryLookup(file, Arena.global());
    for (int id = 0; id < IDS; id++) {
      MemorySegment name = (MemorySegment) call("ggml_type_name", FunctionDescriptor.of(POINTER, INT), id);
      if (name.address() != 0) {
        ids.put(name.reinterpret(Long.MAX_VALUE).getString(0).toUpperCase(Locale.ROOT), id);
      }
    }
    // Fills its tables.
    call("ggml_free", FunctionDescriptor.ofVoid(POINTER), context(1 << 10));
  }

  /** The library, fetched if need be; empty where it does not run or cannot be fetched. */
  public static Optional<GgmlLibrary> find() throws IOException {
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      return Optional.empty();
    }
    Path file = FOLDER.resolve("libggml-base-" + PACKAGE.version() + ".so");
    if (!Files.exists(file)) {
      if (!NpmPackage.canBeFetched()) {
        return Optional.empty();
      }
      Files.createDirectories(FOLDER);
      byte[] bytes;
      try {
        bytes = PACKAGE.fetch(ENTRY, FOLDER);
      } catch (IOException e) {
        return Optional.empty();
      }
      Path part = Files.createTempFile(FOLDER, "part", ".so");
      Files.write(part, bytes);
      Files.move(part, file);
    }
    return Optional.of(new GgmlLibrary(file.toAbsolutePath()));
  }

  /** Calls a function of the library. */
  Object call(String name, FunctionDescriptor type, Object... arguments) {
    MethodHandle function = functions.computeIfAbsent(
        name, n -> Linker.nativeLinker().downcallHandle(symbols.findOrThrow(n), type));
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** A {@code ggml_context} with that much memory. */
  MemorySegment context(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(INIT_PARAMS);
      parameters.set(LONG, 0, bytes);
      return (MemorySegment) call("ggml_init", FunctionDescriptor.of(POINTER, INIT_PARAMS), parameters);
    }
  }

  /** The library's number of a type. */
  public int id(DType type) {
    return ids.get(type.name());
  }

  /** The library's name of a type. */
  String name(int id) {
    return ((MemorySegment) call("ggml_type_name", FunctionDescriptor.of(POINTER, INT), id)).reinterpret(100).getString(0);
  }

  /** Bytes of {@code count} values. */
  public long rowSize(DType type, long count) {
    return (long) call("ggml_row_size", FunctionDescriptor.of(LONG, INT, LONG), id(type), count);
  }

  /** Decodes blocks. */
  public float[] decode(DType type, byte[] blocks, int count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, blocks);
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, count);
      call("dequantize_row_" + name(id(type)), FunctionDescriptor.ofVoid(POINTER, POINTER, LONG), in, out, (long) count);
      return out.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /** Quantizes one row as llama.cpp's program does it without an importance matrix. */
  public byte[] quantize(DType type, float... values) {
    FunctionDescriptor shape = FunctionDescriptor.of(LONG, INT, POINTER, POINTER, LONG, LONG, LONG, POINTER);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      MemorySegment out = arena.allocate(rowSize(type, values.length));
      call("ggml_quantize_chunk", shape, id(type), in, out, 0L, 1L, (long) values.length, MemorySegment.NULL);
      return out.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Quantizes by the reference of a type. */
  public byte[] quantizeByReference(DType type, float... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      MemorySegment out = arena.allocate(rowSize(type, values.length));
      String name = "quantize_row_" + name(id(type)) + "_ref";
      call(name, FunctionDescriptor.ofVoid(POINTER, POINTER, LONG), in, out, (long) values.length);
      return out.toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
