package llm265.checkpoint.gguf;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import llm265.dtype.DType;

/** The numbers of types in GGUF files: {@code enum ggml_type}. */
final class GgufType {
  private static final Map<DType, Integer> IDS = new EnumMap<>(Map.of(
      DType.F32, 0, DType.F16, 1, DType.I8, 24, DType.I16, 25, DType.I32, 26, DType.I64, 27, DType.F64, 28, DType.BF16, 30));
  private static final Map<Integer, DType> TYPES = new HashMap<>();

  /** What is not read: types whose codes are places in large tables, types of working memory, types that were given up. */
  private static final Map<Integer, String> UNREAD = Map.ofEntries(
      Map.entry(4, "Q4_2"), Map.entry(5, "Q4_3"), Map.entry(9, "Q8_1"), Map.entry(15, "Q8_K"), Map.entry(16, "IQ2_XXS"),
      Map.entry(17, "IQ2_XS"), Map.entry(18, "IQ3_XXS"), Map.entry(19, "IQ1_S"), Map.entry(21, "IQ3_S"),
      Map.entry(22, "IQ2_S"), Map.entry(29, "IQ1_M"), Map.entry(31, "Q4_0_4_4"), Map.entry(32, "Q4_0_4_8"),
      Map.entry(33, "Q4_0_8_8"), Map.entry(36, "IQ4_NL_4_4"), Map.entry(37, "IQ4_NL_4_8"), Map.entry(38, "IQ4_NL_8_8"));

  static {
    IDS.putAll(Map.of(
        DType.Q4_0, 2, DType.Q4_1, 3, DType.Q5_0, 6, DType.Q5_1, 7, DType.Q8_0, 8, DType.Q2_K, 10, DType.Q3_K, 11,
        DType.Q4_K, 12, DType.Q5_K, 13, DType.Q6_K, 14));
    IDS.putAll(Map.of(
        DType.IQ4_NL, 20, DType.IQ4_XS, 23, DType.TQ1_0, 34, DType.TQ2_0, 35, DType.MXFP4, 39, DType.NVFP4, 40,
        DType.Q1_0, 41, DType.Q2_0, 42));
    IDS.forEach((type, id) -> TYPES.put(id, type));
  }

  private GgufType() {}

  /** The type of a number, if it is read. */
  static Optional<DType> of(int id) {
    return Optional.ofNullable(TYPES.get(id));
  }

  /** Whether tensors may have a type. */
  static boolean has(DType type) {
    return IDS.containsKey(type);
  }

  /**
   * The number of a type.
   *
   * @throws IllegalArgumentException if GGUF files have no such type
   */
  static int id(DType type) {
    Integer id = IDS.get(type);
    if (id == null) {
      throw new IllegalArgumentException("GGUF files have no type " + type);
    }
    return id;
  }

  /** What a type that is not read is called, for a message. */
  static String nameOfUnread(int id) {
    return UNREAD.containsKey(id) ? "type " + UNREAD.get(id) : "unknown type " + Integer.toUnsignedString(id);
  }
}
