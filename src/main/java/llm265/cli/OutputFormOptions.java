package llm265.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import llm265.dtype.DType;
import llm265.model.OutputForm;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of how the tensors of a compressed model are written. */
public final class OutputFormOptions {
  /** Choices of --dtype. */
  public enum FloatType {
    ORIGINAL(null),
    F32(DType.F32),
    F16(DType.F16),
    BF16(DType.BF16);

    private final DType type;

    FloatType(DType type) {
      this.type = type;
    }

    /** The type; null for that of each tensor. */
    public DType type() {
      return type;
    }
  }

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "original",
      description = "Type of floating-point tensors: original, f32, f16 or bf16 (default: original). Values too large for it "
          + "become infinite, and a note gives their number. The config.json of a folder then states it")
  private FloatType type;

  @Option(
      names = "--dequantize",
      description = "Weights that were quantized before they were compressed (GPTQ, AWQ, FP8, Q4_K and so on) become plain ones "
          + "of type bf16, or of --dtype")
  private boolean isDequantized;

  @Option(
      names = "--as",
      paramLabel = "FORMAT",
      description = "Format of matrices: q4_0 or q8_0 in a .gguf file; w4a16 or fp8 of compressed-tensors in a folder, which "
          + "vLLM loads as it is")
  private OutputForm.Matrices matrices;

  @Option(
      names = "--hf-names",
      description = "Of a model that was made of a .gguf file: tensors get the names, and their rows the order, that they have "
          + "in Hugging Face files")
  private boolean hasHuggingFaceNames;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** The type of floating-point tensors; null for their own. */
  DType floatType() {
    return type.type;
  }

  /** @param configuration a folder that says how weights are quantized; null for none */
  OutputForm form(Path configuration) {
    return new OutputForm(type.type, isDequantized, matrices, hasHuggingFaceNames, configuration);
  }

  /** The types in which values may be too large. */
  String types() {
    return type.type != null ? type.type.toString() : isDequantized ? DType.BF16.toString() : DType.F16.toString();
  }

  /** Refuses what a single tensor does not have. */
  void requireNone() {
    List<String> given = new ArrayList<>();
    if (isDequantized) {
      given.add("--dequantize");
    }
    if (matrices != null) {
      given.add("--as");
    }
    if (hasHuggingFaceNames) {
      given.add("--hf-names");
    }
    if (!given.isEmpty()) {
      throw refused(given.getFirst() + " is for whole models: name the output .safetensors or .gguf, or a folder");
    }
  }

  /** Refuses formats that the output does not have. */
  void requireFor(Path output, boolean isFolder) {
    boolean isGguf = !isFolder && Arguments.hasSuffix(output, ".gguf");
    if (matrices != null && matrices.isOfGguf() && !isGguf) {
      throw refused("--as " + name() + " is a type of GGUF files: name the output .gguf");
    }
    if (matrices != null && !matrices.isOfGguf() && !isFolder) {
      throw refused("--as " + name() + " writes a folder, whose config.json says how weights are quantized: -o FOLDER/");
    }
    if (hasHuggingFaceNames && isGguf) {
      throw refused("--hf-names is for safetensors: a .gguf file has names of its own");
    }
  }

  private String name() {
    return matrices.name().toLowerCase(Locale.ROOT);
  }

  private ParameterException refused(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
