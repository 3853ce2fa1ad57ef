package llm265.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the graph of an ONNX model does with its tensors. */
public final class OnnxGraph {
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OP_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_INT = 3;

  private OnnxGraph() {}

  /**
   * The names of tensors that are {@code in x out}: the second factor of a MatMul, and of a Gemm that does not transpose it.
   * Those of graphs inside nodes are left out.
   *
   * @param model an open ONNX model
   * @throws IllegalArgumentException if it is none
   */
  public static Set<String> secondFactors(Checkpoint model) {
    if (!(model.table() instanceof OnnxReader reader)) {
      throw new IllegalArgumentException(model.path() + " is no ONNX model");
    }
    Set<String> names = new HashSet<>();
    for (ProtobufReader fields = new ProtobufReader(model.path(), reader.model()); fields.next(); ) {
      if (fields.field() == MODEL_GRAPH) {
        for (ProtobufReader graph = fields.message(); graph.next(); ) {
          if (graph.field() == GRAPH_NODE) {
            addFactor(model, graph.bytes(), names);
          }
        }
      }
    }
    return names;
  }

  private static void addFactor(Checkpoint model, MemorySegment node, Set<String> names) {
    String type = "";
    List<String> inputs = new ArrayList<>();
    boolean transposed = false;
    for (ProtobufReader fields = new ProtobufReader(model.path(), node); fields.next(); ) {
      switch (fields.field()) {
        case NODE_INPUT -> inputs.add(fields.string());
        case NODE_OP_TYPE -> type = fields.string();
        case NODE_ATTRIBUTE -> transposed |= isTransB(fields.message());
        default -> { }
      }
    }
    if (inputs.size() > 1 && (type.equals("MatMul") || type.equals("Gemm") && !transposed)) {
      names.add(inputs.get(1));
    }
  }

  private static boolean isTransB(ProtobufReader attribute) {
    boolean named = false;
    boolean set = false;
    while (attribute.next()) {
      if (attribute.field() == ATTRIBUTE_NAME) {
        named = attribute.string().equals("transB");
      } else if (attribute.field() == ATTRIBUTE_INT) {
        set = attribute.varint() != 0;
      }
    }
    return named && set;
  }
}
