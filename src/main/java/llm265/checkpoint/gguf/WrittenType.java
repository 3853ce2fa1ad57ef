package llm265.checkpoint.gguf;

import java.util.List;
import llm265.dtype.DType;

/**
 * Which type a tensor gets where a file is to be written in another: what llama.cpp's converter and quantizer do with most
 * models.
 *
 * <ul>
 *   <li>Tensors whose values are no real numbers stay as they are.
 *   <li>Vectors and norms become F32. So does all else if F32 is wanted.
 *   <li>Floating-point matrices that llama.cpp does not quantize, such as those that choose experts, stay as they are.
 *   <li>Other matrices get the type that is wanted; but F16 if their rows are no whole blocks of it.
 * </ul>
 *
 * <p>llama.cpp gives some matrices a finer type than it is asked for, such as that of the output. That is not done here.
 */
public final class WrittenType {
  /** Parts of names of matrices that are not quantized. */
  private static final List<String> NOT_QUANTIZED = List.of(
      "ffn_gate_inp", "altup", "laurel", "per_layer_model_proj", "position_embd", "token_types", "ssm_conv1d", "shortconv.conv",
      "time_mix_", "attn_rel_b");

  private WrittenType() {}

  /**
   * The type.
   *
   * @param wanted F32, F16, BF16, Q8_0 or Q4_0
   */
  public static DType of(GgufTensor tensor, DType wanted) {
    DType type = tensor.dtype();
    if (!type.isReal()) {
      return type;
    }
    boolean isVector = tensor.count() == tensor.rowLength();
    if (wanted == DType.F32 || isVector || tensor.name().endsWith("_norm.weight")) {
      return DType.F32;
    }
    if (type.isFloat() && !isQuantized(tensor.name())) {
      return type;
    }
    return tensor.fits(wanted) ? wanted : DType.F16;
  }

  private static boolean isQuantized(String name) {
    return name.endsWith("weight") && NOT_QUANTIZED.stream().noneMatch(name::contains);
  }
}
