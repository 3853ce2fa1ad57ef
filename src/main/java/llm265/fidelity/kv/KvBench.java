package llm265.fidelity.kv;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.IntConsumer;
import llm265.baseline.kv.KvBaselines;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvSize;
import llm265.baseline.kv.PageStatistics;
import llm265.fidelity.Fidelity;
import llm265.fidelity.TokenWindows;
import llm265.numeric.Logarithms;
import llm265.runtime.KvRotary;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.KvProfile;

/**
 * {@code llm265 bench kv}: bits of keys and values against what a model's predictions become, for ours and published methods.
 * Bits are all that a sequence takes: tokens that a recipe keeps raw count with 16 bits an element.
 */
public final class KvBench {
  private static final String PLACE = "{b}";
  private static final String CODEC = "codec";
  private static final String CODEC_AXES = "codec-axes";
  private static final String CODEC_PROFILE = "codec-profile";
  private static final String CODEC_PROFILE_AXES = "codec-profile-axes";
  private static final Set<String> OURS = Set.of(CODEC, CODEC_AXES, CODEC_PROFILE, CODEC_PROFILE_AXES);

  private static final Set<String> PROFILED = Set.of(CODEC_PROFILE, CODEC_PROFILE_AXES);
  private static final Set<String> ON_AXES = Set.of(CODEC_AXES, CODEC_PROFILE_AXES);

  /** Names that stand for all whole numbers of bits. */
  private static final Set<String> FAMILIES = Set.of("kivi", "kv", "quarot", "turboquant");

  private static final int MOST_WHOLE_BITS = 8;
  private static final int SEARCH_WINDOWS = 1;
  private static final int SEARCH_TRIES = 6;
  private static final double BITS_TOLERANCE = 0.008;
  private static final double DECIBELS_OF_OCTAVE = 20 * StrictMath.log10(2);
  private static final double LEAST_LOG_STEP = -12;
  private static final double GREATEST_LOG_STEP = 6;

  private final KvOptions options;
  private final double[] bits;
  private final List<Line> lines;

  /** A line of the plot: a method at all its rates. {@code methods} is null for ours. */
  private record Line(String name, List<KvMethod> methods) {}

  /**
   * One measurement.
   *
   * @param line the method without its rate
   * @param size of all windows together
   * @param attention null for the original
   * @param pages null where a method has none that it times
   */
  public record Row(
      String line, String method, String settings, Fidelity fidelity, KvSize size, AttentionError attention,
      PageStatistics pages) {
    /** Bits per element of keys and values, all counted. */
    public double bits() {
      return size.bitsPerValue();
    }
  }

  /** Receives rows as they come. */
  public interface Sink {
    void accept(Row row) throws IOException;
  }

  /**
   * A bench.
   *
   * @param methods names of {@link #forms}
   * @param bits rates
   * @throws IllegalArgumentException if there is no such method, or a method has none of the rates
   */
  public KvBench(List<String> methods, double[] bits, KvOptions options) {
    this.options = options;
    this.bits = Arrays.stream(bits).sorted().distinct().toArray();
    lines = methods.stream().map(name -> line(name.toLowerCase(Locale.ROOT))).toList();
  }

  /** What names of methods there are, in one line. */
  public static String forms() {
    return String.join(", ", CODEC, CODEC_AXES, CODEC_PROFILE, CODEC_PROFILE_AXES, KvBaselines.forms());
  }

  private Line line(String name) {
    if (OURS.contains(name)) {
      return new Line(name, null);
    }
    String form = FAMILIES.contains(name) ? name + PLACE : name;
    if (!form.contains(PLACE)) {
      return new Line(form, List.of(KvBaselines.of(form, options.all())));
    }
    List<KvMethod> methods = new ArrayList<>();
    for (double rate : bits) {
      if (rate == Math.rint(rate) && rate >= 1 && rate <= MOST_WHOLE_BITS) {
        methods.add(KvBaselines.of(form.replace(PLACE, Long.toString((long) rate)), options.all()));
      }
    }
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(form + " takes whole numbers of bits, and there are none among the rates");
    }
    return new Line(form, methods);
  }

  /** Whether a method needs a profile. */
  public boolean needsProfile() {
    return lines.stream().anyMatch(line -> PROFILED.contains(line.name));
  }

  /** Number of rows. */
  public int rows() {
    return 1 + lines.stream().mapToInt(line -> line.methods == null ? bits.length : line.methods.size()).sum();
  }

  /**
   * Measures all methods: first the original, then method by method, rates ascending.
   *
   * @param profile null for none
   * @param progress receives numbers of tokens of the text as they are done, for each row
   * @throws IllegalArgumentException if the profile is for another model
   */
  public void measure(KvSubject model, TokenWindows text, KvProfile profile, IntConsumer progress, Sink sink)
      throws IOException {
    KvMeasure measure = new KvMeasure(model, text);
    KvGeometry geometry = model.geometry();
    if (profile != null) {
      profile.requireFits(geometry);
    }
    long values = 2L * measure.shape().layers() * measure.shape().width()
        * text.windows().stream().mapToLong(window -> window.length).sum();
    sink.accept(new Row(
        "original", "original", "", measure.original(progress), new KvSize(values, 0, 0, 16 * values), null, null));
    List<CapturedTokens> captured = lines.stream().allMatch(line -> line.methods != null) ? List.of()
        : text.windows().stream().limit(SEARCH_WINDOWS)
            .map(window -> new CapturedTokens(model, window)).toList();
    for (Line line : lines) {
      List<KvMethod> methods = line.methods != null ? line.methods : ours(line.name, geometry, profile, captured);
      for (KvMethod method : methods) {
        KvMeasure.Result result = measure.of(method, options.tokensOfPass(), progress);
        sink.accept(new Row(
            line.name, method.name(), method.settings(), result.fidelity(), result.size(), result.attention(),
            method.pages()));
      }
    }
  }

  /** Ours at all rates: the step is that which makes the rate on the first windows as the original has them. */
  private List<KvMethod> ours(String name, KvGeometry geometry, KvProfile profile, List<CapturedTokens> captured) {
    KvRotary rotary = KvRotary.of(geometry.frequencies(), geometry.pairing());
    KvProfile own = PROFILED.contains(name) ? profile : null;
    DoubleFunction<KvMethod> method = step -> new CodecPages(
        name, options, rotary, ON_AXES.contains(name), own, -DECIBELS_OF_OCTAVE * Logarithms.log2(step), new PageStatistics());
    return Arrays.stream(bits).mapToObj(rate -> method.apply(step(method, rate, captured))).toList();
  }

  /**
   * The step that makes a rate.
   *
   * @throws IllegalArgumentException if raw tokens alone take more
   */
  private double step(DoubleFunction<KvMethod> method, double rate, List<CapturedTokens> captured) {
    double low = LEAST_LOG_STEP;
    double high = GREATEST_LOG_STEP;
    // An octave of the step is about a bit, and less where many coefficients are 0.
    double log = 1 - rate;
    double slope = -1;
    double lastLog = log;
    double lastBits = Double.NaN;
    for (int i = 0; i < SEARCH_TRIES; i++) {
      KvMethod trial = method.apply(StrictMath.pow(2, log));
      KvSize size = captured.stream().map(tokens -> tokens.size(trial, options.tokensOfPass()))
          .reduce(new KvSize(0, 0, 0, 0), KvSize::plus);
      if ((double) size.raw() / size.values() >= rate) {
        throw new IllegalArgumentException(
            "tokens that are kept raw take " + (double) size.raw() / size.values() + " bits a value, more than " + rate);
      }
      double found = size.bitsPerValue();
      if (Math.abs(found - rate) < BITS_TOLERANCE) {
        break;
      }
      if (found > rate) {
        low = log;
      } else {
        high = log;
      }
      slope = log == lastLog ? slope : Math.clamp((found - lastBits) / (log - lastLog), -1.5, -0.1);
      lastLog = log;
      lastBits = found;
      double next = log + (rate - found) / slope;
      log = next > low && next < high ? next : (low + high) / 2;
    }
    return StrictMath.pow(2, log);
  }
}
