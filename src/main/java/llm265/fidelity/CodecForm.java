package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.TensorView;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.rate.Allocation;
import llm265.tensor.Codec;
import llm265.tensor.Effort;

/**
 * Our own codec as a method: {@code ours} for H.264 pictures, {@code trinity} for the other one. Options follow, each after a
 * hyphen: an effort, a way of sharing bits, and {@code calibrated}. Bits are those of the compressed file.
 *
 * @param hasMoments whether errors are fed back by moments of inputs
 * @param isSearched whether it is searched for what each tensor is worth
 */
public record CodecForm(String name, ModelCompressor compressor, boolean hasMoments, boolean isSearched) {
  private static final Pattern NAME = Pattern.compile("(ours|trinity)(-[a-z]+)*");
  private static final double USUAL_BITS = 3;
  private static final String CALIBRATED = "calibrated";
  private static final String SEARCH = "search";

  /** Whether a name is one of these. */
  static boolean is(String name) {
    return NAME.matcher(name).matches();
  }

  /** What names there are, in one line. */
  static String forms() {
    return "(ours|trinity)[-(fast|balanced|best|max)][-(relative|uniform|linear|slope|search)][-calibrated]";
  }

  /**
   * The method of a name, at a rate of the whole file.
   *
   * @throws IllegalArgumentException if there is no such method
   */
  static CodecForm of(String name, double bits, Executor executor, int threads) {
    List<String> parts = Arrays.asList(name.split("-"));
    ModelCompressor compressor = ModelCompressor.atBits(bits).withThreads(executor, threads)
        .withCodec(parts.getFirst().equals("trinity") ? Codec.TRINITY : Codec.H264);
    for (String option : parts.subList(1, parts.size())) {
      String constant = option.toUpperCase(Locale.ROOT);
      if (has(Effort.values(), constant)) {
        compressor = compressor.withEffort(Effort.valueOf(constant));
      } else if (has(Allocation.values(), constant)) {
        compressor = compressor.withAllocation(Allocation.valueOf(constant));
      } else if (!option.equals(CALIBRATED) && !option.equals(SEARCH)) {
        throw new IllegalArgumentException("no method '" + name + "': its options are " + forms());
      }
    }
    return new CodecForm(name, compressor, parts.contains(CALIBRATED), parts.contains(SEARCH));
  }

  private static boolean has(Enum<?>[] constants, String name) {
    return Arrays.stream(constants).anyMatch(constant -> constant.name().equals(name));
  }

  /** The tensors that are coded with loss. Which these are does not depend on the form. */
  public static Set<String> lossy(Checkpoint model) {
    return ModelCompressor.atBits(USUAL_BITS).lossy(model).stream().map(TensorView::name).collect(Collectors.toSet());
  }

  /** Whether it needs a text that the model reads. */
  public boolean isCalibrated() {
    return hasMoments || isSearched;
  }

  /** Finds the settings to compress with, which may take long. */
  public interface Tuning {
    ModelCompressor find() throws IOException;
  }

  /** Opens a compressed file, and makes a model of it. */
  public interface Loader<M> {
    M load(Path file) throws IOException;
  }

  /**
   * Compresses a model.
   *
   * @param tuning its time counts, too
   * @param loader makes a model of the compressed file, which is deleted after that
   */
  public static <M> MethodResult<M> apply(Checkpoint original, Tuning tuning, Loader<M> loader) throws IOException {
    Path file = Files.createTempFile("llm265", ".safetensors");
    try {
      long start = System.nanoTime();
      CompressionReport report = tuning.find().compress(original, file);
      double seconds = (System.nanoTime() - start) * 1e-9;
      return new MethodResult<>(loader.load(file), 8 * report.bytes(), seconds);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
