package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.dtype.TensorView;

/**
 * What {@code inspect} says of a checkpoint that is not compressed.
 *
 * @param quantized what of it is quantized already
 */
public record CheckpointListing(Checkpoint checkpoint, QuantizedInput quantized) {
  public void print(PrintWriter out, boolean asJson) throws IOException {
    if (asJson) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      root.put("compressed", false);
      ModelListing.putMetadata(root, checkpoint.metadata());
      quantized.put(root);
      ArrayNode tensors = root.putArray("tensors");
      for (TensorView tensor : checkpoint.tensors()) {
        ObjectNode node = tensors.addObject();
        node.put("name", tensor.name());
        node.put("dtype", tensor.dtype().name());
        ModelListing.putShape(node, tensor.shape());
        node.put("bytes", tensor.byteSize());
      }
      ArrayNode unread = root.putArray("unread");
      checkpoint.unread().forEach(tensor -> unread.addObject().put("name", tensor.name()).put("type", tensor.type()));
      Format.printJson(out, mapper, root);
      return;
    }
    TextTable table = new TextTable();
    table.row("tensor", "type", "shape", "values", "bytes");
    long values = 0;
    long bytes = 0;
    for (TensorView tensor : checkpoint.tensors()) {
      table.row(tensor.name(), tensor.dtype().name(), Format.shape(tensor.shape()), Long.toString(tensor.count()),
          Long.toString(tensor.byteSize()));
      values += tensor.count();
      bytes += tensor.byteSize();
    }
    checkpoint.unread().forEach(tensor -> table.row(tensor.name(), tensor.type(), "not read", "", ""));
    table.row("all " + checkpoint.tensors().size(), "", "", Long.toString(values), Long.toString(bytes));
    table.print(out);
    quantized.lines().forEach(out::println);
  }
}
