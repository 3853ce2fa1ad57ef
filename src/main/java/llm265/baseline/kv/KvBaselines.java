package llm265.baseline.kv;

import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.baseline.GgufRounded;

/**
 * Published ways of keeping keys and values, by name.
 *
 * <ul>
 *   <li>{@code kivi2}, {@code kivi4}, with {@code r32} behind it for another residual than 128: KIVI (arXiv 2402.02750), keys by
 *       channel in groups of 32 tokens, values by token in groups of 32 channels; b + 1 bits a value. Keys are kept raw until as
 *       many as the residual says are there, then all of them are coded; of values that many last ones are raw
 *   <li>{@code rtn4g32}: groups of successive channels of a token
 *   <li>{@code kv4}: a group for each head of a token, as QServe (arXiv 2405.04532) has it, without SmoothAttention, whose
 *       factors a calibration finds; {@code kv3} and so on for other bits
 *   <li>{@code quarot4}: each head rotated by a randomized Hadamard matrix, a group for each head of a token, ranges clipped to
 *       .95 (QuaRot, arXiv 2404.00456)
 *   <li>{@code turboquant3}, {@code turboquant3nc}: {@link TurboQuant}, without and with norm correction
 *   <li>{@code q4_0}, {@code q5_0}, {@code q8_0}, with {@code -hadamard} behind it for rotated heads: llama.cpp
 * </ul>
 */
public final class KvBaselines {
  private static final Pattern NAME = Pattern.compile("(kivi|rtn|kv|quarot|turboquant)(\\d)(g(\\d+)|r(\\d+)|nc)?");
  private static final Pattern GGUF = Pattern.compile("(q4_0|q5_0|q8_0)(-hadamard)?");
  private static final String FORMS =
      "kivi{b}[r128], rtn{b}g{g}, kv{b}, quarot{b}, turboquant{b}[nc], (q4_0|q5_0|q8_0)[-hadamard]";
  private static final int KIVI_GROUP = 32;
  private static final int KIVI_RESIDUAL = 128;
  private static final float QUAROT_CLIP = 0.95f;

  private KvBaselines() {}

  /** What names there are, in one line; {b} stands for a whole number of bits. */
  public static String forms() {
    return FORMS;
  }

  /** A recipe: a coder of keys, one of values, and when they are used. */
  private record Recipe(
      String name, String settings, CodingPlan keyPlan, CodingPlan valuePlan, Function<KvShape, TokenCoder> keys,
      Function<KvShape, TokenCoder> values) implements KvMethod {
    @Override
    public KvStore begin(KvShape shape) {
      Supplier<TokenCoder> keyCoder = () -> keys.apply(shape);
      Supplier<TokenCoder> valueCoder = () -> values.apply(shape);
      return new CodedSequence(shape, keyPlan, valuePlan, keyCoder, valueCoder);
    }
  }

  /**
   * A method.
   *
   * @param all whether all tokens are coded as they come, also where the recipe has raw ones
   * @throws IllegalArgumentException if there is no such method
   */
  public static KvMethod of(String specification, boolean all) {
    String name = specification.toLowerCase(Locale.ROOT);
    Matcher gguf = GGUF.matcher(name);
    if (gguf.matches()) {
      GgufRounded format = GgufRounded.valueOf(gguf.group(1).toUpperCase(Locale.ROOT));
      boolean rotated = gguf.group(2) != null;
      return onArrival(name, "blocks of 32" + (rotated ? ", heads rotated" : ""), shape -> {
        TokenCoder blocks = new GgufBlocks(format, shape.width());
        return rotated ? new Rotated(blocks, shape) : blocks;
      });
    }
    Matcher matcher = NAME.matcher(name);
    int bits = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
    KvMethod method = bits < 1 || bits > 8 ? null : of(name, matcher.group(1), bits, matcher, all);
    if (method == null) {
      throw new IllegalArgumentException("no method '" + specification + "'; there are " + FORMS);
    }
    return method;
  }

  private static KvMethod of(String name, String family, int bits, Matcher matcher, boolean all) {
    String option = matcher.group(3);
    int group = number(matcher.group(4));
    int residual = number(matcher.group(5));
    return switch (family) {
      case "kivi" -> option != null && residual < 0
          ? null : kivi(name, bits, all ? 0 : residual < 0 ? KIVI_RESIDUAL : residual);
      case "rtn" -> group < 1 ? null : onArrival(name, "groups of " + group + " channels, fp16 scale and minimum",
          shape -> new RoundedGroups(bits, group, false, 1, shape.width()));
      case "kv" -> option != null ? null : onArrival(name, "a group a head, fp16 scale and minimum",
          shape -> new RoundedGroups(bits, shape.headSize(), false, 1, shape.width()));
      case "quarot" -> option != null ? null : onArrival(name, "heads rotated, a group a head, clipped to .95",
          shape -> new Rotated(new RoundedGroups(bits, shape.headSize(), false, QUAROT_CLIP, shape.width()), shape));
      default -> option != null && !option.equals("nc") || bits > TurboQuant.MOST_BITS ? null
          : onArrival(name, "heads rotated, fp16 norms" + (option == null ? "" : " that are corrected"),
              shape -> new TurboQuant(bits, option != null, shape));
    };
  }

  private static int number(String digits) {
    return digits == null || digits.length() > 6 ? -1 : Integer.parseInt(digits);
  }

  private static KvMethod kivi(String name, int bits, int residual) {
    CodingPlan keys = residual == 0 ? CodingPlan.all(KIVI_GROUP) : CodingPlan.behind(residual, 0, 0);
    CodingPlan values = residual == 0 ? CodingPlan.all(1) : CodingPlan.behind(1, 0, residual);
    return new Recipe(name, "groups of 32, fp16 scale and minimum, " + residual + " tokens raw", keys, values,
        shape -> new RoundedGroups(bits, KIVI_GROUP, true, 1, shape.width()),
        shape -> new RoundedGroups(bits, KIVI_GROUP, false, 1, shape.width()));
  }

  private static KvMethod onArrival(String name, String settings, Function<KvShape, TokenCoder> coder) {
    return new Recipe(name, settings, CodingPlan.all(1), CodingPlan.all(1), coder, coder);
  }
}
