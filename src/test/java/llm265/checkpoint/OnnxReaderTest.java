package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.UnreadTensor;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The models are written by the reference's generated classes. */
class OnnxReaderTest {
  @TempDir Path folder;

  private Path file(ModelProto model) throws IOException {
    return Files.write(folder.resolve("m.onnx"), model.toByteArray());
  }

  private Path file(GraphProto.Builder graph) throws IOException {
    return file(ModelProto.newBuilder().setIrVersion(8).setProducerName("test").setGraph(graph).build());
  }

  private Path file(TensorProto.Builder tensor) throws IOException {
    return file(GraphProto.newBuilder().addInitializer(tensor.setName("t")));
  }

  private static TensorProto.Builder tensor(DataType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName("t").setDataType(type.getNumber());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private static ByteString raw(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return ByteString.copyFrom(raw);
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static TensorProto.Builder external(String location) {
    return tensor(DataType.UINT8, 3)
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(entry("location", location));
  }

  private void assertRefused(TensorProto.Builder tensor, String problem) throws IOException {
    assertRefused(file(tensor), problem);
  }

  private void assertRefused(Path path, String problem) {
    assertThatThrownBy(() -> OnnxReader.open(path))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(problem);
  }

  private void assertValues(TensorProto.Builder tensor, DType dtype, double... values) throws IOException {
    try (OnnxReader read = OnnxReader.open(file(tensor))) {
      TensorView view = read.byName("t").orElseThrow();
      assertThat(view.dtype()).isEqualTo(dtype);
      double[] found = new double[(int) view.count()];
      view.read(0, found, 0, found.length);
      assertThat(found).containsExactly(values);
    }
  }

  @Test
  void initializersAndConstantsAreFoundByName() throws IOException {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addNode(
                NodeProto.newBuilder()
                    .addAttribute(
                        AttributeProto.newBuilder().setName("value").setT(tensor(DataType.FLOAT).addFloatData(2.5f)))
                    .setOpType("Constant")
                    .addOutput("out"))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("ConstantOfShape")
                    .addOutput("filled")
                    .addAttribute(
                        AttributeProto.newBuilder().setName("value").setT(tensor(DataType.FLOAT, 1).addFloatData(1))))
            .addInitializer(tensor(DataType.FLOAT16, 1, 2).setName("w").setRawData(raw(0, 0x3C, 0, 0xC0)));
    ModelProto model =
        ModelProto.newBuilder()
            .setGraph(graph)
            .addMetadataProps(entry("z", "1"))
            .addMetadataProps(entry("a", "2"))
            .build();
    try (Checkpoint read = Checkpoint.open(file(model))) {
      assertThat(read.format()).isEqualTo("onnx");
      assertThat(read.tensors()).extracting(TensorView::toString).containsExactly("out F32 []", "w F16 [1, 2]");
      assertThat(read.metadata().toString()).isEqualTo("{z=1, a=2}");
      float[] values = new float[2];
      read.byName("w").orElseThrow().read(0, values, 0, 2);
      assertThat(values).containsExactly(1, -2);
    }
  }

  @Test
  void typedFieldsAreUnpacked() throws IOException {
    assertValues(tensor(DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(-0f), DType.F32, 1.5, -0.0);
    assertValues(tensor(DataType.DOUBLE, 1).addDoubleData(1e300), DType.F64, 1e300);
    assertValues(tensor(DataType.INT8, 3).addAllInt32Data(List.of(-128, 127, -1)), DType.I8, -128, 127, -1);
    assertValues(tensor(DataType.UINT8, 2).addAllInt32Data(List.of(0, 255)), DType.U8, 0, 255);
    assertValues(tensor(DataType.INT16, 2).addAllInt32Data(List.of(-32768, 300)), DType.I16, -32768, 300);
    assertValues(tensor(DataType.UINT16, 1).addInt32Data(65535), DType.U16, 65535);
    assertValues(tensor(DataType.INT32, 2).addAllInt32Data(List.of(Integer.MIN_VALUE, 7)), DType.I32, -0x1p31, 7);
    assertValues(tensor(DataType.UINT32, 1).addUint64Data(0xFFFF_FFFFL), DType.U32, 0xFFFF_FFFFL);
    assertValues(tensor(DataType.INT64, 2).addInt64Data(-1).addInt64Data(1L << 62), DType.I64, -1, 0x1p62);
    assertValues(tensor(DataType.UINT64, 1).addUint64Data(-1), DType.U64, 0x1p64);
    assertValues(tensor(DataType.BOOL, 2).addAllInt32Data(List.of(1, 0)), DType.BOOL, 1, 0);
    assertValues(tensor(DataType.FLOAT16, 2).addAllInt32Data(List.of(0x3C00, 0xC000)), DType.F16, 1, -2);
    assertValues(tensor(DataType.BFLOAT16, 1).addInt32Data(0xBF80), DType.BF16, -1);
    assertValues(tensor(DataType.FLOAT8E4M3FN, 1).addInt32Data(0x7E), DType.F8_E4M3, 448);
    assertValues(tensor(DataType.FLOAT8E5M2, 1).addInt32Data(0x7B), DType.F8_E5M2, 57344);
    assertValues(tensor(DataType.FLOAT, 0), DType.F32);
  }

  @Test
  void valuesThatAreNotPackedAreReadToo() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, 2);
    out.writeInt32(2, DataType.INT32_VALUE);
    out.writeString(8, "t");
    out.writeInt32(5, -3);
    out.writeInt32(5, 4);
    out.flush();
    assertValues(TensorProto.parseFrom(bytes.toByteArray()).toBuilder(), DType.I32, -3, 4);
    // As written above, not as the library writes it again: field 7 of the model, field 5 of its graph.
    byte[] tensor = bytes.toByteArray();
    byte[] model = new byte[tensor.length + 4];
    model[0] = (7 << 3) | 2;
    model[1] = (byte) (tensor.length + 2);
    model[2] = (5 << 3) | 2;
    model[3] = (byte) tensor.length;
    System.arraycopy(tensor, 0, model, 4, tensor.length);
    try (OnnxReader read = OnnxReader.open(Files.write(folder.resolve("unpacked.onnx"), model))) {
      float[] values = new float[2];
      read.tensors().getFirst().read(0, values, 0, 2);
      assertThat(values).containsExactly(-3, 4);
    }
  }

  @Test
  void tensorsOfInnerGraphsSayWhereTheyAre() throws IOException {
    GraphProto.Builder then = GraphProto.newBuilder().addInitializer(tensor(DataType.FLOAT, 0).setName("w"));
    NodeProto.Builder branch =
        NodeProto.newBuilder()
            .setOpType("If")
            .addOutput("result")
            .addAttribute(AttributeProto.newBuilder().setName("then_branch").setG(then))
            .addAttribute(AttributeProto.newBuilder().setName("else_branch").addGraphs(then));
    try (OnnxReader read =
        OnnxReader.open(
            file(GraphProto.newBuilder().addNode(branch).addInitializer(tensor(DataType.FLOAT, 0).setName("w"))))) {
      assertThat(read.tensors())
          .extracting(TensorView::name)
          .containsExactly("result.then_branch/w", "result.else_branch.0/w", "w");
    }
  }

  @Test
  void graphsNestedWithoutEndAreRefused() throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (int depth = 0; depth < 40; depth++) {
      graph =
          GraphProto.newBuilder()
              .addNode(NodeProto.newBuilder().addAttribute(AttributeProto.newBuilder().setName("g").setG(graph)));
    }
    assertRefused(file(graph), "nested more than 32 deep");
  }

  @Test
  void externalDataAreReadFromTheModelsFolder() throws IOException {
    Files.write(Files.createDirectory(folder.resolve("sub")).resolve("data.bin"), new byte[] {9, 8, 7, 6, 5});
    assertValues(external("sub/data.bin").addExternalData(entry("offset", "1")), DType.U8, 8, 7, 6);
    assertValues(
        external("./sub/data.bin").addExternalData(entry("offset", "2")).addExternalData(entry("length", "3")),
        DType.U8, 7, 6, 5);
    assertRefused(external("sub/data.bin").addExternalData(entry("offset", "3")), "beyond the end of file");
    assertRefused(external("sub/data.bin").addExternalData(entry("length", "4")), "needs 3 bytes, but has 4");
    assertRefused(external("sub/data.bin").addExternalData(entry("offset", "-1")), "external offset");
    assertRefused(
        tensor(DataType.UINT8, 3).setDataLocation(DataLocation.EXTERNAL), "but not in which");
    Path missing = file(external("sub/other.bin"));
    assertThatThrownBy(() -> OnnxReader.open(missing)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void externalDataOutsideTheFolderAreRefused() throws IOException {
    assertRefused(external("../secret"), "not inside the model's folder");
  }

  @Test
  void valuesThatDoNotFitTheShapeAreRefused() throws IOException {
    assertRefused(tensor(DataType.FLOAT, 2).addFloatData(1), "has 1 values, its shape [2] 2");
    assertRefused(tensor(DataType.FLOAT, 2).setRawData(raw(1, 2, 3, 4)), "needs 8 bytes, not 4");
    assertRefused(tensor(DataType.FLOAT, 2).addInt32Data(1).addInt32Data(1), "has 0 values");
    assertRefused(tensor(DataType.FLOAT, -2), "negative dimension");
    assertRefused(tensor(DataType.FLOAT, 1L << 62, 1L << 62), "2^63 values or more");
    assertRefused(tensor(DataType.UINT8, 1).addInt32Data(256), "the value 256, which does not fit type U8");
    assertRefused(tensor(DataType.INT8, 1).addInt32Data(-129), "the value -129");
    assertRefused(tensor(DataType.FLOAT, new long[65]), "more than 64 dimensions");
  }

  @Test
  void tensorsOfOtherKindsAreListedBesideThoseThatAreRead() throws IOException {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInitializer(tensor(DataType.STRING, 1).setName("labels").addStringData(raw(65)))
            .addInitializer(tensor(DataType.INT4, 2).setName("int4").addInt32Data(0x21))
            .addInitializer(tensor(DataType.UINT4, 3).setName("uint4").setRawData(raw(0x21, 3)))
            .addInitializer(tensor(DataType.COMPLEX128, 1).setName("complex").addDoubleData(1).addDoubleData(2))
            .addInitializer(tensor(DataType.FLOAT, 2).setDataType(23).setName("f4").addInt32Data(0x21))
            .addInitializer(tensor(DataType.FLOAT, 3, 1).setDataType(23).setName("odd").setRawData(raw(0x21, 3)))
            .addInitializer(tensor(DataType.FLOAT, 1).setName("cut").setSegment(TensorProto.Segment.newBuilder().setBegin(0)))
            .addInitializer(TensorProto.newBuilder().setName("later").setDataType(40).addDims(1))
            .addSparseInitializer(
            SparseTensorProto.newBuilder().setValues(tensor(DataType.FLOAT, 1).setName("sparse").addFloatData(1)))
            .addNode(
                NodeProto.newBuilder().setOpType("Constant").addOutput("constant").addAttribute(
                    AttributeProto.newBuilder().setName("sparse_value")
                        .setSparseTensor(SparseTensorProto.newBuilder().setValues(tensor(DataType.INT8, 1)))))
            .addInitializer(tensor(DataType.FLOAT, 2).setDataType(23).setName("even").setRawData(raw(0x21)))
            .addInitializer(tensor(DataType.FLOAT, 1).setName("w").addFloatData(7));
    try (OnnxReader read = OnnxReader.open(file(graph))) {
      assertThat(read.tensors()).extracting(TensorView::toString).containsExactlyInAnyOrder("even F4 [2]", "w F32 [1]");
      assertThat(read.unread()).containsExactlyInAnyOrder(
          new UnreadTensor("labels", "STRING"), new UnreadTensor("int4", "INT4"), new UnreadTensor("uint4", "UINT4"),
          new UnreadTensor("complex", "COMPLEX128"), new UnreadTensor("f4", "FLOAT4E2M1 outside raw_data"),
          new UnreadTensor("odd", "FLOAT4E2M1 of an odd number of values"), new UnreadTensor("cut", "F32 in segments"),
          new UnreadTensor("later", "ONNX type 40"), new UnreadTensor("sparse", "sparse F32"),
          new UnreadTensor("constant", "sparse I8"));
    }
  }

  @Test
  void whatCannotBeRepresentedIsNamed() throws IOException {
    assertRefused(TensorProto.newBuilder(), "tensor \"t\" has ONNX data type 0");
    assertRefused(tensor(DataType.FLOAT, 1).setDataType(1000), "data type 1000");
    assertRefused(
        file(GraphProto.newBuilder().addSparseInitializer(SparseTensorProto.newBuilder())), "a sparse tensor has no values");
    assertRefused(
        file(
            GraphProto.newBuilder()
                .addInitializer(tensor(DataType.FLOAT, 0))
                .addInitializer(tensor(DataType.FLOAT, 0))),
        "two tensors are named \"t\"");
    assertRefused(
        file(GraphProto.newBuilder().addInitializer(tensor(DataType.FLOAT, 0).setName(""))), "has no name");
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    assertRefused(Files.write(folder.resolve("x.onnx"), new byte[0]), "no graph");
    assertRefused(Files.writeString(folder.resolve("x.onnx"), "<!DOCTYPE html>"), "is a web page");
    byte[] whole =
        Files.readAllBytes(file(tensor(DataType.INT32, 3).addAllInt32Data(List.of(1, 300, -70_000))));
    for (int length = 0; length < whole.length; length++) {
      Path path = Files.write(folder.resolve("cut.onnx"), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> OnnxReader.open(path)).isInstanceOf(ModelFormatException.class);
    }
  }
}
