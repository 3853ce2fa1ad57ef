package llm265.model;

import java.util.List;
import llm265.dtype.DType;
import llm265.tensor.EncodedTensor;
import llm265.tensor.WeightedError;

/**
 * What became of a model.
 *
 * @param tensors in the file's order
 * @param bytes size of the compressed file
 * @param targetOfStreamsAlone whether a target in bits per value holds for the tensors that lost something, and not for the file:
 *     what no rate can move takes too much of the file
 */
public record CompressionReport(List<Tensor> tensors, long bytes, boolean targetOfStreamsAlone) {

  /** Why a tensor is kept as it was. */
  public enum Kept {
    UNWANTED("left out by the filter"),
    TYPE("of a type, or of more dimensions, than are coded"),
    SHORT_VECTOR("of one dimension, and a small part of the file"),
    SMALL("small"),
    NO_GAIN("that would not get smaller");

    private final String text;

    Kept(String text) {
      this.text = text;
    }

    /** In words, behind "tensors". */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What became of a tensor.
   *
   * @param originalBytes size of its data before
   * @param bytes size of its data in the compressed file
   * @param encoded how it was coded; null if it is kept as it was
   * @param kept why it is kept as it was; null if it was coded
   * @param raised whether it got more than the target asks for, since it would have come out below the least quality
   */
  public record Tensor(
      String name, DType dtype, long[] shape, long values, long originalBytes, long bytes, EncodedTensor encoded, Kept kept,
      boolean raised) {

    /** Whether it was coded with loss. */
    public boolean isLossy() {
      return encoded != null && !encoded.isLossless();
    }
  }

  public CompressionReport {
    tensors = List.copyOf(tensors);
  }

  /** Number of values of all tensors. */
  public long values() {
    return tensors.stream().mapToLong(Tensor::values).sum();
  }

  /** Bits per value, every byte of the file counted. */
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
