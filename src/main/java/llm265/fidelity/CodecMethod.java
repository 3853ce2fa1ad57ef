package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.tensor.Codec;
import llm265.tensor.Effort;

/**
 * Our own codec: {@code ours} for H.264 pictures, {@code trinity} for the other one. Options follow, each after a hyphen: an
 * effort, a way of sharing bits, and {@code calibrated}. Bits are those of the compressed file.
 */
record CodecMethod(String name, ModelCompressor compressor, boolean isCalibrated, Workers workers) implements WeightMethod {
  private static final Pattern NAME = Pattern.compile("(ours|trinity)(-[a-z]+)*");
  private static final String CALIBRATED = "calibrated";

  /** Whether a name is one of these. */
  static boolean is(String name) {
    return NAME.matcher(name).matches();
  }

  /** What names there are, in one line. */
  static String forms() {
    return "(ours|trinity)[-(fast|balanced|best|max)][-(relative|uniform|linear|slope)], ours...-calibrated";
  }

  /**
   * The method of a name, at a rate of the whole file.
   *
   * @throws IllegalArgumentException if there is no such method
   */
  static CodecMethod of(String name, double bits, Executor executor, int threads) {
    List<String> parts = Arrays.asList(name.split("-"));
    if (parts.getFirst().equals("trinity") && parts.contains(CALIBRATED)) {
      throw new IllegalArgumentException("no method '" + name + "': only pictures carry what calibration finds");
    }
    ModelCompressor compressor = ModelCompressor.atBits(bits).withThreads(executor, threads)
        .withCodec(parts.getFirst().equals("trinity") ? Codec.TRINITY : Codec.H264);
    for (String option : parts.subList(1, parts.size())) {
      String constant = option.toUpperCase(Locale.ROOT);
      if (has(Effort.values(), constant)) {
        compressor = compressor.withEffort(Effort.valueOf(constant));
      } else if (has(Allocation.values(), constant)) {
        compressor = compressor.withAllocation(Allocation.valueOf(constant));
      } else if (!option.equals(CALIBRATED)) {
        throw new IllegalArgumentException("no method '" + name + "': its options are " + forms());
      }
    }
    return new CodecMethod(name, compressor, parts.contains(CALIBRATED), new Workers(executor, threads));
  }

  private static boolean has(Enum<?>[] constants, String name) {
    return Arrays.stream(constants).anyMatch(constant -> constant.name().equals(name));
  }

  @Override
  public Result apply(ModelFolder folder, Calibration calibration) throws IOException {
    ModelCompressor own = isCalibrated ? compressor.withCalibration(calibration.moments()) : compressor;
    Path file = Files.createTempFile("llm265", ".safetensors");
    try {
      long start = System.nanoTime();
      CompressionReport report = own.compress(folder.checkpoint(), file);
      double seconds = (System.nanoTime() - start) * 1e-9;
      try (CompressedModel compressed = CompressedModel.open(file)) {
        LanguageModel model = LanguageModel.load(folder.config(), new CompressedWeights(compressed), workers);
        return new Result(model, 8 * report.bytes(), seconds);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
