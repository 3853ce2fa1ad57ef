package llm265.model;

import java.util.List;
import llm265.dtype.DType;
import llm265.tensor.EncodedTensor;
import llm265.tensor.WeightedError;

/**
 * The result of compressing a model.
 *
 * @param tensors tensors in the file's order
 * @param bytes size of the compressed file
 * @param targetOfStreamsAlone whether a target in bits per value holds only for the tensors that lose something, not for the
 *     file: the bytes that no rate can change take too much of the file
 */
public record CompressionReport(List<Tensor> tensors, long bytes, boolean targetOfStreamsAlone) {

  /** Why a tensor is kept. */
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

    /** The reason in words, to follow "tensors". */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The result for one tensor.
   *
   * @param originalBytes size of its data before
   * @param bytes size of its data in the compressed file
   * @param encoded how it was coded; null if it is kept
   * @param kept why it is kept; null if it was coded
   * @param isDelta whether it was coded by what it differs by from a base's
   * @param raised whether it got more than the target asks for, since its quality would have been below the least one
   */
  public record Tensor(
      String name, DType dtype, long[] shape, long values, long originalBytes, long bytes, EncodedTensor encoded, Kept kept,
      boolean isDelta, boolean raised) {

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

  /** Bits per value, with every byte of the file counted. */
  public double bitsPerValue() {
    return 8.0 * bytes / values();
  }

  /** Weighted error over all tensors with known weights of channels. */
  public WeightedError weighted() {
    return tensors.stream()
        .filter(tensor -> tensor.encoded != null && tensor.encoded.weighted() != null)
        .map(tensor -> tensor.encoded.weighted())
        .reduce(WeightedError.NONE, WeightedError::plus);
  }
}
