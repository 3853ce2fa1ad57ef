package llm265.cli;

import llm265.model.ModelCompressor;
import llm265.rate.RateTarget;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code llm265 compress} aims at: one of these options, or a number of bits per value. */
final class TargetOptions {
  private static final double DEFAULT_BITS = 3;

  /** The greatest rate of --bits. */
  private static final int MOST_BITS = 12;

  /** The greatest rate with deeper samples, for each of their bits less the first. */
  private static final int MOST_BITS_BELOW_DEPTH = 1;

  @Option(
      names = "--bits",
      paramLabel = "B",
      description = "Bits per value for the whole file, every byte counted; 0.5 to 12, with --plain-samples to 7, and with "
          + "--depth to one bit less than that (default: 3). Where lossless tensors would leave less than half of that to the "
          + "others, it holds for these alone")
  private Double bits;

  @Option(names = "--snr", paramLabel = "DB", description = "Signal-to-noise ratio of every compressed tensor in dB")
  private Double snr;

  @Option(
      names = "--max-error",
      paramLabel = "E",
      description = "Greatest error of any value of the compressed tensors, in units of the values")
  private Double maxError;

  @Option(names = "--qp", paramLabel = "Q", description = "Quantization parameter, 0 (fine) to 51 (coarse)")
  private Integer qp;

  @Option(
      names = "--lossless",
      description = "Lose nothing: every value comes back bit for bit, out of pictures that every decoder takes")
  private boolean lossless;

  boolean isLossless() {
    return lossless;
  }

  /** The target, once it is seen to be in range. */
  RateTarget of(CommandSpec spec, boolean force, int depth, boolean plainSamples) {
    if (lossless) {
      return new RateTarget.Lossless();
    }
    if (snr != null) {
      require(spec, snr >= 0 && snr <= 100, "--snr " + snr + " is not in 0..100");
      require(spec, force || snr >= ModelCompressor.LEAST_SNR,
          "--snr " + snr + " is less than " + ModelCompressor.LEAST_SNR + " dB, which takes --force");
      return new RateTarget.Snr(snr);
    }
    if (maxError != null) {
      require(spec, maxError >= 0 && maxError < Double.POSITIVE_INFINITY,
          "--max-error " + maxError + " is not a finite number of 0 or more");
      return new RateTarget.MaxError(maxError);
    }
    if (qp != null) {
      require(spec, qp >= 0 && qp <= 51, "--qp " + qp + " is not in 0..51");
      return new RateTarget.Qp(qp);
    }
    double bitsPerValue = bits == null ? DEFAULT_BITS : bits;
    int most = depth > 8 || plainSamples ? depth - MOST_BITS_BELOW_DEPTH : MOST_BITS;
    require(spec, bitsPerValue >= 0.5 && bitsPerValue <= most, "--bits " + bitsPerValue + " is not in 0.5.." + most);
    return new RateTarget.Bits(bitsPerValue);
  }

  private static void require(CommandSpec spec, boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
