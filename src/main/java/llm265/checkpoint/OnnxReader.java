package llm265.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import llm265.checkpoint.file.CompanionFiles;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.file.UnreadTensor;
import llm265.dtype.TensorView;

/**
 * The tensors of an ONNX model: initializers under their names, and the tensors of Constant nodes under the names of the
 * nodes' outputs. The rest of the model, including numbers given as plain attributes, is not kept.
 *
 * <p>Raw data, in the model or in external files of the model's folder, are mapped. Values in typed fields are unpacked into
 * native memory. The names of tensors of a graph inside a node (the body of a loop, a branch) begin with that node's first
 * output, the attribute and a slash. Sparse tensors, strings, integers of 4 bits and fewer, complex128 and types that ONNX may
 * add later are not read; {@link #unread} lists them.
 */
final class OnnxReader extends TensorTable {
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_METADATA = 14;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_SPARSE_INITIALIZER = 15;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_OP_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int ATTRIBUTE_GRAPH = 6;
  private static final int ATTRIBUTE_GRAPHS = 11;
  private static final int ATTRIBUTE_SPARSE_TENSOR = 22;
  private static final int SPARSE_VALUES = 1;
  private static final int MAX_NESTING = 32;
  private static final int MAX_TENSORS = 1 << 20;

  private final MappedFile file;
  private final Map<Path, MappedFile> externalFiles = new HashMap<>();
  /** Names of tensors by the addresses of their messages. */
  private final Map<Long, String> names = new HashMap<>();

  private OnnxReader(MappedFile file) {
    super(file.path());
    this.file = file;
  }

  /**
   * Opens a model and finds its tensors.
   *
   * @throws IOException if it, or a file that it names, cannot be read
   * @throws ModelFormatException if it is no well-formed ONNX model, or has tensors that cannot be represented
   */
  static OnnxReader open(Path path) throws IOException {
    OnnxReader reader = new OnnxReader(MappedFile.open(path));
    try {
      reader.readModel();
      return reader;
    } catch (ModelFormatException e) {
      ModelFormatException fault = reader.file.named(e);
      reader.close();
      throw fault;
    } catch (IOException | RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  private void readModel() throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    boolean hasGraph = false;
    for (ProtobufReader fields = new ProtobufReader(file.path(), file.bytes()); fields.next(); ) {
      if (fields.field() == MODEL_GRAPH) {
        readGraph(fields.message(), "", 0);
        hasGraph = true;
      } else if (fields.field() == MODEL_METADATA && !OnnxTensor.readEntry(fields.message(), metadata)) {
        throw bad("a key of metadata_props appears twice");
      }
    }
    addMetadata(metadata);
    if (!hasGraph) {
      throw bad("no graph in it: not an ONNX model");
    }
  }

  private void readGraph(ProtobufReader fields, String prefix, int depth) throws IOException {
    if (depth == MAX_NESTING) {
      throw bad("graphs nested more than " + MAX_NESTING + " deep");
    }
    while (fields.next()) {
      switch (fields.field()) {
        case GRAPH_NODE -> readNode(fields.bytes(), prefix, depth);
        case GRAPH_INITIALIZER -> {
          OnnxTensor tensor = new OnnxTensor(file.path(), fields.bytes());
          add(tensor, tensor.name().isEmpty() ? "" : prefix + tensor.name());
        }
        case GRAPH_SPARSE_INITIALIZER -> addSparse(fields.message(), prefix, "");
        default -> { }
      }
    }
  }

  private void readNode(MemorySegment node, String prefix, int depth) throws IOException {
    String output = "";
    boolean isConstant = false;
    boolean hasOutput = false;
    for (ProtobufReader fields = new ProtobufReader(file.path(), node); fields.next(); ) {
      if (fields.field() == NODE_OUTPUT && !hasOutput) {
        output = fields.string();
        hasOutput = true;
      } else if (fields.field() == NODE_OP_TYPE) {
        isConstant = fields.string().equals("Constant");
      }
    }
    // Attributes come in a second pass: their names depend on fields that may follow them.
    for (ProtobufReader fields = new ProtobufReader(file.path(), node); fields.next(); ) {
      if (fields.field() == NODE_ATTRIBUTE) {
        readAttribute(fields.bytes(), isConstant, prefix + output, depth);
      }
    }
  }

  private void readAttribute(MemorySegment attribute, boolean ofConstant, String nodeName, int depth)
      throws IOException {
    String name = "";
    for (ProtobufReader fields = new ProtobufReader(file.path(), attribute); fields.next(); ) {
      if (fields.field() == ATTRIBUTE_NAME) {
        name = fields.string();
      }
    }
    int graphs = 0;
    for (ProtobufReader fields = new ProtobufReader(file.path(), attribute); fields.next(); ) {
      switch (fields.field()) {
        case ATTRIBUTE_TENSOR -> {
          if (ofConstant) {
            add(new OnnxTensor(file.path(), fields.bytes()), nodeName);
          }
        }
        case ATTRIBUTE_GRAPH -> readGraph(fields.message(), nodeName + "." + name + "/", depth + 1);
        case ATTRIBUTE_GRAPHS ->
            readGraph(fields.message(), nodeName + "." + name + "." + graphs++ + "/", depth + 1);
        case ATTRIBUTE_SPARSE_TENSOR -> {
          if (ofConstant) {
            addSparse(fields.message(), "", nodeName);
          }
        }
        default -> { }
      }
    }
  }

  /** A SparseTensorProto; its name is that of its values, unless another one is given. */
  private void addSparse(ProtobufReader fields, String prefix, String givenName) {
    while (fields.next()) {
      if (fields.field() == SPARSE_VALUES) {
        OnnxTensor values = new OnnxTensor(file.path(), fields.bytes());
        addUnread(givenName.isEmpty() ? prefix + values.name() : givenName, "sparse " + values.typeName());
        return;
      }
    }
    throw bad("a sparse tensor has no values");
  }

  private void addUnread(String name, String type) {
    if (unread().size() == MAX_TENSORS) {
      throw bad("more than " + MAX_TENSORS + " tensors");
    }
    addUnread(new UnreadTensor(name, type));
  }

  private void add(OnnxTensor tensor, String name) throws IOException {
    if (tensor.unread() != null) {
      addUnread(name, tensor.unread());
      return;
    }
    if (tensors().size() == MAX_TENSORS) {
      throw bad("more than " + MAX_TENSORS + " tensors");
    }
    if (name.isEmpty()) {
      throw bad("a tensor has no name");
    }
    if (!add(tensor.view(name, file.arena(), this::openExternal))) {
      throw bad("two tensors are named " + ModelFormatException.quote(name));
    }
    names.put(tensor.message().address(), name);
  }

  /** The whole model. */
  MemorySegment model() {
    return file.bytes();
  }

  /** The tensor that a TensorProto of the model holds; empty if it is not one of {@link #tensors}. */
  Optional<TensorView> tensorOf(MemorySegment message) {
    return Optional.ofNullable(names.get(message.address())).flatMap(this::byName);
  }

  private MemorySegment openExternal(String location) throws IOException {
    Path real = new CompanionFiles(file.path()).resolve(location);
    MappedFile external = externalFiles.get(real);
    if (external == null) {
      external = MappedFile.open(real);
      externalFiles.put(real, external);
    }
    return external.bytes();
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(file.path(), problem);
  }

  @Override
  public String format() {
    return "onnx";
  }

  @Override
  public void close() {
    file.close();
    externalFiles.values().forEach(MappedFile::close);
  }
}
