package llm265.network;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;

/**
 * Weights for a network out of another file of its tensors: a compressed one, where they are decoded when they are asked for, or
 * any checkpoint. Floats of another type are rounded to the network's. Valid until {@link #close}.
 */
public final class NetworkWeights implements Function<TensorView, MemorySegment>, AutoCloseable {
  private final Path path;
  private final long bytes;
  private final Map<String, Weights> tensors = new LinkedHashMap<>();
  private final Runnable closing;

  /** A tensor of the other file; its values are decoded when they are asked for. */
  private record Weights(DType dtype, long[] shape, Supplier<MemorySegment> values) {}

  private NetworkWeights(Path path, CompressedModel model, Executor executor, int threads) throws IOException {
    this.path = path;
    bytes = model.bytes();
    closing = model::close;
    Workers workers = new Workers(executor, threads);
    model.tensors().forEach(tensor -> tensors.put(
        tensor.name(), new Weights(tensor.dtype(), tensor.shape(), () -> tensor.coded().whole(workers))));
  }

  private NetworkWeights(Path path, Checkpoint checkpoint) throws IOException {
    this.path = path;
    bytes = checkpoint.bytes();
    closing = checkpoint::close;
    checkpoint.tensors().forEach(tensor -> tensors.put(
        tensor.name(), new Weights(tensor.dtype(), tensor.shape(), tensor::data)));
  }

  /**
   * Opens a file, and checks that it has all tensors of a network.
   *
   * @param executor decodes what is compressed
   * @param threads number of threads at most, the calling one included
   * @throws ModelFormatException if a tensor is missing or has another shape, or the file is damaged
   */
  public static NetworkWeights open(Path path, NetworkFile network, Executor executor, int threads) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path);
    NetworkWeights weights;
    if (CompressedModel.isCompressed(checkpoint)) {
      checkpoint.close();
      weights = new NetworkWeights(path, CompressedModel.open(path), executor, threads);
    } else {
      weights = new NetworkWeights(path, checkpoint);
    }
    try {
      network.checkpoint().tensors().forEach(weights::require);
      return weights;
    } catch (ModelFormatException e) {
      weights.close();
      throw e;
    }
  }

  private void require(TensorView own) {
    Weights other = tensors.get(own.name());
    if (other == null) {
      throw new ModelFormatException(path, "tensor " + own.name() + ", which the network needs, is missing");
    }
    if (!Arrays.equals(own.shape(), other.shape())) {
      throw new ModelFormatException(path, "tensor " + own.name() + " has the shape " + Arrays.toString(other.shape())
          + ", the network's has " + Arrays.toString(own.shape()));
    }
    if (own.dtype() != other.dtype() && !(own.dtype().isFloat() && other.dtype().isFloat())) {
      throw new ModelFormatException(
          path, "tensor " + own.name() + " is of type " + other.dtype() + ", the network's of " + own.dtype());
    }
  }

  /** Bytes of the file. */
  public long bytes() {
    return bytes;
  }

  @Override
  public MemorySegment apply(TensorView own) {
    DType stored = tensors.get(own.name()).dtype();
    MemorySegment data = tensors.get(own.name()).values().get();
    return stored == own.dtype() ? data : rounded(new TensorView(own.name(), stored, own.shape(), data), own.dtype());
  }

  private static MemorySegment rounded(TensorView tensor, DType type) {
    float[] values = new float[Math.toIntExact(tensor.count())];
    tensor.read(0, values, 0, values.length);
    return floats(values, type);
  }

  /** Floats as the bytes of values of a type, each rounded to the nearest. */
  public static MemorySegment floats(float[] values, DType type) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(values.length))]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return data;
  }

  @Override
  public void close() {
    closing.run();
  }
}
