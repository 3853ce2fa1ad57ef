package llm265;

import java.util.List;
import llm265.model.DType;
import llm265.tensor.WeightedError;

/**
 * What a model came to.
 *
 * @param tensors in the file's order
 * @param bytes size of the compressed file
 */
public record CompressionReport(List<Tensor> tensors, long bytes) {

  /**
   * What a tensor came to.
   *
   * @param originalBytes size of its data before
   * @param bytes size of its data in the compressed file
   * @param encoded how it was coded; null if it is kept as it was
   */
  public record Tensor(
      String name, DType dtype, long[] shape, long values, long originalBytes, long bytes, EncodedTensor encoded) {}

  public CompressionReport {
    tensors = List.copyOf(tensors);
  }

  /** Number of values of all tensors. */
  public long values() {
    return tensors.stream().mapToLong(Tensor::values).sum();
  }

  /** Bits a value, every byte of the file counted. */
  public double bitsPerValue() {
    return 8.0 * bytes / values();
  }

  /** Weighted error of all tensors together that channels' weights are known of. */
  public WeightedError weighted() {
    return tensors.stream()
        .filter(tensor -> tensor.encoded != null && tensor.encoded.weighted() != null)
        .map(tensor -> tensor.encoded.weighted())
        .reduce(WeightedError.NONE, WeightedError::plus);
  }
}
