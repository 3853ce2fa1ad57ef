package llm265.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.model.CompressionReport;
import llm265.quantized.QuantizationConfig;
import llm265.quantized.QuantizedCheckpoint;
import llm265.quantized.TensorSource;

/** What of a checkpoint is quantized already: weights that several tensors hold, and tensors of block types. */
public final class QuantizedInput {
  private final Checkpoint checkpoint;
  private final QuantizedCheckpoint weights;
  private final List<TensorView> blocks;

  private QuantizedInput(Checkpoint checkpoint, QuantizationConfig config) {
    this.checkpoint = checkpoint;
    weights = QuantizedCheckpoint.of(TensorSource.of(checkpoint), config);
    blocks = checkpoint.tensors().stream().filter(tensor -> tensor.dtype().kind() == DType.Kind.BLOCK).toList();
  }

  /**
   * Looks through an open checkpoint.
   *
   * @param input the file, or the folder, whose configuration is read
   */
  public static QuantizedInput of(Path input, Checkpoint checkpoint) throws IOException {
    return new QuantizedInput(
        checkpoint, Files.isDirectory(input) ? QuantizationConfig.read(input) : QuantizationConfig.NONE);
  }

  /** Looks through a checkpoint for what its tensors alone say: there is no configuration, or it is of other weights. */
  public static QuantizedInput of(Checkpoint checkpoint) {
    return new QuantizedInput(checkpoint, QuantizationConfig.NONE);
  }

  QuantizedCheckpoint weights() {
    return weights;
  }

  /**
   * Number of quantized weights and of tensors of block types, all of which have values that can be read.
   *
   * @param wanted whether a tensor of a block type counts
   */
  int count(Predicate<TensorView> wanted) {
    return weights.weights().size() + (int) blocks.stream().filter(wanted).count();
  }

  /** Number of those values. */
  long values(Predicate<TensorView> wanted) {
    return weights.weights().stream().mapToLong(weight -> Shape.count(weight.shape())).sum()
        + blocks.stream().filter(wanted).mapToLong(TensorView::count).sum();
  }

  /** Names of the tensors that are parts of quantized weights. */
  public Set<String> parts() {
    return weights.parts();
  }

  /** What the user of compress should know: of what kind the weights are, and what is not read. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>(weights.summary());
    weights.note().ifPresent(notes::add);
    return notes;
  }

  /** Names of all tensors that compress keeps exactly because they are quantized. */
  private Set<String> exact() {
    Set<String> names = new TreeSet<>(weights.parts());
    blocks.forEach(tensor -> names.add(tensor.name()));
    return names;
  }

  private Optional<String> method() {
    return weights.method().isEmpty() && !blocks.isEmpty() ? Optional.of("block types") : weights.method();
  }

  private boolean isPlain() {
    return method().isEmpty() && weights.note().isEmpty();
  }

  /** Weights by their schemes, and tensors by their block types. */
  private List<QuantizedCheckpoint.Scheme> schemes() {
    List<QuantizedCheckpoint.Scheme> schemes = new ArrayList<>(weights.schemes());
    Map<DType, Long> counts =
        blocks.stream().collect(Collectors.groupingBy(TensorView::dtype, TreeMap::new, Collectors.counting()));
    counts.forEach((type, count) -> schemes.add(new QuantizedCheckpoint.Scheme(
        type.name(), "blocks of " + type.blockValues() + " values", Math.toIntExact(count),
        (double) Byte.SIZE * type.blockBytes() / type.blockValues())));
    return schemes;
  }

  /** Bits of all tensors, plain ones too, over the number of values that a model of them has. */
  private double bitsPerValue() {
    long bytes = checkpoint.tensors().stream().mapToLong(TensorView::byteSize).sum();
    long values = weights.outputs().stream().mapToLong(output -> output.weight() == null
        ? checkpoint.byName(output.name()).orElseThrow().count()
        : Shape.count(output.weight().shape())).sum();
    return (double) Byte.SIZE * bytes / values;
  }

  /** Lines for the user of inspect; none for a plain checkpoint. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (isPlain()) {
      return lines;
    }
    lines.add(Format.number("quantized: %s, %.3f bits per value in all", method().orElse("not understood"), bitsPerValue()));
    schemes().forEach(scheme -> lines.add("  " + scheme));
    weights.note().ifPresent(note -> lines.add("  " + note));
    lines.add("compress keeps " + Notes.count(exact().size(), "such tensor") + " exactly; with --requantize they are coded with "
        + "loss, and the loss counts twice");
    return lines;
  }

  /** The same as fields of an object {@code quantization}; nothing for a plain checkpoint. */
  void put(ObjectNode root) {
    if (isPlain()) {
      return;
    }
    ObjectNode node = root.putObject("quantization");
    node.put("method", method().orElse(null));
    node.put("bitsPerValue", bitsPerValue());
    node.put("keptExactly", exact().size());
    ArrayNode array = node.putArray("schemes");
    for (QuantizedCheckpoint.Scheme scheme : schemes()) {
      array.addObject().put("format", scheme.format()).put("scheme", scheme.scheme()).put("weights", scheme.weights())
          .put("bitsPerValue", scheme.bitsPerValue());
    }
    weights.note().ifPresent(note -> node.put("note", note));
  }

  /** What coding without loss has made of quantized tensors, if any were coded. */
  Optional<String> gain(CompressionReport report) {
    Set<String> names = exact();
    List<CompressionReport.Tensor> coded = report.tensors().stream()
        .filter(tensor -> tensor.encoded() != null && !tensor.isLossy() && names.contains(tensor.name())).toList();
    if (coded.isEmpty()) {
      return Optional.empty();
    }
    long before = coded.stream().mapToLong(CompressionReport.Tensor::originalBytes).sum();
    long after = coded.stream().mapToLong(CompressionReport.Tensor::bytes).sum();
    return Optional.of(Format.number("%s without loss: %s before, %s after (%.1f %% less)",
        Notes.count(coded.size(), "quantized tensor"), Format.bytes(before), Format.bytes(after),
        100.0 * (before - after) / before));
  }
}
