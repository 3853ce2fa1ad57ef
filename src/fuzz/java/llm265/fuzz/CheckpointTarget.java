package llm265.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.DType;
import llm265.dtype.TensorView;

/** Checkpoints of the formats that are one file: their tensors, and values of each. */
final class CheckpointTarget extends FileTarget {
  private interface SeedSource {
    List<byte[]> make() throws IOException;
  }

  private final SeedSource seeds;

  private CheckpointTarget(String name, String fileName, SeedSource seeds) {
    super(name, fileName);
    this.seeds = seeds;
  }

  static CheckpointTarget safetensors() {
    return new CheckpointTarget("safetensors", "a.safetensors", CheckpointTarget::safetensorsFiles);
  }

  static CheckpointTarget npy() {
    return new CheckpointTarget("npy", "a.npy", () -> List.of(
        npy("<f4", "False", 24), npy(">i2", "True", 12), npy("|b1", "True", 6)));
  }

  static CheckpointTarget onnx() {
    return new CheckpointTarget("onnx", "a.onnx", () -> List.of(onnxModel()));
  }

  static CheckpointTarget gguf() {
    return new CheckpointTarget("gguf", "a.gguf", () -> List.of(
        new GgufBytes().text("general.name", "a").u32("n", 7).tensor("w", 0, new byte[24], 3, 2).tensor("b", 1, new byte[4], 2)
            .build(),
        new GgufBytes().alignment(64).tensor("q", 2, new byte[36], 32, 2).tensor("q8", 8, new byte[34], 32).build(),
        new GgufBytes().version(2).tensor("k", 12, new byte[144], 256).build()));
  }

  static CheckpointTarget torch() {
    return new CheckpointTarget("pytorch", "a.pt", CheckpointTarget::torchFiles);
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    return seeds.make();
  }

  @Override
  void read(Path file) throws IOException {
    readAll(file);
  }

  /** Opens a checkpoint and reads the first and the last values of every tensor. */
  static void readAll(Path file) throws IOException {
    double[] values = new double[16];
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (TensorView tensor : checkpoint.tensors()) {
        if (tensor.byteSize() != tensor.dtype().byteSize(tensor.count())) {
          throw new AssertionError("data do not fit the shape of " + tensor);
        }
        if (tensor.dtype().isReadable()) {
          int count = (int) Math.min(values.length, tensor.count());
          tensor.read(0, values, 0, count);
          tensor.read(tensor.count() - count, values, 0, count);
        }
      }
    } catch (ModelFormatException e) {
      Refusals.check(e);
    }
  }

  private static List<byte[]> safetensorsFiles() throws IOException {
    Path path = Files.createTempFile("seed", ".safetensors");
    Files.delete(path);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(TensorView.copyOf("model.weight", new long[] {3, 4}, new float[12]));
      writer.begin("bits", DType.U8);
      writer.write(new byte[] {1, 2, 3, 4, 5, 6}, 0, 6);
      writer.end(2, 3);
      writer.add(TensorView.copyOf("empty", new long[] {0, 7}));
      writer.add(TensorView.copyOf("scalar", new long[0], 1));
      writer.commit(Map.of("format", "pt", "note", "\u00e9\ud83d\ude00"));
    }
    byte[] file = Files.readAllBytes(path);
    Files.delete(path);
    return List.of(file);
  }

  private static byte[] npy(String descr, String fortran, int bytes) throws IOException {
    String header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': (3, 2), }";
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    write(file, "\u0093NUMPY\u0001\u0000\u0076\u0000" + header + " ".repeat(117 - header.length()) + "\n");
    file.write(new byte[bytes]);
    return file.toByteArray();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] onnxModel() {
    TensorProto.Builder typed = TensorProto.newBuilder().setName("typed").setDataType(7).addDims(2).addInt64Data(300);
    TensorProto.Builder raw = TensorProto.newBuilder().setName("raw").setDataType(1).addDims(1).addDims(2);
    raw.setRawData(ByteString.copyFrom(new byte[8]));
    TensorProto.Builder half = TensorProto.newBuilder().setName("half").setDataType(10).addDims(1).addInt32Data(0x3C00);
    NodeProto.Builder loop = NodeProto.newBuilder().setOpType("Loop").addOutput("l").addAttribute(
        AttributeProto.newBuilder().setName("body").setG(GraphProto.newBuilder().addInitializer(half)));
    GraphProto.Builder graph = GraphProto.newBuilder().addNode(loop).addInitializer(typed.addInt64Data(-1)).addInitializer(raw);
    return ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
  }

  /** The files that PyTorch has written for tests. */
  static List<byte[]> torchFiles() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String name : List.of(
        "state-dict", "strides", "strides-protocol-4", "libtorch", "types", "training", "newer", "unread")) {
      try (InputStream in = CheckpointTarget.class.getResourceAsStream("/llm265/checkpoint/torch/" + name + ".pt")) {
        files.add(in.readAllBytes());
      }
    }
    return files;
  }
}
