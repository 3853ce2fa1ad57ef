package llm265.model.delta;

import java.lang.foreign.Arena;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.ElementType;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.TargetSearch;
import llm265.tensor.exact.ExactCoding;

/**
 * What coding a tensor by itself comes to, and by what it differs by from a base's: measured on slices from its middle.
 *
 * @param values number of values that were coded
 * @param alone bits per value of the tensor by itself; at most what its values have
 * @param aloneSnr its signal-to-noise ratio in dB
 * @param delta the same with the base, or by itself where that is better
 * @param deltaSnr its signal-to-noise ratio in dB
 */
public record DeltaTrial(long values, double alone, double aloneSnr, double delta, double deltaSnr) {
  /** Tensors of fewer values are coded whole. */
  public static final int EXCERPT_VALUES = 1 << 18;

  private record Trial(double bits, double snr) {}

  /**
   * Measures a tensor.
   *
   * @param base of the same shape, and of a type that goes with the tensor's; null for none
   * @param settings with any target but {@link RateTarget.Qp}; tensors whose values are no samples lose nothing
   */
  public static DeltaTrial of(TensorView tensor, TensorView base, CodingSettings settings, Workers workers) {
    if (tensor.count() == 0) {
      return new DeltaTrial(0, 0, Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY);
    }
    TensorView excerpt = excerpt(tensor);
    CodingSettings coding =
        ElementType.isSampled(tensor.dtype()) ? settings : settings.with(new RateTarget.Lossless());
    Trial alone = alone(excerpt, coding, workers);
    Trial delta = base == null ? alone : delta(excerpt, excerpt(base), alone, coding, workers);
    return new DeltaTrial(excerpt.count(), alone.bits, alone.snr, delta.bits, delta.snr);
  }

  private static TensorView excerpt(TensorView tensor) {
    if (tensor.count() <= EXCERPT_VALUES) {
      return tensor;
    }
    long[] shape = tensor.shape();
    long slice = tensor.count() / shape[0];
    long slices = Math.min(shape[0], Math.max(1, EXCERPT_VALUES / slice));
    long first = (shape[0] - slices) / 2 * slice;
    shape[0] = slices;
    return new TensorView(
        tensor.name(), tensor.dtype(), shape,
        tensor.data().asSlice(tensor.dtype().byteSize(first), tensor.dtype().byteSize(slices * slice)));
  }

  private static Trial alone(TensorView tensor, CodingSettings settings, Workers workers) {
    Trial kept = new Trial(8.0 * tensor.byteSize() / tensor.count(), Double.POSITIVE_INFINITY);
    if (settings.target() instanceof RateTarget.Lossless && !ExactCoding.isPossible(tensor)) {
      return kept;
    }
    EncodedTensor coded = new TargetSearch(settings, workers).code(tensor, new MemoryStore());
    return coded.bytes() < tensor.byteSize() ? new Trial(coded.bitsPerValue(), coded.snr()) : kept;
  }

  private static Trial delta(
      TensorView tensor, TensorView base, Trial alone, CodingSettings settings, Workers workers) {
    DeltaCoding coding = new DeltaCoding(tensor, RangedTensor.of(base), workers);
    EncodedTensor coded;
    if (coding.isUnchanged() || settings.target() instanceof RateTarget.Lossless) {
      if (!coding.canBeExact()) {
        return alone;
      }
      coded = coding.codeExactly(new MemoryStore());
      return coded.bitsPerValue() < alone.bits ? new Trial(coded.bitsPerValue(), coded.snr()) : alone;
    }
    if (!coding.isWorthItWithLoss()) {
      return alone;
    }
    try (Arena arena = Arena.ofShared()) {
      coded = coding.codeWithLoss(settings, coding.difference(arena), new MemoryStore());
    }
    return new Trial(coded.bitsPerValue(), coded.snr());
  }
}
