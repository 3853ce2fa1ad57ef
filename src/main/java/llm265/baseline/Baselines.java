package llm265.baseline;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.baseline.UniformFormat.Range;
import llm265.parallel.Workers;

/**
 * Weight quantizers by name, as a command line has them.
 *
 * <ul>
 *   <li>{@code nf4 nf4dq mxfp4 nvfp4 q8_0}: formats
 *   <li>{@code q4_0 q5_0 iq4_nl q4_k q6_k}, or these with {@code -imatrix}: formats, without and with an importance matrix
 *   <li>{@code rtn<bits>[g<size>][asym|sym|symq][-mse]}, bits 2 to 8: rounding, in groups or by rows
 *   <li>{@code gptq<bits>[g<size>][asym|sym|symq][-mse][-actorder][-static]}
 *   <li>{@code awq<bits>[g<size>]}
 *   <li>{@code quarot<bits>[g<size>][asym|sym|symq][-gptq]}, with clipped ranges, and symq if nothing else is said
 *   <li>{@code qserve4g<size>[-rotate][-gptq]}
 * </ul>
 *
 * <p>The ranges: {@code asym} has a zero, {@code sym} has a scale of 2 amax / (2^bits - 1), {@code symq},
 * QuaRot's, of amax / (2^(bits - 1) - 1).
 */
public final class Baselines {
  private static final Pattern SPECIFICATION =
      Pattern.compile("(?<method>rtn|gptq|awq|quarot|qserve)(?<bits>[2-8])(g(?<group>[1-9]\\d{0,5}))?"
          + "(?<range>asym|symq|sym)?(?<options>(-[a-z]+)*)");

  private static final Map<String, Range> RANGES =
      Map.of("asym", Range.ASYMMETRIC, "sym", Range.SYMMETRIC, "symq", Range.SYMMETRIC_WIDE);

  private static final Map<String, Set<String>> OPTIONS = Map.of(
      "rtn", Set.of("mse"),
      "gptq", Set.of("mse", "actorder", "static"),
      "awq", Set.of(),
      "quarot", Set.of("gptq"),
      "qserve", Set.of("rotate", "gptq"));

  private static final String IMPORTANCE = "-imatrix";

  private static final String FORMS = "nf4, nf4dq, mxfp4, nvfp4, q8_0, (q4_0|q5_0|iq4_nl|q4_k|q6_k)[-imatrix],"
      + " rtn<bits>[g<size>][asym|sym|symq][-mse], gptq<bits>[g<size>][asym|sym|symq][-mse][-actorder][-static],"
      + " awq<bits>[g<size>], quarot<bits>[g<size>][asym|sym|symq][-gptq], qserve4g<size>[-rotate][-gptq]; bits 2 to 8";

  private Baselines() {}

  /** What {@link #of} understands, in one line. */
  public static String forms() {
    return FORMS;
  }

  /**
   * The quantizer of a specification, such as {@code gptq3g128-actorder}.
   *
   * @param workers do its work; results do not depend on their number
   * @throws IllegalArgumentException if there is none; the message says in one line what there is
   */
  public static WeightQuantizer of(String specification, Workers workers) {
    String name = specification.toLowerCase(Locale.ROOT);
    Matcher matcher = SPECIFICATION.matcher(name);
    WeightQuantizer found = matcher.matches() ? withOptions(name, matcher, workers) : format(name, workers);
    if (found == null) {
      throw new IllegalArgumentException("no baseline '" + specification + "'; there are " + FORMS);
    }
    return found;
  }

  private static WeightQuantizer format(String name, Workers workers) {
    return switch (name) {
      case "nf4" -> new NormalFloat4(name, false, workers);
      case "nf4dq" -> new NormalFloat4(name, true, workers);
      case "mxfp4" -> new BlockQuantizer(name, "MXFP4 (OCP), blocks of 32", new MxFp4(), workers);
      case "nvfp4" -> new BlockQuantizer(
          name, "NVFP4, blocks of 16, an fp32 scale a layer", NvFp4.LAYER_BITS, NvFp4::new, false, workers);
      case "q8_0" -> gguf(name, name, GgufRounded.Q8_0, GgufRounded.Q8_0, workers);
      default -> {
        boolean isImportant = name.endsWith(IMPORTANCE);
        yield searched(name, isImportant ? name.substring(0, name.length() - IMPORTANCE.length()) : name, workers);
      }
    };
  }

  /** As in llama.cpp, layers whose rows are no whole super-blocks fall back to a format of smaller blocks and more bits. */
  private static WeightQuantizer searched(String name, String format, Workers workers) {
    return switch (format) {
      case "q4_0" -> gguf(name, format, GgufRounded.Q4_0, GgufRounded.Q4_0, workers);
      case "q5_0" -> gguf(name, format, GgufRounded.Q5_0, GgufRounded.Q5_0, workers);
      case "iq4_nl" -> {
        SearchedFormat table = new Iq4Nl();
        yield gguf(name, format, table, table, workers);
      }
      case "q4_k" -> gguf(name, format, new Q4K(), GgufRounded.Q5_0, workers);
      case "q6_k" -> gguf(name, format, new Q6K(), GgufRounded.Q8_0, workers);
      default -> null;
    };
  }

  private static WeightQuantizer gguf(
      String name, String formatName, SearchedFormat format, SearchedFormat fallback, Workers workers) {
    boolean isImportant = name.endsWith(IMPORTANCE);
    String settings = "GGUF " + formatName.toUpperCase(Locale.ROOT) + ", blocks of " + format.blockSize()
        + (fallback == format ? "" : ", else " + fallback)
        + (isImportant ? ", mean squares of inputs as importance matrix" : ", no importance matrix");
    return new BlockQuantizer(
        name, settings, 0, layer -> layer.in() % format.blockSize() == 0 ? format : fallback, isImportant, workers);
  }

  private static WeightQuantizer withOptions(String name, Matcher matcher, Workers workers) {
    String method = matcher.group("method");
    List<String> options = Arrays.stream(matcher.group("options").split("-")).filter(option -> !option.isEmpty()).toList();
    if (!OPTIONS.get(method).containsAll(options)) {
      return null;
    }
    int bits = Integer.parseInt(matcher.group("bits"));
    int group = matcher.group("group") == null ? 0 : Integer.parseInt(matcher.group("group"));
    String range = matcher.group("range");
    return switch (method) {
      case "rtn" -> {
        GroupFormat format = new UniformFormat(bits, group, range(range, Range.ASYMMETRIC), options.contains("mse"));
        yield new RoundToNearest(name, format, workers);
      }
      case "gptq" -> {
        GroupFormat format = new UniformFormat(bits, group, range(range, Range.ASYMMETRIC), options.contains("mse"));
        yield new Gptq(name, format, options.contains("actorder"), options.contains("static"), workers);
      }
      case "awq" -> range == null ? new Awq(name, new UniformFormat(bits, group, Range.ASYMMETRIC, false), workers) : null;
      case "quarot" -> {
        GroupFormat format = new UniformFormat(bits, group, range(range, Range.SYMMETRIC_WIDE), true);
        yield new QuaRot(name, rounding(name, format, options, workers), workers);
      }
      default -> {
        if (bits != 4 || group == 0 || range != null) {
          yield null;
        }
        WeightQuantizer inner = rounding(name, new ProgressiveFormat(group), options, workers);
        yield options.contains("rotate") ? new QuaRot(name, inner, workers) : inner;
      }
    };
  }

  private static Range range(String text, Range usual) {
    return text == null ? usual : RANGES.get(text);
  }

  private static WeightQuantizer rounding(String name, GroupFormat format, List<String> options, Workers workers) {
    return options.contains("gptq")
        ? new Gptq(name, format, false, false, workers)
        : new RoundToNearest(name, format, workers);
  }
}
