package llm265.runtime.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.runtime.exchange.AdamSettings;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.Optimizers;
import llm265.runtime.exchange.ParameterLayout;
import llm265.runtime.exchange.RateSchedule;

/**
 * The ways of exchanging gradients that can be trained with, by name. A name may be followed by {@code +P}: the first P % of the
 * steps exchange without compression.
 */
public final class GradientMethods {
  private static final Pattern NAME = Pattern.compile("([a-z0-9-]+)(?:\\+([0-9]{1,2}))?");
  private static final double PERCENT = 100;
  private static final double RAW_BITS = 16;

  /** Of 1-bit Adam and LAMB: their authors' share of the steps, after which the second moment is frozen. */
  private static final int FREEZE = 15;

  /** Of PowerSGD. */
  private static final int POWER_START = 10;

  private static final Map<String, Method> METHODS = new LinkedHashMap<>();

  static {
    put("raw", false, 0, setting -> setting.adam().raw16());
    put("rtn4", false, 0, setting -> setting.adam().rounding(4, false));
    put("rtn2", false, 0, setting -> setting.adam().rounding(2, false));
    put("rtn2-ef", false, 0, setting -> setting.adam().rounding(2, true));
    put("direct", true, 0, setting -> setting.adam().direct(setting.bits(), setting.warmUp()));
    put("ef", true, 0, setting -> setting.adam().feedback(setting.bits(), setting.warmUp()));
    put("direct-axes", true, 0, setting -> setting.adam().onAxes(setting.bits(), false, setting.warmUp()));
    put("ef-axes", true, 0, setting -> setting.adam().onAxes(setting.bits(), true, setting.warmUp()));
    put("ef-both", true, 0, setting -> setting.adam().feedbackBothWays(setting.bits(), setting.warmUp()));
    put("preconditioned", true, 0, setting -> setting.adam().preconditioned(setting.bits(), false, setting.warmUp()));
    put("preconditioned-ef", true, 0, setting -> setting.adam().preconditioned(setting.bits(), true, setting.warmUp()));
    put("momentum-difference", true, 0, setting -> setting.adam().momentumDifference(setting.bits()));
    put("codec-adam", true, 0, setting -> setting.adam().codecAdam(setting.schedule(), true));
    put("codec-adam-axes", true, 0, setting -> setting.adam().codecAdamOnAxes(setting.schedule()));
    put("1bit-adam", false, FREEZE, setting -> setting.adam().oneBitAdam(setting.warmUp()));
    put("1bit-adam-plain", false, FREEZE, setting -> setting.plain().oneBitAdam(setting.warmUp()));
    put("1bit-lamb", false, FREEZE, setting -> setting.plain().oneBitLamb(setting.warmUp()));
    put("powersgd-1", false, POWER_START, setting -> setting.adam().powerSgd(1, setting.warmUp()));
    put("powersgd-4", false, POWER_START, setting -> setting.adam().powerSgd(4, setting.warmUp()));
    put("topk", true, 0, setting -> setting.adam().largest(setting.bits(), setting.warmUp()));
  }

  private GradientMethods() {}

  /**
   * What a method is made for.
   *
   * @param bits per value; NaN if the method takes none
   * @param warmUp steps without compression
   */
  private record Setting(ParameterLayout layout, int workers, double bits, int steps, int warmUp) {
    /** First steps raw, or coded if there are none that are raw; then the mean of all steps is held. */
    private RateSchedule schedule() {
      if (warmUp == 0) {
        return RateSchedule.of(bits, steps);
      }
      double mean = (bits * (steps - warmUp) + RAW_BITS * warmUp) / steps;
      return new RateSchedule(mean, steps, warmUp, RAW_BITS);
    }

    /** Optimizers with Adam as small models are trained. */
    private Optimizers adam() {
      return new Optimizers(layout, workers, AdamSettings.DEFAULT);
    }

    /** Optimizers with Adam as 1-bit Adam has it: nothing is clipped, no bias corrected. */
    private Optimizers plain() {
      return new Optimizers(layout, workers, AdamSettings.PLAIN);
    }
  }

  /** Makes an optimizer that has made no step yet. */
  private interface Factory {
    DistributedOptimizer create(Setting setting);
  }

  private record Method(boolean takesBits, int warmUp, Factory factory) {}

  /**
   * A method, at a rate if it takes one.
   *
   * @param method its name
   * @param warmUp percent of the steps that exchange without compression
   * @param bits per value; NaN if the method takes none
   */
  public record Arm(String method, int warmUp, double bits) {
    /** The method, and its warm-up if that is not the usual one: a line of a plot. */
    public String line() {
      return warmUp == METHODS.get(method).warmUp ? method : method + "+" + warmUp;
    }

    /** Such as {@code ef+5 1.4}. */
    @Override
    public String toString() {
      return Double.isNaN(bits) ? line() : line() + " " + bits;
    }

    /** An optimizer that has made no step yet. */
    public DistributedOptimizer create(ParameterLayout layout, int workers, int steps) {
      int first = (int) Math.rint(warmUp * steps / PERCENT);
      return METHODS.get(method).factory.create(new Setting(layout, workers, bits, steps, first));
    }
  }

  private static void put(String name, boolean takesBits, int warmUp, Factory factory) {
    METHODS.put(name, new Method(takesBits, warmUp, factory));
  }

  /** All names. */
  public static List<String> names() {
    return List.copyOf(METHODS.keySet());
  }

  /** Adam on gradients that are not compressed. */
  public static Arm raw() {
    return new Arm("raw", 0, Double.NaN);
  }

  /**
   * Methods at rates: each that takes one at every rate, the others once.
   *
   * @param methods names, with {@code +P} or without
   * @throws IllegalArgumentException if there is no method of a name
   */
  public static List<Arm> arms(List<String> methods, double[] rates) {
    List<Arm> arms = new ArrayList<>();
    for (String name : methods) {
      Matcher matcher = NAME.matcher(name);
      Method method = matcher.matches() ? METHODS.get(matcher.group(1)) : null;
      if (method == null) {
        throw new IllegalArgumentException(name + " is not one of " + String.join(", ", METHODS.keySet())
            + ", with +P behind it for P % of the steps without compression, or without");
      }
      int warmUp = matcher.group(2) == null ? method.warmUp : Integer.parseInt(matcher.group(2));
      for (double bits : method.takesBits ? rates : new double[] {Double.NaN}) {
        arms.add(new Arm(matcher.group(1), warmUp, bits));
      }
    }
    return arms;
  }
}
