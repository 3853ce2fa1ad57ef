package llm265.reference.network;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.program.NpmPackage;

/**
 * Makes an ONNX file of a super-resolution network of the npm package {@code @upscalerjs/esrgan-thick@1.0.0}: {@code EsrganToOnnx
 * PACKAGE.tgz FILE.onnx [x2]}. The package has graphs of Keras, channels last; the file has channels first.
 */
public final class EsrganToOnnx {
  private static final int CHANNELS = 3;

  private final Map<String, float[]> weights = new HashMap<>();
  private final Map<String, long[]> shapes = new HashMap<>();
  private final GraphProto.Builder graph = GraphProto.newBuilder();

  private EsrganToOnnx() {}

  public static void main(String[] arguments) throws IOException {
    convert(Path.of(arguments[0]), Path.of(arguments[1]), arguments.length > 2 ? arguments[2] : "x2");
  }

  static void convert(Path packed, Path onnx, String scale) throws IOException {
    String folder = "package/models/" + scale + "/";
    EsrganToOnnx converter = new EsrganToOnnx();
    JsonNode model = new ObjectMapper().readTree(NpmPackage.entry(packed, folder + "model.json"));
    converter.readWeights(model.get("weightsManifest").get(0), packed, folder);
    JsonNode config = model.get("modelTopology").get("model_config").get("config");
    config.get("layers").forEach(converter::layer);
    converter.graph.addOutput(TinyNetworks.value(config.get("output_layers").get(0).get(0).textValue(), -1, CHANNELS, -1, -1));
    TinyNetworks.write(onnx, TinyNetworks.model(converter.graph));
  }

  private void readWeights(JsonNode manifest, Path packed, String folder) throws IOException {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (JsonNode path : manifest.get("paths")) {
      joined.write(NpmPackage.entry(packed, folder + path.textValue()));
    }
    ByteBuffer data = ByteBuffer.wrap(joined.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    for (JsonNode weight : manifest.get("weights")) {
      List<Long> shape = new ArrayList<>();
      weight.get("shape").forEach(size -> shape.add(size.longValue()));
      float[] values = new float[shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b)];
      data.asFloatBuffer().get(values);
      data.position(data.position() + Float.BYTES * values.length);
      weights.put(weight.get("name").textValue(), values);
      shapes.put(weight.get("name").textValue(), shape.stream().mapToLong(Long::longValue).toArray());
    }
  }

  private void layer(JsonNode layer) {
    String name = layer.get("name").textValue();
    JsonNode config = layer.get("config");
    List<String> inputs = new ArrayList<>();
    for (JsonNode node : layer.get("inbound_nodes")) {
      node.forEach(input -> inputs.add(input.get(0).textValue()));
    }
    switch (layer.get("class_name").textValue()) {
      case "InputLayer" -> graph.addInput(TinyNetworks.value(name, -1, CHANNELS, -1, -1));
      case "Conv2D" -> convolution(name, inputs.getFirst());
      case "Activation" -> node("Relu", name, inputs);
      case "Concatenate" -> node("Concat", name, inputs, TinyNetworks.attribute("axis", 1));
      case "Add" -> node("Add", name, inputs);
      case "MultiplyBeta" -> {
        graph.addInitializer(TinyNetworks.raw(name + "/beta", new float[] {(float) config.get("beta").doubleValue()}));
        node("Mul", name, List.of(inputs.getFirst(), name + "/beta"));
      }
      case "PixelShuffle2x", "PixelShuffle3x", "PixelShuffle4x", "PixelShuffle8x" ->
          node("DepthToSpace", name, inputs, TinyNetworks.attribute("blocksize", config.get("scale").intValue()));
      default -> throw new IllegalArgumentException("no layer " + layer.get("class_name"));
    }
  }

  private void convolution(String name, String input) {
    long[] shape = shapes.get(name + "/kernel");
    float[] kernel = outFirst(weights.get(name + "/kernel"), shape);
    graph.addInitializer(TinyNetworks.raw(name + "/kernel", kernel, shape[3], shape[2], shape[0], shape[1]));
    float[] bias = weights.get(name + "/bias");
    graph.addInitializer(TinyNetworks.raw(name + "/bias", bias, bias.length));
    node("Conv", name, List.of(input, name + "/kernel", name + "/bias"), TinyNetworks.attribute("pads", 1, 1, 1, 1));
  }

  /** {@code height x width x in x out} to {@code out x in x height x width}. */
  static float[] outFirst(float[] kernel, long... shape) {
    int places = (int) (shape[0] * shape[1]);
    int in = (int) shape[2];
    int out = (int) shape[3];
    float[] result = new float[kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      result[(i % out * in + i / out % in) * places + i / out / in] = kernel[i];
    }
    return result;
  }

  private void node(String type, String output, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(TinyNetworks.node(type, output, inputs.toArray(String[]::new)).addAllAttribute(List.of(attributes)));
  }
}
