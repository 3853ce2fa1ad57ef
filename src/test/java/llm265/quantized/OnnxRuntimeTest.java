package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.reference.network.TinyNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Codes and scales as they are in the file, dequantized by ONNX Runtime's DequantizeLinear. */
class OnnxRuntimeTest {
  private static final int OPSET = 21;
  private static final int IR_VERSION = 10;
  private static final int FLOAT8_E4M3 = 17;
  private static final int UINT4 = 21;

  @TempDir Path folder;

  private static TensorProto raw(String name, int type, byte[] bytes, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type).setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape).forEach(tensor::addDims);
    return tensor.build();
  }

  private static float[] floats(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  private static byte[] bytes(TensorView tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  private float[] dequantized(TensorProto codes, TensorProto scales, TensorProto zeros, int axis, int block) throws IOException {
    GraphProto graph = GraphProto.newBuilder().setName("g").addInitializer(codes).addInitializer(scales).addInitializer(zeros)
        .addNode(TinyNetworks.node("DequantizeLinear", "y", "codes", "scales", "zeros")
            .addAttribute(AttributeProto.newBuilder().setName("axis").setType(AttributeProto.AttributeType.INT).setI(axis))
            .addAttribute(
                AttributeProto.newBuilder().setName("block_size").setType(AttributeProto.AttributeType.INT).setI(block)))
        .addOutput(TinyNetworks.value("y", codes.getDims(0), codes.getDims(1))).build();
    ModelProto model = ModelProto.newBuilder().setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET)).setGraph(graph).build();
    Path file = Files.write(folder.resolve("m.onnx"), model.toByteArray());
    try (NetworkFile network = NetworkFile.open(file); Network loaded = network.load(1)) {
      return loaded.run(List.of(), "y").values();
    }
  }

  private static float[] read(QuantizedFixture fixture) {
    QuantizedWeight weight = fixture.read("{'quant_method': 'compressed-tensors'}").weights().getFirst();
    float[] values = new float[(int) weight.rows() * weight.columns()];
    weight.open().read(0, (int) weight.rows(), values, 0);
    return values;
  }

  @Test
  void packedIntegersAreUnsignedNibbles() throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(11);
    fixture.packed("m", 4, true, 6, 64, 32, false, false);
    byte[] zeros = new byte[6];
    Arrays.fill(zeros, (byte) 0x88);
    float[] values = dequantized(
        raw("codes", UINT4, bytes(fixture.get("m.weight_packed")), 6, 64),
        TinyNetworks.raw("scales", floats(fixture.get("m.weight_scale")), 6, 2),
        raw("zeros", UINT4, zeros, 6, 2), 1, 32);
    assertThat(read(fixture)).isEqualTo(values);
  }

  /** Every code of E4M3 but the two that are no numbers. */
  @Test
  void floatsOfEightBitsAreThoseOfOnnx() throws IOException {
    byte[] codes = new byte[256];
    for (int i = 0; i < 256; i++) {
      codes[i] = (byte) ((i & 127) == 127 ? 0 : i);
    }
    float[] scales = {0.75f, 3, 0.001f, 1};
    QuantizedFixture fixture = new QuantizedFixture(1);
    fixture.tensors.add(QuantizedFixture.tensor("m.weight", DType.F8_E4M3, codes, 4, 64));
    fixture.tensors.add(QuantizedFixture.floats("m.weight_scale", scales, 4, 1));
    float[] values = dequantized(
        raw("codes", FLOAT8_E4M3, codes, 4, 64), TinyNetworks.raw("scales", scales, 4), raw("zeros", FLOAT8_E4M3, new byte[4], 4),
        0, 0);
    assertThat(read(fixture)).isEqualTo(values);
  }
}
