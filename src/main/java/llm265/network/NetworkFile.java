package llm265.network;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.OnnxRewriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;

/**
 * An open ONNX file. Networks are made of its graph, with its own weights or with others: the whole model is written into memory
 * once more, so weights may be initializers, constants or in files beside it, and of any type.
 */
public final class NetworkFile implements AutoCloseable {
  private final Checkpoint checkpoint;

  private NetworkFile(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Whether a file is an ONNX file by its name. */
  public static boolean isNetwork(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  /**
   * Opens a file; runs nothing.
   *
   * @throws IOException if it, or a file that it names, cannot be read
   * @throws ModelFormatException if it is damaged, or no ONNX file
   */
  public static NetworkFile open(Path path) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path);
    if (!checkpoint.format().equals("onnx")) {
      checkpoint.close();
      throw new ModelFormatException(path, "is a file of tensors, not a network: that takes an ONNX file");
    }
    return new NetworkFile(checkpoint);
  }

  public Path path() {
    return checkpoint.path();
  }

  /** The tensors of the file. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Number of values of all tensors. */
  public long values() {
    return checkpoint.tensors().stream().mapToLong(TensorView::count).sum();
  }

  /** The network as it is in the file. */
  public Network load(int threads) {
    return load(tensor -> null, threads);
  }

  /**
   * The network with other weights.
   *
   * @param weights gives the values of a tensor, little-endian and as many as it has; null for those of the file
   * @param threads number of threads that run it
   * @throws ModelFormatException if ONNX Runtime cannot run it
   * @throws IllegalArgumentException if ONNX Runtime is missing
   */
  public Network load(Function<TensorView, MemorySegment> weights, int threads) {
    byte[] model = OnnxRewriter.rewrite(checkpoint, weights);
    try {
      return Network.load(path(), model, checkpoint.metadata(), threads);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "networks in ONNX files need ONNX Runtime, the library com.microsoft.onnxruntime:onnxruntime, which is missing", e);
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalArgumentException("ONNX Runtime does not load on this machine: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
