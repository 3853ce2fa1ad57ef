package llm265.checkpoint.torch;

import java.util.Map;
import llm265.dtype.DType;

/**
 * What a pickle says about a tensor: values of a storage, at an offset and with strides.
 *
 * @param storage where its values are; null if the tensor is not read
 * @param type what its values are
 * @param offset index in the storage of its first value, not negative
 * @param shape its dimensions, outermost first
 * @param strides by how many values of the storage its neighbours are apart, for each dimension; not negative
 * @param unread why it is not read, in PyTorch's words; null if it is
 */
record TorchTensor(Storage storage, ValueType type, long offset, long[] shape, long[] strides, String unread) {

  /**
   * An entry of the archive that holds values.
   *
   * @param type what its values are; null if it does not say, as {@code UntypedStorage}
   * @param key its name under {@code data/}
   * @param count number of values, or of bytes if there is no type
   */
  record Storage(ValueType type, String key, long count) {}

  /**
   * A type of values.
   *
   * @param name PyTorch's name for it, such as {@code bfloat16}
   * @param dtype its counterpart; null if there is none
   */
  record ValueType(String name, DType dtype) {}

  /** The types by the names of PyTorch. */
  static final Map<String, DType> TYPES = Map.ofEntries(
      Map.entry("float64", DType.F64), Map.entry("double", DType.F64),
      Map.entry("float32", DType.F32), Map.entry("float", DType.F32),
      Map.entry("float16", DType.F16), Map.entry("half", DType.F16), Map.entry("bfloat16", DType.BF16),
      Map.entry("int64", DType.I64), Map.entry("long", DType.I64), Map.entry("int32", DType.I32), Map.entry("int", DType.I32),
      Map.entry("int16", DType.I16), Map.entry("short", DType.I16), Map.entry("int8", DType.I8), Map.entry("uint8", DType.U8),
      Map.entry("uint16", DType.U16), Map.entry("uint32", DType.U32), Map.entry("uint64", DType.U64),
      Map.entry("bool", DType.BOOL), Map.entry("complex64", DType.C64), Map.entry("cfloat", DType.C64),
      Map.entry("float8_e4m3fn", DType.F8_E4M3), Map.entry("float8_e5m2", DType.F8_E5M2),
      Map.entry("float8_e4m3fnuz", DType.F8_E4M3FNUZ), Map.entry("float8_e5m2fnuz", DType.F8_E5M2FNUZ),
      Map.entry("float8_e8m0fnu", DType.F8_E8M0));

  static TorchTensor unread(String kind) {
    return new TorchTensor(null, null, 0, new long[0], new long[0], kind);
  }
}
