package llm265.fidelity.network;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import llm265.dtype.TensorView;
import llm265.fidelity.CodecForm;
import llm265.fidelity.MethodLine;
import llm265.fidelity.MethodResult;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.parallel.Workers;

/**
 * {@code llm265 bench fidelity} on networks in ONNX files: bits against the figures of the network's kind, for our codecs and
 * published quantizers that are not calibrated. Bits are all that is stored for all tensors, over all values: kept tensors and
 * the headers of our files count, the graph does not.
 */
public final class NetworkBench {
  private final int threads;
  private final List<MethodLine<NetworkMethod>> lines;

  /**
   * One measurement.
   *
   * @param line the method without its rate
   * @param method the method
   * @param bits bits per value
   * @param figures those of {@link NetworkFidelity#figures}
   * @param seconds time taken to make the network smaller; NaN for the original
   */
  public record Row(String line, String method, double bits, double[] figures, double seconds) {}

  /** Receives rows as they come. */
  public interface Sink {
    void accept(Row row) throws IOException;
  }

  /**
   * A bench.
   *
   * @param methods names of {@link MethodLine#forms}; each at all rates that it can have
   * @param bits rates
   * @throws IllegalArgumentException if there is no such method, a method has none of the rates, or is calibrated
   */
  public NetworkBench(List<String> methods, double[] bits, Executor executor, int threads) {
    this.threads = threads;
    Workers workers = new Workers(executor, threads);
    lines = MethodLine.of(methods, bits, executor, threads, new MethodLine.Factory<>() {
      @Override
      public NetworkMethod codec(CodecForm form) {
        return NetworkMethod.of(form);
      }

      @Override
      public NetworkMethod baseline(String specification) {
        return NetworkMethod.of(specification, workers);
      }
    });
  }

  /** Number of rows for each network. */
  public int rows() {
    return MethodLine.rows(lines);
  }

  /**
   * Measures all methods on a network: first the original, then method by method, rates ascending.
   *
   * @param fidelity of the file's network
   * @param progress receives numbers of steps as they are done, for each row
   * @throws IOException if a file cannot be read or written
   */
  public void measure(NetworkFile file, NetworkFidelity fidelity, IntConsumer progress, Sink sink) throws IOException {
    double values = file.values();
    double bytes = file.checkpoint().tensors().stream().mapToLong(TensorView::byteSize).sum();
    sink.accept(new Row("original", "original", 8 * bytes / values, fidelity.original(progress), Double.NaN));
    for (MethodLine<NetworkMethod> line : lines) {
      for (NetworkMethod method : line.methods()) {
        MethodResult<Network> result = method.apply(file, threads);
        try (Network network = result.model()) {
          sink.accept(new Row(
              line.name(), method.name(), result.bits() / values, fidelity.of(network, progress), result.seconds()));
        }
      }
    }
  }
}
