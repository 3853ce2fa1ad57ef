package llm265.runtime.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.runtime.ActivationCodec;
import llm265.runtime.ActivationCodec.RowScales;
import llm265.runtime.exchange.Links;
import llm265.runtime.exchange.TensorLink;

/** The ways of sending activations and their gradients that can be trained with: a name, and bits per value behind it. */
public final class LinkMethods {
  private static final Pattern NAME = Pattern.compile("([a-z]+(?:-[a-z]+)*)(?:-([0-9]+(?:\\.[0-9]+)?))?");
  private static final double LEAST_BITS = 0.1;
  private static final double MOST_BITS = 16;

  /** Of the values, those of greatest magnitude. */
  private static final double EXACT_SHARE = 0.02;

  private static final float LOSS_SCALE = 1 << 16;
  private static final int LEAST_ROUNDING = 2;
  private static final int MOST_ROUNDING = 8;

  private static final Map<String, Factory> METHODS = new LinkedHashMap<>();

  static {
    METHODS.put("raw", bits -> Links.raw());
    METHODS.put("codec", bits -> Links.codec(ActivationCodec.Settings.forward(bits)));
    METHODS.put("codec-alone", bits -> Links.codec(ActivationCodec.Settings.alone(bits)));
    METHODS.put("codec-rows", bits -> codec(bits, RowScales.ALWAYS));
    METHODS.put("codec-plain", bits -> codec(bits, RowScales.NEVER));
    METHODS.put("codec-twice",
        bits -> Links.codec(ActivationCodec.Settings.backward(bits).with(RowScales.NEVER).withResidual(bits)));
    METHODS.put("codec-exact", bits -> Links.codec(
        ActivationCodec.Settings.alone(bits).withExactShare(EXACT_SHARE)));
    METHODS.put("rtn-token", bits -> Links.roundingByToken(whole(bits)));
    METHODS.put("rtn-group", bits -> Links.roundingInGroups(whole(bits)));
    METHODS.put("rtn-group-scaled", bits -> scaled(Links.roundingInGroups(whole(bits))));
  }

  private LinkMethods() {}

  /** Makes a link that has sent nothing yet. */
  private interface Factory {
    /** @param bits per value; NaN if none are given */
    TensorLink create(double bits);
  }

  private static TensorLink codec(double bits, RowScales scales) {
    return Links.codec(ActivationCodec.Settings.forward(bits).with(scales));
  }

  /** As half-precision training does: gradients of a mean loss are so small that scales in binary16 would become 0. */
  private static TensorLink scaled(TensorLink link) {
    return (values, rows, columns) -> {
      scale(values, LOSS_SCALE);
      long bits = link.send(values, rows, columns);
      scale(values, 1 / LOSS_SCALE);
      return bits;
    };
  }

  private static void scale(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static int whole(double bits) {
    if (bits != Math.rint(bits) || bits < LEAST_ROUNDING || bits > MOST_ROUNDING) {
      throw new IllegalArgumentException("rounding takes 2 to 8 whole bits, not " + bits);
    }
    return (int) bits;
  }

  /**
   * A link that has sent nothing yet.
   *
   * @param method such as {@code raw} or {@code codec-3.5}
   * @throws IllegalArgumentException if there is no such method
   */
  public static TensorLink create(String method) {
    Matcher matcher = NAME.matcher(method);
    Factory factory = matcher.matches() ? METHODS.get(matcher.group(1)) : null;
    if (factory == null || matcher.group(1).equals("raw") != (matcher.group(2) == null)) {
      throw new IllegalArgumentException(
          method + " is not raw, or one of " + String.join(", ", METHODS.keySet().stream().skip(1).toList())
              + " with -BITS behind it");
    }
    double bits = matcher.group(2) == null ? Double.NaN : Double.parseDouble(matcher.group(2));
    if (bits < LEAST_BITS || bits > MOST_BITS) {
      throw new IllegalArgumentException(method + ": bits are not in 0.1..16");
    }
    return factory.create(bits);
  }
}
