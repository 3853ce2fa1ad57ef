package llm265.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.gguf.GgufHeader;
import llm265.checkpoint.gguf.HuggingFaceNames;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.parallel.Workers;
import llm265.quantized.ConfigJson;
import llm265.quantized.ExportFormat;
import llm265.quantized.QuantizationConfig;
import llm265.quantized.QuantizedCheckpoint;
import llm265.quantized.QuantizedWeight;
import llm265.quantized.TensorSource;
import llm265.quantized.WeightExport;
import llm265.quantized.WeightRows;

/** What of a compressed model is written to files, before any of it is. Used while the model is open. */
public final class OutputPlan {
  private static final String GGUF = "gguf";

  private final CompressedModel model;
  private final OutputForm form;
  private final GgufHeader header;
  private final List<OutputTensor> tensors = new ArrayList<>();
  private final Map<String, Long> values = new LinkedHashMap<>();
  private final List<TensorSource.Entry> plain = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  private OutputPlan(CompressedModel model, OutputForm form, GgufHeader header) {
    this.model = model;
    this.form = form;
    this.header = header;
  }

  /**
   * A plan for safetensors files.
   *
   * @param config what is known of the quantization of the model
   * @throws IllegalArgumentException if the model cannot be written in that form; the message says why
   * @throws ModelFormatException if the model is damaged, or has no names in Hugging Face files
   */
  static OutputPlan ofSafetensors(CompressedModel model, OutputForm form, QuantizationConfig config, Workers workers) {
    boolean isOfGguf = isOfGguf(model);
    if (form.matrices() != null && form.matrices().isOfGguf()) {
      throw new IllegalArgumentException(form.matrices() + " is a type of GGUF files: -o FILE.gguf");
    }
    if (form.hasHuggingFaceNames() && !isOfGguf) {
      throw new IllegalArgumentException(model.path() + ": was not made of a GGUF file, so its names stay as they are");
    }
    if (form.export() != null && isOfGguf && !form.hasHuggingFaceNames()) {
      throw new IllegalArgumentException(model.path() + ": was made of a GGUF file, whose names no program knows in "
          + form.matrices() + ": add --hf-names");
    }
    OutputPlan plan = new OutputPlan(model, form, null);
    if (isOfGguf) {
      plan.addGguf();
    } else {
      plan.addAll(config, workers);
    }
    return plan;
  }

  private static boolean isOfGguf(CompressedModel model) {
    return model.sourceFormat().equals(Optional.of(GGUF));
  }

  private static GgufHeader header(CompressedModel model) {
    return GgufHeader.parse(model.path(), MemorySegment.ofArray(model.sourceHeader().orElseThrow()));
  }

  /**
   * A plan for the GGUF file that the model was made of.
   *
   * @throws IllegalArgumentException if it was not made of one, or cannot be written in that form
   * @throws ModelFormatException if the model is damaged
   */
  static OutputPlan ofGguf(CompressedModel model, OutputForm form) {
    if (!isOfGguf(model)) {
      throw new IllegalArgumentException(model.path() + ": was not made of a GGUF file, and has no header of one");
    }
    if (form.export() != null || form.hasHuggingFaceNames()) {
      throw new IllegalArgumentException("GGUF files have neither names of Hugging Face files nor matrices in w4a16 or fp8");
    }
    OutputPlan plan = new OutputPlan(model, form, header(model));
    if (form.isDequantized()) {
      requireBlocks(model);
    }
    for (CompressedModel.Tensor tensor : model.tensors()) {
      boolean isSame = plan.header.tensor(tensor.name())
          .filter(own -> own.dtype() == tensor.dtype() && Arrays.equals(own.shape(), tensor.shape())).isPresent();
      if (!isSame || plan.header.tensors().size() != model.tensors().size()) {
        throw new ModelFormatException(
            model.path(), "the header of the GGUF file is not that of tensor \"" + tensor.name() + '"');
      }
      DType type = form.typeOf(plan.header.tensor(tensor.name()).orElseThrow());
      plan.add(tensor.name(), tensor.coded(), type);
    }
    return plan;
  }

  private static void requireBlocks(CompressedModel model) {
    if (model.tensors().stream().noneMatch(tensor -> tensor.dtype().kind() == DType.Kind.BLOCK)) {
      throw plainAlready(model);
    }
  }

  private static IllegalArgumentException plainAlready(CompressedModel model) {
    return new IllegalArgumentException(
        model.path() + ": no weight was quantized before it was compressed, so there is nothing to dequantize");
  }

  private void addGguf() {
    if (form.isDequantized()) {
      requireBlocks(model);
    }
    HuggingFaceNames names = form.hasHuggingFaceNames() ? HuggingFaceNames.of(model.path(), header(model)) : null;
    for (CompressedModel.Tensor tensor : model.tensors()) {
      Optional<String> name = names == null ? Optional.of(tensor.name()) : names.name(tensor.name());
      if (name.isEmpty()) {
        leaveOut(tensor);
        continue;
      }
      if (tensor.dtype().kind() == DType.Kind.BLOCK && !form.isDequantized()) {
        throw new IllegalArgumentException("tensor \"" + tensor.name() + "\" is of type " + tensor.dtype()
            + ", which safetensors do not have: -o FILE.gguf makes the GGUF file again, --dequantize writes plain values");
      }
      int heads = names == null ? 0 : names.permutedHeads(tensor.name());
      addPlain(name.get(), heads == 0 ? tensor.coded() : new ReorderedTensor(tensor, heads));
    }
  }

  /** Vectors may go, such as factors of rotary frequencies, which a configuration has; a model without matrices would not run. */
  private void leaveOut(CompressedModel.Tensor tensor) {
    if (tensor.shape().length > 1) {
      throw new IllegalArgumentException(model.path() + ": the name of tensor " + ModelFormatException.quote(tensor.name())
          + " in Hugging Face files is not known");
    }
    leftOut.add(tensor.name());
  }

  private void addAll(QuantizationConfig config, Workers workers) {
    if (!form.isDequantized() && form.export() == null) {
      model.tensors().forEach(tensor -> addPlain(tensor.name(), tensor.coded()));
      return;
    }
    QuantizedCheckpoint quantized = QuantizedCheckpoint.of(new ModelTensors(model, workers), config);
    boolean isPlain = quantized.method().isEmpty() && quantized.faults().isEmpty();
    if (form.isDequantized() && isPlain) {
      throw plainAlready(model);
    }
    if (!form.isDequantized() && !isPlain) {
      throw new IllegalArgumentException(
          model.path() + ": its weights were quantized before they were compressed: add --dequantize");
    }
    quantized.requireReadable();
    for (QuantizedCheckpoint.Output output : quantized.outputs()) {
      if (output.weight() == null) {
        addPlain(output.name(), model.byName(output.name()).orElseThrow().coded());
      } else {
        addWeight(output.weight());
      }
    }
  }

  private void addWeight(QuantizedWeight weight) {
    TensorSource.Entry entry = new TensorSource.Entry(weight.name(), form.plainType(), weight.shape());
    if (!export(entry, weight::open)) {
      add(new DequantizedOutput(weight, form.plainType()), weight.shape());
    }
  }

  private void addPlain(String name, CodedTensor coded) {
    DType type = form.typeOf(coded.dtype());
    if (!export(new TensorSource.Entry(name, type, coded.shape()), () -> rows(coded))) {
      add(name, coded, type);
    }
  }

  private static WeightRows rows(CodedTensor coded) {
    DecodedValues decoded = new DecodedValues(coded);
    int columns = Math.toIntExact(coded.shape()[coded.shape().length - 1]);
    return (first, rows, target, offset) -> decoded.read(first * columns, target, offset, rows * columns);
  }

  /** Adds a tensor of the plain model in another format if it has one there. */
  private boolean export(TensorSource.Entry tensor, Supplier<WeightRows> rows) {
    plain.add(tensor);
    ExportFormat format = form.export();
    if (format == null || !format.accepts(tensor.name(), tensor.shape())) {
      return false;
    }
    if (!OutputForm.isConverted(tensor.dtype())) {
      throw new IllegalArgumentException("tensor " + ModelFormatException.quote(tensor.name()) + " is of type " + tensor.dtype()
          + ", and is not written in " + form.matrices());
    }
    add(new ExportedOutput(tensor.name(), WeightExport.of(format, tensor.name(), tensor.shape()), rows), tensor.shape());
    return true;
  }

  private void add(String name, CodedTensor coded, DType type) {
    add(new CodedOutput(name, coded, type), coded.shape());
  }

  private void add(OutputTensor tensor, long... shape) {
    tensors.add(tensor);
    values.merge(tensor.name(), Shape.count(shape), Long::sum);
  }

  List<OutputTensor> tensors() {
    return tensors;
  }

  /** Metadata of the files. */
  Map<String, String> metadata() {
    return model.metadata();
  }

  /** The header of the GGUF file that is made; null for safetensors. */
  GgufHeader header() {
    return header;
  }

  OutputForm form() {
    return form;
  }

  /** How many values the plain tensors have, by their names in the output. */
  public Map<String, Long> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Names of tensors that Hugging Face files do not have, and which are not written. */
  public List<String> leftOut() {
    return Collections.unmodifiableList(leftOut);
  }

  /** Whether weights are quantized in another way than before, or no more, so that a config.json must say so. */
  public boolean changesQuantization() {
    return form.isDequantized() || isQuantized();
  }

  /** Whether matrices are written in a quantized format that a config.json must state. */
  public boolean isQuantized() {
    return form.export() != null;
  }

  /**
   * The text of a config.json that agrees with the output.
   *
   * @param path the file, for messages
   * @param json its text
   * @throws ModelFormatException if it is no JSON object
   */
  public String config(Path path, String json) {
    DType type = form.isDequantized() ? form.plainType() : form.floatType();
    return ConfigJson.edit(path, json, type, form.export() == null ? null : form.export().config(plain));
  }
}
