package llm265.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/** Reads one TensorProto: finds its values, and turns them into little-endian values without gaps. */
final class OnnxTensor {
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int INT64_DATA = 7;
  private static final int NAME = 8;
  static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;
  private static final int EXTERNAL = 1;

  /** The fields that have values, or say where they are. */
  static final Set<Integer> OF_VALUES =
      Set.of(FLOAT_DATA, INT32_DATA, INT64_DATA, RAW_DATA, DOUBLE_DATA, UINT64_DATA, EXTERNAL_DATA, DATA_LOCATION);

  private static final int MAX_RANK = 64;

  /** Names of types without a counterpart, by number; types that ONNX may add later are named by their number. */
  private static final Map<Long, String> UNREAD_TYPES =
      Map.of(8L, "STRING", 15L, "COMPLEX128", 21L, "UINT4", 22L, "INT4", 25L, "UINT2", 26L, "INT2");
  private static final int MAX_TYPE = 99;

  /** Types by number; null if there is no counterpart: undefined, strings, complex128, 4-bit integers. */
  private static final DType[] TYPES = {
    null, DType.F32, DType.U8, DType.I8, DType.U16, DType.I16, DType.I32, DType.I64, null, DType.BOOL, DType.F16,
    DType.F64, DType.U32, DType.U64, DType.C64, null, DType.BF16, DType.F8_E4M3, DType.F8_E4M3FNUZ, DType.F8_E5M2,
    DType.F8_E5M2FNUZ, null, null, DType.F4, DType.F8_E8M0
  };

  /** Provides the bytes of a file that belongs to the model. */
  interface ExternalData {
    MemorySegment open(String location) throws IOException;
  }

  private final Path path;
  private final MemorySegment proto;
  private String name = "";
  private long[] shape = new long[0];
  private DType dtype;
  private String unread;
  private MemorySegment raw;
  private boolean external;
  private final Map<String, String> externalData = new HashMap<>();

  /** Reads everything except the values. */
  OnnxTensor(Path path, MemorySegment proto) {
    this.path = path;
    this.proto = proto;
    long typeNumber = 0;
    boolean segmented = false;
    int rank = 0;
    for (ProtobufReader fields = reader(); fields.next(); ) {
      switch (fields.field()) {
        case DIMS -> {
          if (fields.wireType() == ProtobufReader.LENGTH_DELIMITED) {
            for (ProtobufReader packed = fields.message(); packed.hasPacked(); ) {
              addDimension(rank++, packed.nextPacked());
            }
          } else {
            addDimension(rank++, fields.varint());
          }
        }
        case DATA_TYPE -> typeNumber = fields.varint();
        case SEGMENT -> segmented = true;
        case NAME -> name = fields.string();
        case RAW_DATA -> raw = fields.bytes();
        case EXTERNAL_DATA -> readEntry(fields.message(), externalData);
        case DATA_LOCATION -> external = fields.varint() == EXTERNAL;
        default -> { }
      }
    }
    shape = Arrays.copyOf(shape, rank);
    dtype = typeNumber >= 0 && typeNumber < TYPES.length ? TYPES[(int) typeNumber] : null;
    if (dtype == null && (typeNumber <= 0 || typeNumber > MAX_TYPE)) {
      throw bad("has ONNX data type " + typeNumber + ", which does not exist");
    }
    if (dtype == null) {
      unread = UNREAD_TYPES.getOrDefault(typeNumber, "ONNX type " + typeNumber);
    } else if (segmented) {
      unread = dtype + " in segments";
    } else if (dtype == DType.F4 && (raw == null && !external || Arrays.stream(shape).allMatch(size -> size % 2 != 0))) {
      unread = raw == null && !external ? "FLOAT4E2M1 outside raw_data" : "FLOAT4E2M1 of an odd number of values";
    }
  }

  /** The kind of the tensor if it is a kind that is not read; otherwise null. */
  String unread() {
    return unread;
  }

  /** Its type, read or not. */
  String typeName() {
    return dtype == null ? unread : dtype.name();
  }

  /** Whether a TensorProto has its values in another file. */
  static boolean isExternal(Path path, MemorySegment proto) {
    boolean external = false;
    for (ProtobufReader fields = new ProtobufReader(path, proto); fields.next(); ) {
      if (fields.field() == DATA_LOCATION) {
        external = fields.varint() == EXTERNAL;
      }
    }
    return external;
  }

  /** The TensorProto. */
  MemorySegment message() {
    return proto;
  }

  private ProtobufReader reader() {
    return new ProtobufReader(path, proto);
  }

  private void addDimension(int rank, long dimension) {
    if (rank == MAX_RANK) {
      throw bad("has more than " + MAX_RANK + " dimensions");
    }
    if (rank == shape.length) {
      shape = Arrays.copyOf(shape, Math.max(4, 2 * rank));
    }
    shape[rank] = dimension;
  }

  /** Adds a StringStringEntryProto to a map; returns whether its key is new. */
  static boolean readEntry(ProtobufReader fields, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (fields.next()) {
      if (fields.field() == 1) {
        key = fields.string();
      } else if (fields.field() == 2) {
        value = fields.string();
      }
    }
    return entries.put(key, value) == null;
  }

  /** The tensor's own name, which may be empty. */
  String name() {
    return name;
  }

  /**
   * The tensor under a given name.
   *
   * @param arena holds values that must be unpacked
   * @param files finds values that lie in other files
   * @throws ModelFormatException if the number of values does not match the shape
   * @throws IllegalStateException if it is {@link #unread}
   */
  TensorView view(String viewName, Arena arena, ExternalData files) throws IOException {
    if (unread != null) {
      throw new IllegalStateException(name + " is not read");
    }
    try {
      MemorySegment data = external ? externalValues(files) : raw != null ? raw : unpack(arena);
      return new TensorView(viewName, dtype, shape, data);
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
  }

  private MemorySegment externalValues(ExternalData files) throws IOException {
    String location = externalData.get("location");
    if (location == null) {
      throw bad("says that its data are in a file, but not in which");
    }
    long size = dtype.byteSize(Shape.count(shape));
    long offset = externalNumber("offset", 0);
    long length = externalNumber("length", size);
    MemorySegment bytes = files.open(location);
    if (length != size) {
      throw bad("needs " + size + " bytes, but has " + length + " in file " + ModelFormatException.quote(location));
    }
    if (offset > bytes.byteSize() || length > bytes.byteSize() - offset) {
      throw bad("has its data beyond the end of file " + ModelFormatException.quote(location));
    }
    return bytes.asSlice(offset, length);
  }

  private long externalNumber(String key, long absent) {
    String text = externalData.get(key);
    if (text == null) {
      return absent;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw bad("has the external " + key + " " + ModelFormatException.quote(text));
    }
    return Long.parseLong(text);
  }

  /** Reads values from the field that holds values of their type, packed or one by one. */
  private MemorySegment unpack(Arena arena) {
    int values = valueField();
    int parts = dtype == DType.C64 ? 2 : 1;
    int bytes = dtype.bits() / 8 / parts;
    long found = 0;
    for (ProtobufReader fields = reader(); fields.next(); ) {
      if (fields.field() == values) {
        found += fields.wireType() != ProtobufReader.LENGTH_DELIMITED ? 1 : packedCount(fields, bytes);
      }
    }
    long expected = dtype.byteSize(Shape.count(shape)) / bytes;
    if (found != expected) {
      throw bad("has " + found + " values, its shape " + Arrays.toString(shape) + " " + expected);
    }
    MemorySegment data = arena.allocate(Math.max(1, found * bytes)).asSlice(0, found * bytes);
    long position = 0;
    for (ProtobufReader fields = reader(); fields.next(); ) {
      if (fields.field() == values) {
        position = unpackField(fields, data, position, bytes);
      }
    }
    return data;
  }

  private int valueField() {
    return switch (dtype) {
      case F32, C64 -> FLOAT_DATA;
      case F64 -> DOUBLE_DATA;
      case I64 -> INT64_DATA;
      case U32, U64 -> UINT64_DATA;
      default -> INT32_DATA;
    };
  }

  private boolean isFixed() {
    return dtype == DType.F32 || dtype == DType.C64 || dtype == DType.F64;
  }

  private long packedCount(ProtobufReader fields, int bytes) {
    if (isFixed()) {
      long size = fields.bytes().byteSize();
      if (size % bytes != 0) {
        throw bad("has a value that is cut off");
      }
      return size / bytes;
    }
    long count = 0;
    for (ProtobufReader packed = fields.message(); packed.hasPacked(); count++) {
      packed.nextPacked();
    }
    return count;
  }

  private long unpackField(ProtobufReader fields, MemorySegment data, long position, int bytes) {
    if (fields.wireType() != ProtobufReader.LENGTH_DELIMITED) {
      if (isFixed() != (fields.wireType() != ProtobufReader.VARINT)) {
        throw bad("has values of another wire type than its data type's");
      }
      put(data, position, bytes, fields.number());
      return position + bytes;
    }
    if (isFixed()) {
      MemorySegment values = fields.bytes();
      MemorySegment.copy(values, 0, data, position, values.byteSize());
      return position + values.byteSize();
    }
    long end = position;
    for (ProtobufReader packed = fields.message(); packed.hasPacked(); end += bytes) {
      put(data, end, bytes, packed.nextPacked());
    }
    return end;
  }

  private void put(MemorySegment data, long position, int bytes, long value) {
    // Narrow values come in wide fields: signed ones with their sign extended, bit patterns without.
    if (bytes < 8 && !isFixed() && (value < -1L << (8 * bytes - 1) || value >= 1L << 8 * bytes)) {
      throw bad("has the value " + value + ", which does not fit type " + dtype);
    }
    switch (bytes) {
      case 1 -> data.set(LittleEndian.BYTE, position, (byte) value);
      case 2 -> data.set(LittleEndian.SHORT, position, (short) value);
      case 4 -> data.set(LittleEndian.INT, position, (int) value);
      default -> data.set(LittleEndian.LONG, position, value);
    }
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(path, "tensor " + ModelFormatException.quote(name) + " " + problem);
  }
}
