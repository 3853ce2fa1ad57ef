package llm265.model;

import java.nio.file.Path;
import llm265.checkpoint.gguf.GgufTensor;
import llm265.checkpoint.gguf.WrittenType;
import llm265.dtype.DType;
import llm265.quantized.ExportFormat;

/**
 * In which types, and under which names, the tensors of a compressed model are written.
 *
 * @param floatType F32, F16 or BF16 for tensors of F64, F32, F16 and BF16; null for their own types
 * @param isDequantized whether weights that were quantized before they were compressed become plain ones: of {@code floatType},
 *     or else BF16
 * @param matrices what matrices become; null for plain ones
 * @param hasHuggingFaceNames whether tensors of a GGUF file get the names that they have in Hugging Face files
 * @param configuration a folder that says how weights are quantized; null for none
 */
public record OutputForm(
    DType floatType, boolean isDequantized, Matrices matrices, boolean hasHuggingFaceNames, Path configuration) {
  /** The tensors as they were. */
  public static final OutputForm ORIGINAL = new OutputForm(null, false, null, false, null);

  /** Formats of quantized matrices. */
  public enum Matrices {
    /** Blocks of GGUF files. */
    Q4_0,
    /** Blocks of GGUF files. */
    Q8_0,
    /** A format of compressed-tensors. */
    W4A16,
    /** A format of compressed-tensors. */
    FP8;

    /** Whether it is a type of GGUF files, and not a format that spreads a weight over several tensors. */
    public boolean isOfGguf() {
      return this == Q4_0 || this == Q8_0;
    }
  }

  /** @throws IllegalArgumentException if the type is another */
  public OutputForm {
    if (floatType != null && floatType != DType.F32 && floatType != DType.F16 && floatType != DType.BF16) {
      throw new IllegalArgumentException(floatType + " is not F32, F16 or BF16");
    }
  }

  /** The same with another type of floating-point values. */
  public OutputForm withFloatType(DType type) {
    return new OutputForm(type, isDequantized, matrices, hasHuggingFaceNames, configuration);
  }

  /** Whether {@link #floatType} applies to tensors of a type. */
  public static boolean isConverted(DType type) {
    return type == DType.F64 || type == DType.F32 || type == DType.F16 || type == DType.BF16;
  }

  /** The type of weights that are dequantized. */
  DType plainType() {
    return floatType == null ? DType.BF16 : floatType;
  }

  /** The type in which a tensor is written to a safetensors file. */
  DType typeOf(DType type) {
    if (isDequantized && type.kind() == DType.Kind.BLOCK) {
      return plainType();
    }
    return floatType != null && isConverted(type) ? floatType : type;
  }

  /** The type in which a tensor is written to a GGUF file. */
  DType typeOf(GgufTensor tensor) {
    if (matrices != null) {
      return WrittenType.of(tensor, DType.of(matrices.name()));
    }
    return isDequantized && tensor.dtype().kind() == DType.Kind.BLOCK
        ? WrittenType.of(tensor, plainType())
        : typeOf(tensor.dtype());
  }

  /** The format of weights that are spread over several tensors; null for none. */
  ExportFormat export() {
    return matrices == null || matrices.isOfGguf() ? null : ExportFormat.of(matrices.name());
  }
}
