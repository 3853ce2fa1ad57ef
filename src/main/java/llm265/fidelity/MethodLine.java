package llm265.fidelity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.DoubleFunction;
import llm265.baseline.Baselines;

/**
 * A method at all its rates, which is a line of a plot.
 *
 * @param <M> a method on models of some kind, at one rate
 * @param name the method without its rate
 * @param methods by ascending rates
 */
public record MethodLine<M>(String name, List<M> methods) {
  /** Stands for a whole number of bits. */
  private static final String PLACE = "{b}";

  /** Usual forms of methods whose names say only which. */
  private static final List<String> USUAL = List.of("rtn{b}g128", "gptq{b}g128", "awq{b}g128", "quarot{b}");

  private static final int MOST_WHOLE_BITS = 8;
  private static final int LEAST_WHOLE_BITS = 2;

  /** Makes methods for models of some kind. */
  public interface Factory<M> {
    M codec(CodecForm form);

    /** A method by one of the specifications of {@link Baselines}. */
    M baseline(String specification);
  }

  /**
   * The lines of some methods.
   *
   * @param names of {@link #forms}; each at all rates that it can have
   * @param bits rates
   * @param executor runs our codec's tasks; not shut down
   * @throws IllegalArgumentException if there is no such method, or a method has none of the rates
   */
  public static <M> List<MethodLine<M>> of(
      List<String> names, double[] bits, Executor executor, int threads, Factory<M> factory) {
    double[] sorted = Arrays.stream(bits).sorted().distinct().toArray();
    List<MethodLine<M>> lines = new ArrayList<>();
    for (String given : names) {
      String name = given.toLowerCase(Locale.ROOT);
      if (CodecForm.is(name)) {
        DoubleFunction<M> method = rate -> factory.codec(CodecForm.of(name, rate, executor, threads));
        lines.add(new MethodLine<>(name, Arrays.stream(sorted).mapToObj(method).toList()));
      } else {
        lines.add(baseline(name, sorted, factory));
      }
    }
    return lines;
  }

  private static <M> MethodLine<M> baseline(String name, double[] bits, Factory<M> factory) {
    String form = USUAL.stream().filter(usual -> usual.startsWith(name + PLACE)).findFirst().orElse(name);
    if (!form.contains(PLACE)) {
      return new MethodLine<>(form, List.of(factory.baseline(form)));
    }
    List<M> methods = Arrays.stream(bits)
        .filter(rate -> rate == Math.rint(rate) && rate >= LEAST_WHOLE_BITS && rate <= MOST_WHOLE_BITS)
        .mapToObj(rate -> factory.baseline(form.replace(PLACE, Long.toString((long) rate))))
        .toList();
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(form + " takes whole numbers of bits, 2 to 8, and there are none");
    }
    return new MethodLine<>(form, methods);
  }

  /** Number of rows that lines come to, with one for the original. */
  public static <M> int rows(List<MethodLine<M>> lines) {
    return 1 + lines.stream().mapToInt(line -> line.methods.size()).sum();
  }

  /**
   * Refuses a method that needs a text which the model reads.
   *
   * @param models for which there is no such reading
   */
  public static void requireDataFree(String method, boolean isCalibrated, String models) {
    if (isCalibrated) {
      throw new IllegalArgumentException(method + " is calibrated, which " + models + " cannot be");
    }
  }

  /** What names of methods there are, in one line. */
  public static String forms() {
    return CodecForm.forms() + ", rtn, gptq, awq, quarot, " + Baselines.forms()
        + "; {b} in a name stands for the whole numbers among --bits";
  }
}
