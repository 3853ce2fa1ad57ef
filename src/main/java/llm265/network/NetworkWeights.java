package llm265.network;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.h264.StreamException;
import llm265.model.CompressedModel;

/**
 * Weights for a network out of another file of its tensors: a compressed one, where they are decoded when they are asked for, or
 * any checkpoint. Floats of another type are rounded to the network's. Valid until {@link #close}.
 */
public final class NetworkWeights implements Function<TensorView, MemorySegment>, AutoCloseable {
  private final Path path;
  private final long bytes;
  private final Map<String, CompressedModel.Tensor> tensors = new LinkedHashMap<>();
  private final Runnable closing;
  private final Function<TensorView, MemorySegment> decoder;

  private NetworkWeights(Path path, CompressedModel model, Executor executor, int threads) throws IOException {
    this.path = path;
    bytes = Files.size(path);
    closing = model::close;
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    decoder = tensor -> decode(model, tensors.get(tensor.name()), executor, threads);
  }

  private NetworkWeights(Path path, Checkpoint checkpoint) throws IOException {
    this.path = path;
    bytes = checkpoint.bytes();
    closing = checkpoint::close;
    checkpoint.tensors().forEach(tensor -> tensors.put(
        tensor.name(), new CompressedModel.Tensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor.data(), false, 0)));
    decoder = tensor -> tensors.get(tensor.name()).data();
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
    CompressedModel.Tensor other = tensors.get(own.name());
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
    MemorySegment data = decoder.apply(own);
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

  private static MemorySegment decode(CompressedModel model, CompressedModel.Tensor tensor, Executor executor, int threads) {
    if (!tensor.isStream()) {
      model.verify(tensor);
      return tensor.data();
    }
    try {
      long size = tensor.dtype().byteSize(Shape.count(tensor.shape()));
      MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(size)]);
      model.decoder(tensor.name()).withThreads(executor, threads).decodeInto(data);
      return data;
    } catch (StreamException e) {
      throw new ModelFormatException(model.path(), "tensor \"" + tensor.name() + "\": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
