package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The models are written and read again by the reference's generated classes. */
class OnnxRewriterTest {
  @TempDir private Path folder;

  private static TensorProto.Builder tensor(String name) {
    return TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT.getNumber()).addDims(2).setDocString("of " + name);
  }

  private static ByteString raw(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return ByteString.copyFrom(bytes.array());
  }

  private static NodeProto.Builder constant(String output, TensorProto.Builder value) {
    return NodeProto.newBuilder().setOpType("Constant").addOutput(output)
        .addAttribute(AttributeProto.newBuilder().setName("value").setT(value));
  }

  /** Raw, typed, constant, external and nested tensors, and what is no weight. */
  private ModelProto.Builder model() throws IOException {
    Files.write(folder.resolve("w.bin"), raw(9, 7, 8).toByteArray());
    GraphProto.Builder body = GraphProto.newBuilder().addInitializer(tensor("n").setRawData(raw(11, 12)));
    return ModelProto.newBuilder().setIrVersion(8).setProducerName("test")
        .addMetadataProps(StringStringEntryProto.newBuilder().setKey("a").setValue("1"))
        .setGraph(GraphProto.newBuilder()
            .addInitializer(tensor("r").setRawData(raw(1, 2)))
            .addInitializer(tensor("t").addFloatData(3).addFloatData(4))
            .addInitializer(tensor("e").setDataLocation(DataLocation.EXTERNAL)
                .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("w.bin"))
                .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue("4"))
                .addExternalData(StringStringEntryProto.newBuilder().setKey("length").setValue("8")))
            .addNode(constant("c", tensor("").addFloatData(5).addFloatData(6)))
            .addNode(NodeProto.newBuilder().setOpType("If").addOutput("i")
                .addAttribute(AttributeProto.newBuilder().setName("then_branch").setG(body))));
  }

  private ModelProto rewritten(ModelProto model, Map<String, float[]> values) throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), model.toByteArray());
    try (Checkpoint read = Checkpoint.open(file)) {
      return ModelProto.parseFrom(OnnxRewriter.rewrite(read, tensor -> values.containsKey(tensor.name())
          ? MemorySegment.ofArray(raw(values.get(tensor.name())).toByteArray()) : null));
    }
  }

  @Test
  void allButValuesStays() throws IOException {
    ModelProto found = rewritten(model().build(), Map.of(
        "r", new float[] {21, 22}, "t", new float[] {23, 24}, "c", new float[] {25, 26}, "e", new float[] {27, 28},
        "i.then_branch/n", new float[] {29, 30}));
    ModelProto.Builder expected = model();
    GraphProto.Builder graph = expected.getGraphBuilder();
    graph.setInitializer(0, tensor("r").setRawData(raw(21, 22)));
    graph.setInitializer(1, tensor("t").setRawData(raw(23, 24)));
    graph.setInitializer(2, tensor("e").setRawData(raw(27, 28)));
    graph.setNode(0, constant("c", tensor("").setRawData(raw(25, 26))));
    graph.getNodeBuilder(1).getAttributeBuilder(0).getGBuilder().setInitializer(0, tensor("n").setRawData(raw(29, 30)));
    assertThat(found).isEqualTo(expected.build());
  }

  @Test
  void valuesOfOtherFilesMoveIntoTheModel() throws IOException {
    ModelProto.Builder expected = model();
    expected.getGraphBuilder().setInitializer(2, tensor("e").setRawData(raw(7, 8)));
    assertThat(rewritten(model().build(), Map.of())).isEqualTo(expected.build());
  }

  @Test
  void longFieldsHaveLongLengths() throws IOException {
    float[] many = new float[1 << 15];
    many[5] = 1;
    TensorProto.Builder large = tensor("r").setDims(0, many.length);
    large.setRawData(raw(new float[many.length]));
    ModelProto model = model().setGraph(GraphProto.newBuilder().addInitializer(large)).build();
    assertThat(rewritten(model, Map.of("r", many)).getGraph().getInitializer(0).getRawData()).isEqualTo(raw(many));
  }

  @Test
  void otherSizesAndOtherFilesAreRefused() throws IOException {
    ModelProto model = model().build();
    assertThatIllegalArgumentException().isThrownBy(() -> rewritten(model, Map.of("r", new float[3])))
        .withMessage("12 bytes are not those of r F32 [2]");
    Path file = folder.resolve("m.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, 0)) {
      writer.commit(Map.of());
    }
    try (Checkpoint other = Checkpoint.open(file)) {
      assertThatIllegalArgumentException().isThrownBy(() -> OnnxRewriter.rewrite(other, tensor -> null))
          .withMessageEndingWith("is no ONNX model");
    }
  }

  @Test
  void secondFactorsAreThoseOfProducts() throws IOException {
    AttributeProto transB = AttributeProto.newBuilder().setName("transB").setI(1).build();
    ModelProto model = ModelProto.newBuilder().setGraph(GraphProto.newBuilder()
        .addNode(NodeProto.newBuilder().setOpType("MatMul").addInput("x").addInput("a").addOutput("y"))
        .addNode(NodeProto.newBuilder().setOpType("Gemm").addInput("y").addInput("b").addInput("c").addOutput("z"))
        .addNode(NodeProto.newBuilder().setOpType("Gemm").addAttribute(transB).addInput("z").addInput("d").addOutput("u"))
        .addNode(NodeProto.newBuilder().setOpType("Conv").addInput("u").addInput("e").addOutput("v"))).build();
    try (Checkpoint read = Checkpoint.open(Files.write(folder.resolve("g.onnx"), model.toByteArray()))) {
      assertThat(OnnxGraph.secondFactors(read)).containsExactlyInAnyOrder("a", "b");
    }
  }
}
