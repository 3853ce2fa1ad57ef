package llm265.tensor.trellis;

import llm265.h264.ChromaFormat;
import llm265.tensor.Effort;

/**
 * What coding by trellis on pictures may take.
 *
 * @param stateBits binary logarithm of the trellis's states
 * @param sampleValues values of the sample on which costs are measured
 * @param lambdas what a bit may be worth, in squared steps; compared on the sample
 * @param worthOfBins bits per value that bins of CABAC must save over raw bits, which are several times as fast
 * @param chroma chroma format of the pictures
 */
public record CarrierMethod(int stateBits, int sampleValues, double[] lambdas, double worthOfBins, ChromaFormat chroma) {
  /** What an effort stands for. */
  public static CarrierMethod of(Effort effort) {
    return switch (effort) {
      case FAST -> new CarrierMethod(2, 1 << 15, new double[] {0.35}, 0.02, ChromaFormat.YUV420);
      case BALANCED -> new CarrierMethod(3, 1 << 16, new double[] {0.35}, 0.02, ChromaFormat.YUV420);
      case BEST -> new CarrierMethod(4, 1 << 16, new double[] {0.35}, 0.015, ChromaFormat.YUV420);
      case MAX -> new CarrierMethod(8, 1 << 17, new double[] {0.35, 0.25, 0.45}, 0, ChromaFormat.YUV420);
    };
  }

  public CarrierMethod with(ChromaFormat newChroma) {
    return new CarrierMethod(stateBits, sampleValues, lambdas, worthOfBins, newChroma);
  }
}
