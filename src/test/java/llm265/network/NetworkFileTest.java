package llm265.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.model.ModelCompressor;
import llm265.network.Network.Input;
import llm265.network.Network.Output;
import llm265.reference.network.TinyNetworks;
import llm265.tensor.Codec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFileTest {
  @TempDir private Path folder;

  /** {@code y = x w}, one by two by two. */
  private Path product() {
    return TinyNetworks.write(folder.resolve("product.onnx"), TinyNetworks.model(GraphProto.newBuilder()
        .addInput(TinyNetworks.value("x", -1, 2))
        .addInitializer(TinyNetworks.raw("w", new float[] {1, 2, 3, 4}, 2, 2))
        .addNode(TinyNetworks.node("MatMul", "y", "x", "w"))
        .addOutput(TinyNetworks.value("y", -1, 2))));
  }

  private static float[] run(Network network) {
    Output output = network.run(List.of(new Input("x", new double[] {1, 10}, 1, 2)), "y");
    assertThat(output.shape()).containsExactly(1, 2);
    return output.values();
  }

  private Path other(DType type, float... values) throws IOException {
    Path file = folder.resolve("other.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, 0)) {
      writer.add(new TensorView("w", type, new long[] {values.length / 2, 2}, NetworkWeights.floats(values, type)));
      writer.commit(Map.of());
    }
    return file;
  }

  @Test
  void networksRunWithTheirOwnWeightsAndWithOthers() throws IOException {
    try (NetworkFile file = NetworkFile.open(product())) {
      try (Network own = file.load(1)) {
        assertThat(run(own)).containsExactly(31, 42);
      }
      try (NetworkWeights weights = NetworkWeights.open(other(DType.F16, 5, 6, 7, 0.1f), file, Runnable::run, 1);
          Network network = file.load(weights, 1)) {
        assertThat(run(network)).containsExactly(75, 6 + 10 * Float.float16ToFloat(Float.floatToFloat16(0.1f)));
      }
    }
  }

  @Test
  void compressedWeightsAreDecoded() throws IOException {
    Path onnx = product();
    Path small = folder.resolve("small.llm265");
    ModelCompressor.lossless().withCodec(Codec.TRINITY).compress(onnx, small);
    try (NetworkFile file = NetworkFile.open(onnx);
        NetworkWeights weights = NetworkWeights.open(small, file, Runnable::run, 1);
        Network network = file.load(weights, 1)) {
      assertThat(run(network)).containsExactly(31, 42);
      assertThat(weights.bytes()).isEqualTo(Files.size(small));
    }
  }

  @Test
  void weightsMustBeThoseOfTheNetwork() throws IOException {
    try (NetworkFile file = NetworkFile.open(product())) {
      Path wrong = other(DType.F32, 1, 2);
      assertThatThrownBy(() -> NetworkWeights.open(wrong, file, Runnable::run, 1)).isInstanceOf(ModelFormatException.class)
          .hasMessage(wrong + ": tensor w has the shape [1, 2], the network's has [2, 2]");
      Path foreign = TinyNetworks.write(folder.resolve("foreign.onnx"), TinyNetworks.pictures());
      assertThatThrownBy(() -> NetworkWeights.open(foreign, file, Runnable::run, 1))
          .hasMessage(foreign + ": tensor w, which the network needs, is missing");
      assertThatThrownBy(() -> NetworkFile.open(wrong)).isInstanceOf(ModelFormatException.class)
          .hasMessage(wrong + ": is a file of tensors, not a network: that takes an ONNX file");
    }
  }

  @Test
  void whatCannotBeRunIsSaidInOneLine() throws IOException {
    Path file = TinyNetworks.write(folder.resolve("odd.onnx"), TinyNetworks.model(GraphProto.newBuilder()
        .addInput(TinyNetworks.value("x", 2)).addNode(TinyNetworks.node("Guess", "y", "x"))
        .addOutput(TinyNetworks.value("y", 2))));
    try (NetworkFile odd = NetworkFile.open(file); NetworkFile good = NetworkFile.open(product())) {
      assertThatThrownBy(() -> odd.load(1)).isInstanceOf(ModelFormatException.class)
          .hasMessageStartingWith(file + ": ONNX Runtime cannot load it: ").hasMessageContaining("Guess");
      try (Network network = good.load(1)) {
        assertThatThrownBy(() -> network.run(List.of(new Input("x", new double[3], 1, 3)), "y"))
            .isInstanceOf(ModelFormatException.class).hasMessageContaining("product.onnx: ONNX Runtime cannot run it: ");
      }
    }
  }

  @Test
  void withoutOnnxRuntimeTheErrorSaysSo() throws Exception {
    List<URL> others = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!path.contains("onnxruntime")) {
        others.add(Path.of(path).toUri().toURL());
      }
    }
    try (URLClassLoader loader = new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(NetworkFile.class.getName());
      try (AutoCloseable file = (AutoCloseable) type.getMethod("open", Path.class).invoke(null, product())) {
        Method load = type.getMethod("load", int.class);
        assertThatThrownBy(() -> load.invoke(file, 1)).isInstanceOf(InvocationTargetException.class).cause()
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("networks in ONNX files need ONNX Runtime, the library com.microsoft.onnxruntime:onnxruntime, which is "
                + "missing");
      }
    }
  }
}
