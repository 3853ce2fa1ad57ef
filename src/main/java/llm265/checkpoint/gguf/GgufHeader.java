package llm265.checkpoint.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;

/**
 * The header of a GGUF file: keys with their values, and the names, types, shapes and places of tensors. It is read from its
 * bytes alone, without the data.
 *
 * <p>Stricter than ggml in that names must be UTF-8 and there may be at most 2^16 keys and 2^20 tensors; laxer in that names
 * may be longer than 63 bytes. As in ggml, each tensor begins where the one before ends with its padding.
 */
public final class GgufHeader {
  private static final int MAX_TENSORS = 1 << 20;
  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_RANK = 4;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final long MAX_BYTES = 1 << 30;
  private static final int OLDEST_VERSION = 2;
  private static final int NEWEST_VERSION = 3;
  private static final String ALIGNMENT = "general.alignment";
  private static final String ARCHITECTURE = "general.architecture";
  private static final String QUANTIZATION_VERSION = "general.quantization_version";
  /** Of the block types that all files have. */
  private static final int QUANTIZATION = 2;
  private static final int MAX_ARCHITECTURE_BYTES = 200;
  /** Length of a name, a byte of it, number of dimensions, type, offset. */
  private static final int LEAST_TENSOR_BYTES = 8 + 1 + 4 + 4 + 8;
  /** Length of a key, a byte of it, type, a byte of value. */
  private static final int LEAST_ENTRY_BYTES = 8 + 1 + 4 + 1;

  private final Path path;
  private final int version;
  private final Map<String, GgufEntry> entries = new LinkedHashMap<>();
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
  private final int alignment;
  private final MemorySegment bytes;
  /** Bytes of all data, padding included. */
  private long dataSize;

  private GgufHeader(Path path, MemorySegment file) {
    this.path = path;
    HeaderCursor cursor = new HeaderCursor(path, file);
    if (!hasMagic(file)) {
      throw new ModelFormatException(path, "does not begin like a GGUF file");
    }
    cursor.skip(HeaderBytes.MAGIC.length);
    version = cursor.readInt();
    if (version != 0 && (version & 0xFFFF) == 0) {
      throw new ModelFormatException(path, "is a GGUF file of big-endian values, which is not read");
    }
    if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
      throw new ModelFormatException(
          path, "is a GGUF file of version " + Integer.toUnsignedString(version) + ": versions 2 and 3 are read");
    }
    long tensorCount = limited(cursor, "tensors", MAX_TENSORS, LEAST_TENSOR_BYTES);
    long entryCount = limited(cursor, "keys", MAX_KEYS, LEAST_ENTRY_BYTES);
    for (int i = 0; i < entryCount; i++) {
      cursor.enter("key " + (i + 1));
      readEntry(cursor);
    }
    alignment = readAlignment();
    for (int i = 0; i < tensorCount; i++) {
      cursor.enter("tensor " + (i + 1));
      readTensor(cursor);
    }
    if (cursor.position() > MAX_BYTES) {
      throw new ModelFormatException(path, "header of " + cursor.position() + " bytes is longer than " + MAX_BYTES);
    }
    bytes = file.asSlice(0, cursor.position());
  }

  /**
   * Reads a header.
   *
   * @param path the file, for messages
   * @param bytes begin with the header
   * @throws ModelFormatException if it is damaged, has another version or byte order, or a tensor has a type that is not read
   */
  public static GgufHeader parse(Path path, MemorySegment bytes) {
    return new GgufHeader(path, bytes);
  }

  static boolean hasMagic(MemorySegment bytes) {
    return bytes.byteSize() >= HeaderBytes.MAGIC.length
        && bytes.asSlice(0, HeaderBytes.MAGIC.length).mismatch(MemorySegment.ofArray(HeaderBytes.MAGIC)) < 0;
  }

  private static long limited(HeaderCursor cursor, String things, int most, long leastBytes) {
    long count = cursor.readCount(things, leastBytes);
    if (count > most) {
      throw cursor.bad(count + " " + things + " are more than " + most);
    }
    return count;
  }

  private void readEntry(HeaderCursor cursor) {
    long begin = cursor.position();
    String key = cursor.readName();
    cursor.enter("key " + ModelFormatException.quote(key));
    int type = cursor.readInt();
    long value = cursor.position();
    if (type == GgufEntry.ARRAY) {
      int element = cursor.readInt();
      if (element == GgufEntry.ARRAY) {
        throw cursor.bad("its value is an array of arrays, which is not read");
      }
      long least = element == GgufEntry.STRING ? Long.BYTES : Math.max(1, size(cursor, element));
      skipValues(cursor, element, cursor.readCount("elements", least));
    } else {
      skipValues(cursor, type, 1);
    }
    GgufEntry entry =
        new GgufEntry(key, cursor.slice(begin, cursor.position()), type, cursor.slice(value, cursor.position()));
    if (entries.putIfAbsent(key, entry) != null) {
      throw cursor.bad("appears twice");
    }
  }

  private static int size(HeaderCursor cursor, int type) {
    if (!GgufEntry.isType(type)) {
      throw cursor.bad("its value is of unknown type " + Integer.toUnsignedString(type));
    }
    return GgufEntry.size(type);
  }

  private static void skipValues(HeaderCursor cursor, int type, long count) {
    if (type == GgufEntry.STRING) {
      for (long i = 0; i < count; i++) {
        cursor.skipText();
      }
    } else {
      cursor.skip(count * size(cursor, type));
    }
  }

  private int readAlignment() {
    GgufEntry entry = entries.get(ALIGNMENT);
    if (entry == null) {
      return DEFAULT_ALIGNMENT;
    }
    int value = entry.type() == GgufEntry.U32 ? entry.value().get(LittleEndian.INT, 0) : 0;
    if (value <= 0 || Integer.bitCount(value) != 1) {
      throw new ModelFormatException(
          path, "key " + ALIGNMENT + ": " + entry.inWords(1).orElse("the value") + " is no u32 that is a power of two");
    }
    return value;
  }

  private void readTensor(HeaderCursor cursor) {
    String name = cursor.readName();
    cursor.enter("tensor " + ModelFormatException.quote(name));
    int rank = cursor.readInt();
    if (rank < 0 || rank > MAX_RANK) {
      throw cursor.bad(Integer.toUnsignedString(rank) + " dimensions are more than " + MAX_RANK);
    }
    long[] shape = new long[rank];
    for (int i = rank - 1; i >= 0; i--) {
      shape[i] = cursor.readLong();
    }
    int id = cursor.readInt();
    DType type = GgufType.of(id).orElseThrow(() -> cursor.bad("is of " + GgufType.nameOfUnread(id) + ", which is not read"));
    GgufTensor tensor = new GgufTensor(name, type, shape, cursor.readLong());
    long size;
    try {
      Shape.count(shape);
      if (!tensor.fits(type)) {
        throw cursor.bad("rows of " + tensor.rowLength() + " values do not fill whole blocks of " + type);
      }
      size = HeaderBytes.align(tensor.byteSize(), alignment);
      if (tensor.offset() != dataSize) {
        throw cursor.bad("its data begin at " + Long.toUnsignedString(tensor.offset()) + ", but what is before it ends at "
            + dataSize);
      }
      dataSize = Math.addExact(dataSize, size);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw cursor.bad(e.getMessage());
    }
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw cursor.bad("appears twice");
    }
  }

  /** The file that the header was read from. */
  Path path() {
    return path;
  }

  /** 2 or 3, which differ only in what byte orders there may be. */
  public int version() {
    return version;
  }

  /** The header as it is in the file, without the padding before the data. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** What tensors' places are multiples of. */
  public int alignment() {
    return alignment;
  }

  /** First byte of the data in the file. */
  public long dataOffset() {
    return HeaderBytes.align(bytes.byteSize(), alignment);
  }

  /** Bytes of the data, the padding after each tensor included. */
  public long dataSize() {
    return dataSize;
  }

  /** The tensors, in the order of their data. */
  public List<GgufTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The tensor with a given name. */
  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** The value of a key, if there is such a key and it is an integer. */
  public OptionalLong integer(String key) {
    GgufEntry entry = entries.get(key);
    return entry == null ? OptionalLong.empty() : entry.integer();
  }

  /** What kind of model it is, such as {@code llama}; empty if the header does not say. */
  public Optional<String> architecture() {
    return Optional.ofNullable(entries.get(ARCHITECTURE)).flatMap(entry -> entry.text(MAX_ARCHITECTURE_BYTES));
  }

  /** An integer about the model whose key begins with its architecture, such as {@code attention.head_count}. */
  public OptionalLong ofArchitecture(String key) {
    return architecture().map(name -> integer(name + "." + key)).orElse(OptionalLong.empty());
  }

  List<GgufEntry> entries() {
    return List.copyOf(entries.values());
  }

  /**
   * The header of a file with the same tensors in other types: general.file_type and general.quantization_version are set, and
   * all other keys stay as they are. The same header if no type changes.
   *
   * @param types gives the type of each tensor
   * @throws IllegalArgumentException if a type is none of GGUF, or a tensor's rows are no whole blocks of it
   */
  public GgufHeader with(Function<GgufTensor, DType> types) {
    List<GgufTensor> changed = new ArrayList<>();
    boolean isSame = true;
    long place = 0;
    for (GgufTensor tensor : tensors.values()) {
      DType type = types.apply(tensor);
      if (!GgufType.has(type) || !tensor.fits(type)) {
        throw new IllegalArgumentException(
            "tensor " + ModelFormatException.quote(tensor.name()) + " with rows of " + tensor.rowLength()
                + " values cannot be of type " + type + " in a GGUF file");
      }
      isSame &= type == tensor.dtype();
      changed.add(tensor.with(type, place));
      place += HeaderBytes.align(changed.getLast().byteSize(), alignment);
    }
    if (isSame) {
      return this;
    }
    Map<String, GgufEntry> adjusted = new LinkedHashMap<>(entries);
    FileType.of(changed).ifPresent(number -> adjusted.put(FileType.KEY, GgufEntry.of(FileType.KEY, number)));
    if (changed.stream().anyMatch(tensor -> tensor.dtype().kind() == DType.Kind.BLOCK)) {
      adjusted.putIfAbsent(QUANTIZATION_VERSION, GgufEntry.of(QUANTIZATION_VERSION, QUANTIZATION));
    }
    return parse(path, HeaderBytes.write(version, List.copyOf(adjusted.values()), changed));
  }

  /**
   * The header of a file that has the keys of this header and some tensors, one after the other.
   *
   * @param isDropped of a key
   */
  GgufHeader joined(Predicate<String> isDropped, List<GgufTensor> all) {
    List<GgufTensor> placed = new ArrayList<>();
    long place = 0;
    for (GgufTensor tensor : all) {
      placed.add(tensor.with(tensor.dtype(), place));
      place += HeaderBytes.align(tensor.byteSize(), alignment);
    }
    List<GgufEntry> kept = entries.values().stream().filter(entry -> !isDropped.test(entry.key())).toList();
    return parse(path, HeaderBytes.write(version, kept, placed));
  }

  /** What the keys say in words: numbers and short strings, but no arrays, and nothing of the tokenizer. */
  Map<String, String> inWords(long maxBytes) {
    Map<String, String> words = new LinkedHashMap<>();
    for (GgufEntry entry : entries.values()) {
      if (!entry.key().startsWith("tokenizer.")) {
        entry.inWords(maxBytes).ifPresent(text -> words.put(entry.key(), text));
      }
    }
    return Collections.unmodifiableMap(words);
  }
}
