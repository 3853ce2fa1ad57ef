package llm265.network;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.checkpoint.file.ModelFormatException;

/**
 * A network that ONNX Runtime runs. What it computes depends on the version of ONNX Runtime, the machine and the number of
 * threads, within the rounding of float32. Used by one thread at a time.
 */
public final class Network implements AutoCloseable {
  private final Path path;
  private final Map<String, String> metadata;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<Port> inputs;
  private final List<Port> outputs;

  /** The types that inputs and outputs may have here. */
  public enum Type { FLOAT, INTEGER, OTHER }

  /**
   * An input or an output.
   *
   * @param shape its dimensions, outermost first; -1 for those that callers choose
   */
  public record Port(String name, Type type, long[] shape) {
    public int rank() {
      return shape.length;
    }

    /** Whether a dimension may have a size. */
    public boolean allows(int dimension, long size) {
      return shape[dimension] < 0 || shape[dimension] == size;
    }
  }

  /**
   * A tensor of an input.
   *
   * @param values rounded to the input's type
   */
  public record Input(String name, double[] values, long... shape) {}

  /**
   * A tensor of an output.
   *
   * @param values row-major
   */
  public record Output(float[] values, long... shape) {}

  private Network(Path path, Map<String, String> metadata, OrtEnvironment environment, OrtSession session) throws OrtException {
    this.path = path;
    this.metadata = Map.copyOf(metadata);
    this.environment = environment;
    this.session = session;
    inputs = ports(session.getInputInfo().values());
    outputs = ports(session.getOutputInfo().values());
  }

  static Network load(Path path, byte[] model, Map<String, String> metadata, int threads) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "llm265");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      environment.setTelemetry(false);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Threads that wait in a loop take the cores from those that work.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return new Network(path, metadata, environment, environment.createSession(model, options));
    } catch (OrtException e) {
      throw new ModelFormatException(path, "ONNX Runtime cannot load it: " + e.getMessage(), e);
    }
  }

  private static List<Port> ports(Collection<NodeInfo> nodes) {
    List<Port> ports = new ArrayList<>();
    for (NodeInfo node : nodes) {
      if (node.getInfo() instanceof TensorInfo info) {
        ports.add(new Port(node.getName(), type(info.type), info.getShape()));
      } else {
        ports.add(new Port(node.getName(), Type.OTHER, new long[0]));
      }
    }
    return List.copyOf(ports);
  }

  private static Type type(OnnxJavaType type) {
    return switch (type) {
      case FLOAT, FLOAT16 -> Type.FLOAT;
      case INT64, INT32 -> Type.INTEGER;
      default -> Type.OTHER;
    };
  }

  public Path path() {
    return path;
  }

  /** Text entries of the file. */
  public Map<String, String> metadata() {
    return metadata;
  }

  public List<Port> inputs() {
    return inputs;
  }

  public List<Port> outputs() {
    return outputs;
  }

  /**
   * Runs the network.
   *
   * @param given one tensor for each input
   * @param output the name of the output that is wanted, of floats
   * @throws ModelFormatException if it cannot be run on these
   */
  public Output run(Collection<Input> given, String output) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Input input : given) {
        tensors.put(input.name, tensor(input));
      }
      try (OrtSession.Result results = session.run(tensors, Set.of(output))) {
        OnnxTensor result = (OnnxTensor) results.get(0);
        FloatBuffer buffer = result.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return new Output(values, result.getInfo().getShape());
      }
    } catch (OrtException e) {
      throw new ModelFormatException(path, "ONNX Runtime cannot run it: " + e.getMessage(), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Input input) throws OrtException {
    int count = input.values.length;
    OnnxJavaType type = ((TensorInfo) session.getInputInfo().get(input.name).getInfo()).type;
    switch (type) {
      case INT64 -> {
        LongBuffer buffer = direct(Long.BYTES * count).asLongBuffer();
        for (double value : input.values) {
          buffer.put((long) value);
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), input.shape);
      }
      case INT32 -> {
        IntBuffer buffer = direct(Integer.BYTES * count).asIntBuffer();
        for (double value : input.values) {
          buffer.put((int) value);
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), input.shape);
      }
      case FLOAT16 -> {
        ShortBuffer buffer = direct(Short.BYTES * count).asShortBuffer();
        for (double value : input.values) {
          buffer.put(Float.floatToFloat16((float) value));
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), input.shape, OnnxJavaType.FLOAT16);
      }
      default -> {
        FloatBuffer buffer = direct(Float.BYTES * count).asFloatBuffer();
        for (double value : input.values) {
          buffer.put((float) value);
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), input.shape);
      }
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
