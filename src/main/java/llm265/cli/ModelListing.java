package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.cli.output.CompressionNotes;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.model.CodedTensor;
import llm265.model.CompressedModel;

/**
 * What {@code inspect} says of a compressed model.
 *
 * @param entries its tensors, in order
 * @param bytes of its files
 * @param metadata without the index
 * @param source format of the file that it was made of, if that is kept
 */
public record ModelListing(List<Entry> entries, long bytes, Map<String, String> metadata, Optional<String> source) {
  /**
   * A tensor.
   *
   * @param bytes of what the model has of it
   * @param isKept whether it has the values as they were
   * @param isStream whether it is a tensor stream
   */
  public record Entry(
      String name, DType dtype, long[] shape, long bytes, boolean isKept, boolean isStream, CodedTensor.Description description)
      implements Serializable {
    /** @throws llm265.checkpoint.file.ModelFormatException if its header is damaged */
    public static Entry of(CompressedModel.Tensor tensor) {
      return new Entry(
          tensor.name(), tensor.dtype(), tensor.shape(), tensor.data().byteSize(), tensor.isKept(), tensor.isStream(),
          tensor.coded().describe());
    }

    private boolean isPacked() {
      return !isKept && description.codec().equals("packed");
    }

    private long originalBytes() {
      return dtype.byteSize(Shape.count(shape));
    }

    private String savingOfPacked() {
      return isPacked() ? ", saves " + (originalBytes() - bytes) + " of " + originalBytes() + " bytes" : "";
    }
  }

  /** What a model says of itself; decodes nothing. */
  static ModelListing of(CompressedModel model) throws IOException {
    return of(model, model.tensors().stream().map(Entry::of).toList());
  }

  /** The same where the tensors' own headers have been read elsewhere. */
  public static ModelListing of(CompressedModel model, List<Entry> entries) throws IOException {
    return new ModelListing(entries, model.bytes(), model.metadata(), model.sourceFormat());
  }

  /** What the user should know of tensors of low quality. */
  public List<String> notes() {
    Map<String, Double> qualities = new LinkedHashMap<>();
    entries.stream().filter(entry -> !entry.isKept).forEach(entry -> qualities.put(entry.name, entry.description.snr()));
    return CompressionNotes.ofQuality(qualities);
  }

  public void print(PrintWriter out, boolean asJson) throws IOException {
    if (asJson) {
      ObjectMapper mapper = new ObjectMapper();
      Format.printJson(out, mapper, json(mapper));
      return;
    }
    TextTable table = new TextTable();
    table.row("tensor", "type", "shape", "bytes", "bits/value", "SNR dB", "tools");
    long values = 0;
    for (Entry entry : entries) {
      long count = Shape.count(entry.shape);
      values += count;
      table.row(
          entry.name,
          entry.dtype.name(),
          Format.shape(entry.shape),
          Long.toString(entry.bytes),
          count == 0 ? "-" : Format.number("%.3f", 8.0 * entry.bytes / count),
          entry.isKept ? "kept" : Format.decibels(entry.description.snr()),
          String.join(", ", entry.description.tools()) + entry.savingOfPacked());
    }
    table.row("all " + entries.size(), "", values + " values", Long.toString(bytes),
        values == 0 ? "-" : Format.number("%.3f", 8.0 * bytes / values), "", "");
    table.print(out);
  }

  private ObjectNode json(ObjectMapper mapper) {
    ObjectNode root = mapper.createObjectNode();
    root.put("compressed", true);
    root.put("bytes", bytes);
    putMetadata(root, metadata);
    source.ifPresent(format -> root.put("source", format));
    ArrayNode tensors = root.putArray("tensors");
    for (Entry entry : entries) {
      ObjectNode node = tensors.addObject();
      node.put("name", entry.name);
      node.put("dtype", entry.dtype.name());
      putShape(node, entry.shape);
      node.put("bytes", entry.bytes);
      node.put("stream", entry.isStream);
      if (!entry.isKept) {
        putInfo(node, entry.description);
        ArrayNode tools = node.putArray("tools");
        entry.description.tools().forEach(tools::add);
        if (entry.isPacked()) {
          node.put("originalBytes", entry.originalBytes());
          node.put("savedBytes", entry.originalBytes() - entry.bytes);
        }
      }
    }
    return root;
  }

  static void putMetadata(ObjectNode root, Map<String, String> metadata) {
    ObjectNode node = root.putObject("metadata");
    metadata.forEach(node::put);
  }

  static void putShape(ObjectNode node, long[] shape) {
    ArrayNode array = node.putArray("shape");
    for (long size : shape) {
      array.add(size);
    }
  }

  static void putInfo(ObjectNode node, CodedTensor.Description info) {
    if (Double.isFinite(info.snr())) {
      node.put("snr", info.snr());
    } else {
      node.putNull("snr");
    }
    node.put("codec", info.codec());
    if (info.tiles() != null) {
      node.put("tiles", info.tiles().count());
      node.put("tileWidth", info.tiles().width());
      node.put("tileHeight", info.tiles().height());
    }
  }
}
