package llm265.reference.network;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.reference.lm.TinyModels;

/** ONNX models of a few nodes, written by the reference's generated classes; and their parts. */
public final class TinyNetworks {
  /** Of the encoder's embeddings and states. */
  public static final int SIZE = 64;

  private static final int OPSET = 13;
  private static final int IR_VERSION = 8;
  private static final int CHANNELS = 3;

  private TinyNetworks() {}

  /** Writes a model as a file. */
  public static Path write(Path file, ModelProto model) {
    try {
      return Files.write(file, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model of a graph. */
  public static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("test")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET)).setGraph(graph.setName("tiny")).build();
  }

  /** Numbers that are the same for the same seed, of standard deviation 0.3. */
  public static float[] random(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return values;
  }

  /**
   * An encoder: states {@code tanh(table[token] first) second}. The table and {@code first} are initializers, {@code second} is
   * a constant in a typed field.
   */
  public static ModelProto encoder() {
    int tokens = TinyModels.VOCABULARY;
    return model(GraphProto.newBuilder()
        .addInput(value("input_ids", DataType.INT64, -1, -1))
        .addInput(value("attention_mask", DataType.INT64, -1, -1))
        .addInitializer(raw("table", random(1, tokens * SIZE), tokens, SIZE))
        .addInitializer(raw("first", random(2, SIZE * SIZE), SIZE, SIZE))
        .addNode(node("Constant", "second").addAttribute(AttributeProto.newBuilder().setName("value")
            .setType(AttributeType.TENSOR).setT(typed(random(3, SIZE * SIZE), SIZE, SIZE))))
        .addNode(node("Gather", "embedded", "table", "input_ids"))
        .addNode(node("MatMul", "product", "embedded", "first"))
        .addNode(node("Tanh", "hidden", "product"))
        .addNode(node("MatMul", "last_hidden_state", "hidden", "second"))
        .addOutput(value("last_hidden_state", -1, -1, SIZE)));
  }

  /** A network that doubles the sizes of pictures: a convolution whose 12 channels become places, and an offset to all. */
  public static ModelProto pictures() {
    int out = 4 * CHANNELS;
    return model(GraphProto.newBuilder()
        .addInput(value("x", -1, CHANNELS, -1, -1))
        .addInitializer(raw("kernel", random(4, out * CHANNELS * 9), out, CHANNELS, 3, 3))
        .addInitializer(raw("offset", new float[] {0.25f}, 1))
        .addNode(node("Conv", "deep", "x", "kernel").addAttribute(attribute("pads", 1, 1, 1, 1)))
        .addNode(node("DepthToSpace", "wide", "deep").addAttribute(attribute("blocksize", 2)))
        .addNode(node("Add", "y", "wide", "offset"))
        .addOutput(value("y", -1, CHANNELS, -1, -1)));
  }

  /**
   * A network that reads each column of pixels of a line as a blank, {@code a} or {@code b}: the darker it is on average, the
   * later in this order. Its scores are {@code slope mean + offset}, one for each.
   */
  public static ModelProto recognizer() {
    return model(GraphProto.newBuilder()
        .addInput(value("x", -1, CHANNELS, 48, -1))
        .addInitializer(raw("slope", new float[] {0, -4, -10}, 1, CHANNELS))
        .addInitializer(raw("offset", new float[] {0, 3, 5}, CHANNELS))
        .addNode(node("ReduceMean", "means", "x").addAttribute(attribute("axes", 1, 2)).addAttribute(attribute("keepdims", 0)))
        .addInitializer(axes("axes", 2))
        .addNode(node("Unsqueeze", "columns", "means", "axes"))
        .addNode(node("MatMul", "product", "columns", "slope"))
        .addNode(node("Add", "scores", "product", "offset"))
        .addOutput(value("scores", -1, -1, CHANNELS)))
        .toBuilder().addMetadataProps(StringStringEntryProto.newBuilder().setKey("character").setValue("a\nb")).build();
  }

  /** A node with one output. */
  public static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(type).setName(output).addAllInput(List.of(inputs)).addOutput(output);
  }

  /** A tensor in raw bytes. */
  public static TensorProto raw(String name, float[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(DataType.FLOAT, shape).setName(name).setRawData(ByteString.copyFrom(raw.array())).build();
  }

  /** A tensor in the field of its type, without a name. */
  static TensorProto typed(float[] values, long... shape) {
    TensorProto.Builder tensor = tensor(DataType.FLOAT, shape);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  private static TensorProto axes(String name, long axis) {
    return tensor(DataType.INT64, 1).setName(name).addInt64Data(axis).build();
  }

  private static TensorProto.Builder tensor(DataType type, long... shape) {
    return TensorProto.newBuilder().setDataType(type.getNumber()).addAllDims(Arrays.stream(shape).boxed().toList());
  }

  /** An input or output of floats; -1 for a size that is free. */
  public static ValueInfoProto value(String name, long... shape) {
    return value(name, DataType.FLOAT, shape);
  }

  static ValueInfoProto value(String name, DataType type, long... shape) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      TensorShapeProto.Dimension.Builder size = TensorShapeProto.Dimension.newBuilder();
      sizes.addDim(shape[i] < 0 ? size.setDimParam("d" + i + name) : size.setDimValue(shape[i]));
    }
    return ValueInfoProto.newBuilder().setName(name)
        .setType(TypeProto.newBuilder()
            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(sizes)))
        .build();
  }

  /** An attribute of one whole number. */
  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  /** An attribute of several. */
  static AttributeProto attribute(String name, long... values) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList()).build();
  }
}
