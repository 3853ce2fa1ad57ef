package llm265.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.TensorView;
import llm265.model.ModelCompressor;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the tensors of a model are coded: the options of {@code compress}, wherever the work is done. */
public final class CodingOptions {
  @ArgGroup(exclusive = true)
  private TargetOptions target = new TargetOptions();

  @Option(
      names = "--effort",
      paramLabel = "E",
      defaultValue = "balanced",
      description = "Time taken to save bits: fast, balanced, best or max (default: ${DEFAULT-VALUE})")
  private Effort effort;

  @Option(
      names = "--codec",
      paramLabel = "C",
      defaultValue = "h264",
      description = "h264: pictures that every decoder plays; trinity: no pictures, fewer bits and many times faster, for this "
          + "program alone; auto: for each tensor whichever takes less (default: ${DEFAULT-VALUE})")
  private Codec codec;

  @Option(
      names = "--allocate",
      paramLabel = "HOW",
      defaultValue = "relative",
      description = "How tensors share the bits of --bits: relative (the least sum of their relative errors, matrices of a "
          + "transformer counting by their part in it), uniform (the same for each value), linear (k*l + b in layer l, of all k "
          + "the one with the least squared error), slope (the least squared error of all) or search (the least divergence of "
          + "the model's predictions on --text, each tensor's measured by running the model); with --sensitivity, relative is "
          + "slope (default: ${DEFAULT-VALUE})")
  private Sharing sharing;

  @Option(
      names = "--protect",
      paramLabel = "REGEX=BITS",
      description = "Give tensors whose names contain this their own rate, at most 14 bits per value; the others share what "
          + "is left; may be repeated, and the first that fits counts")
  private List<String> protections = List.of();

  @Option(
      names = "--sensitivity",
      paramLabel = "FILE.safetensors",
      description = "Weights of squared errors by input channel, such as the mean squares of the inputs: under a tensor's name "
          + "an F32 vector as long as its last dimension, or as its first, or one such vector for each expert; --bits is shared "
          + "for the least weighted error. A weight of 0 stands for the median of the tensor's others. A file of calibrate will "
          + "also do, for the mean squares in it")
  private Path sensitivity;

  @Option(
      names = "--calibration",
      paramLabel = "FILE.safetensors",
      description = "Second moments of layers' inputs, as calibrate writes them: later inputs of a layer make up for the errors "
          + "of earlier ones, so that its outputs change less. Streams are read as all others")
  private Path calibration;

  @Option(names = "--include", paramLabel = "REGEX", description = "Compress only tensors whose names contain this")
  private Pattern include;

  @Option(
      names = "--force",
      description = "Allow tensors of less than 3 dB; without it, tensors that --bits or --max-error would leave below get 3 dB")
  private boolean force;

  @Option(names = "--exclude", paramLabel = "REGEX", description = "Keep tensors whose names contain this as they are")
  private Pattern exclude;

  @Option(
      names = "--plain-samples",
      description = "Let samples stand for values, by one product and one sum: simpler to read elsewhere, but more bits. Without "
          + "it pictures may carry levels of a trellis as their transform coefficients")
  private boolean plainSamples;

  @Option(names = "--monochrome", description = "Write 4:0:0 pictures: a little smaller, but NVDEC does not decode them")
  private boolean monochrome;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "8",
      description = "Bits of the pictures' samples, 8 to 14: more than 8, such as 12, for rates above 5 bits per value. They "
          + "need High 10 or High 4:4:4 streams, which NVDEC does not decode (default: ${DEFAULT-VALUE})")
  private int depth;

  @Option(
      names = "--transform-bypass",
      description = "With --lossless: pictures in transform bypass mode. They are High 4:4:4 Predictive, which no hardware "
          + "decoder takes")
  private boolean transformBypass;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** How tensors share bits. */
  public enum Sharing {
    RELATIVE, UNIFORM, LINEAR, SLOPE, SEARCH;

    Allocation allocation() {
      return this == SEARCH ? Allocation.RELATIVE : Allocation.valueOf(name());
    }
  }

  /** Refuses options that do not go together. */
  private void requireFit() {
    require(depth >= 8 && depth <= 14, "--depth " + depth + " is not in 8..14");
    require(calibration == null || !target.isLossless(), "--calibration is for coding with loss");
    require(
        calibration == null || codec != Codec.H264 || !plainSamples && depth == 8,
        "--calibration needs a trellis: not samples that stand for values, as with --plain-samples or --depth");
    require(!transformBypass || target.isLossless(), "--transform-bypass is for --lossless");
  }

  /**
   * A compressor on the calling thread, without what files say.
   *
   * @throws ParameterException if an option is out of range, or some do not go together
   */
  public ModelCompressor compressor() {
    requireFit();
    return withProtections(ModelCompressor.at(rateTarget()).withAllocation(sharing.allocation()))
        .withEffort(effort)
        .withCodec(codec)
        .withMonochrome(monochrome)
        .withDepth(depth)
        .withPlainSamples(plainSamples)
        .withTransformBypass(transformBypass)
        .withLeastSnr(force ? Double.NEGATIVE_INFINITY : ModelCompressor.LEAST_SNR)
        .withFilter(this::isWanted);
  }

  public RateTarget rateTarget() {
    return target.of(spec, force, depth, plainSamples);
  }

  boolean isLossless() {
    return target.isLossless();
  }

  public Sharing sharing() {
    return sharing;
  }

  /** The file of weights of squared errors; null for none. */
  public Path sensitivity() {
    return sensitivity;
  }

  /** The file of second moments of inputs; null for none. */
  public Path calibration() {
    return calibration;
  }

  boolean isWanted(TensorView tensor) {
    return (include == null || include.matcher(tensor.name()).find())
        && (exclude == null || !exclude.matcher(tensor.name()).find());
  }

  /** A pattern that fits nothing is a slip, which should not pass in silence. */
  public void requireFound(Checkpoint checkpoint) {
    requireFound("--include", include, checkpoint);
    requireFound("--exclude", exclude, checkpoint);
  }

  private static void requireFound(String option, Pattern pattern, Checkpoint checkpoint) {
    if (pattern != null && checkpoint.tensors().stream().noneMatch(tensor -> pattern.matcher(tensor.name()).find())) {
      throw new IllegalArgumentException(option + " " + pattern + " is found in no tensor's name");
    }
  }

  private ModelCompressor withProtections(ModelCompressor compressor) {
    ModelCompressor result = compressor;
    for (String protection : protections) {
      int equals = protection.lastIndexOf('=');
      require(equals > 0, "--protect " + protection + " is not of the form REGEX=BITS");
      double bits;
      try {
        bits = Double.parseDouble(protection.substring(equals + 1));
      } catch (NumberFormatException e) {
        throw new ParameterException(spec.commandLine(), "--protect " + protection + " is not of the form REGEX=BITS", e);
      }
      require(bits > 0 && bits <= 14, "--protect " + protection + ": " + bits + " is not in 0..14");
      try {
        result = result.withProtected(Pattern.compile(protection.substring(0, equals)), bits);
      } catch (PatternSyntaxException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--protect " + protection + " does not begin with a regular expression: " + e.getDescription(), e);
      }
    }
    return result;
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
