package llm265.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import llm265.TensorDecoder;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Effort;
import llm265.tensor.MemoryStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.TargetSearch;
import llm265.tensor.encode.TensorTools;
import llm265.tensor.picture.H264PictureCoder;

/**
 * {@code llm265 bench ablation}: bits per value at equal quality, adding one step at a time.
 *
 * <p>The quality is the one that all steps together reach at the given rate. The first step is a uniform quantizer of the
 * values with an ideal coder of its levels, assumed independent. The next three are those of a picture coder. All values
 * become samples of eight bits, which are predicted by their mean (Intra_16x16 DC), transformed and quantized; then the other
 * Intra_16x16 modes are allowed; then all modes and transforms. Each further step adds what its name says to the ones before.
 */
public final class Ablation {
  /** The rate control may stay this many decibels below the quality of all steps. */
  private static final double MOST_BELOW = 0.1;

  private final double bits;
  private final Executor executor;
  private final int threads;

  /** @param bits rate that determines the quality */
  public Ablation(double bits, Executor executor, int threads) {
    this.bits = bits;
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * A step.
   *
   * @param values number of values of the tensor
   * @param name what it adds
   * @param bits bits per value that it takes at that quality
   * @param snr quality that was met; if the step cannot reach the wanted one, it takes more than {@code bits}
   * @param reached whether the wanted quality was met
   */
  public record Step(String source, int values, String name, double bits, double snr, boolean reached) {}

  /**
   * A step over all tensors.
   *
   * @param bits mean bits per value
   * @param reached whether every tensor met its quality
   */
  public record Mean(String name, double bits, boolean reached) {}

  /** The means of steps of several tensors, by name. */
  public static List<Mean> means(List<Step> steps) {
    Map<String, List<Step>> byName = new LinkedHashMap<>();
    steps.forEach(step -> byName.computeIfAbsent(step.name(), name -> new ArrayList<>()).add(step));
    List<Mean> means = new ArrayList<>();
    byName.forEach((name, members) -> {
      double bits = members.stream().mapToDouble(step -> step.bits() * step.values()).sum();
      double values = members.stream().mapToDouble(Step::values).sum();
      means.add(new Mean(name, bits / values, members.stream().allMatch(Step::reached)));
    });
    return means;
  }

  /** Settings that allow one thing more than those before. To measure another tool, add it to {@link #choices}. */
  private record Choice(String name, UnaryOperator<CodingSettings> settings) {}

  private static List<Choice> choices() {
    EncoderConfig dc = EncoderConfig.WHITE_TENSOR;
    EncoderConfig modes = EncoderConfig.TENSOR;
    TensorTools outliers = TensorTools.NONE.with(TensorTools.Tool.OUTLIERS);
    TensorTools levels = outliers.with(TensorTools.Tool.MODE_DECISION, TensorTools.Tool.LEVEL_TRELLIS);
    TensorTools scales = levels.with(TensorTools.Tool.SCALE_CLASSES);
    TensorTools signs = scales.with(TensorTools.Tool.PRE_INVERSE).withReflections(64).withSignPatterns(16);
    return List.of(
        new Choice("+ transform and quantization", best -> best.with(TensorTools.NONE).with(pictures(dc))),
        new Choice("+ intra prediction", best -> best.with(TensorTools.NONE).with(pictures(dc.withIntra16x16Modes(0xF)))),
        new Choice("+ choice of modes and transforms", best -> best.with(TensorTools.NONE).with(pictures(modes))),
        new Choice("+ exact outliers", best -> best.with(outliers).with(pictures(modes))),
        new Choice("+ levels by rate and distortion", best -> best.with(levels)),
        new Choice("+ rows and columns by scale", best -> best.with(scales)),
        new Choice("+ rotation", best -> best.with(scales.withReflections(64))),
        new Choice("+ pre-inverse transform", best -> best.with(scales.withReflections(64).with(TensorTools.Tool.PRE_INVERSE))),
        new Choice("+ sign patterns", best -> best.with(signs)),
        new Choice("+ levels of a trellis", best -> best));
  }

  private static CodingSettings.Pictures pictures(EncoderConfig config) {
    return CodingSettings.Pictures.of(H264PictureCoder.factory(config));
  }

  /** Measures one tensor. */
  public List<Step> measure(Source source) {
    RatePoint whole = code(source, best(new RateTarget.Bits(bits)));
    List<Step> steps = new ArrayList<>();
    steps.add(step(source, "entropy coding alone", TextbookQuantizers.entropyCodedAt(source.values(), whole.snr()), whole.snr()));
    CodingSettings best = best(new RateTarget.Snr(Math.clamp(whole.snr(), 0, 100)));
    for (Choice choice : choices()) {
      steps.add(step(source, choice.name(), code(source, choice.settings().apply(best)), whole.snr()));
    }
    return steps;
  }

  private static CodingSettings best(RateTarget target) {
    return CodingSettings.at(target).with(Effort.BEST);
  }

  private static Step step(Source source, String name, RatePoint point, double snr) {
    return new Step(
        source.name(), source.count(), name, RateDistortion.bitsAt(snr, point), point.snr(), point.snr() >= snr - MOST_BELOW);
  }

  private RatePoint code(Source source, CodingSettings settings) {
    MemoryStore store = new MemoryStore();
    new TargetSearch(settings, new Workers(executor, threads)).code(source.tensor(), store);
    byte[] stream = store.toByteArray();
    float[] decoded = TensorDecoder.open(stream).withThreads(executor, threads).decode();
    return new RatePoint(8.0 * stream.length / source.count(), TextbookQuantizers.snr(source.values(), decoded));
  }
}
