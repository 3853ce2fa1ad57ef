package llm265.tensor.encode;

import java.util.EnumSet;
import java.util.Set;
import llm265.tensor.Effort;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.SignPatterns;

/**
 * Which tools an encoder may use. The encoder decides for each tensor which it does use; decoders read this from the stream.
 *
 * @param signPatterns number of sign patterns to choose from for each 8x8 block: 1 for none, otherwise a power of two up to
 *     {@link SignPatterns#MAX_COUNT}
 * @param reflections greatest number of reflections that rotate rows or columns to their principal axes, 0 to 256; each costs
 *     decoders about a nanosecond per value
 * @param others the tools that are either used or not
 */
public record TensorTools(int signPatterns, int reflections, Set<Tool> others) {

  /** A tool that is either used or not. */
  public enum Tool {
    /** Values far out are kept exactly, so that the others are coded more finely. */
    OUTLIERS,
    /** Rows and columns are sorted by scale, with a QP for each scale. */
    SCALE_CLASSES,
    /** The pre-inverse transform. */
    PRE_INVERSE,
    /** Full mode decision, tried on an excerpt of each tensor. */
    MODE_DECISION,
    /** Levels are chosen by rate and distortion, not rounded. */
    LEVEL_TRELLIS,
    /** Levels of a trellis are carried by pictures. */
    CARRIED_LEVELS
  }

  /** None of them. */
  public static final TensorTools NONE = new TensorTools(1, 0, EnumSet.noneOf(Tool.class));

  /** The tools that an effort allows. */
  public static TensorTools of(Effort effort) {
    return switch (effort) {
      case FAST -> NONE.with(Tool.OUTLIERS, Tool.SCALE_CLASSES, Tool.CARRIED_LEVELS);
      case BALANCED -> NONE.with(Tool.values()).withSignPatterns(4).withReflections(32);
      case BEST -> NONE.with(Tool.values()).withSignPatterns(16).withReflections(64);
      case MAX -> NONE.with(Tool.values()).withSignPatterns(64).withReflections(160);
    };
  }

  public TensorTools {
    if (signPatterns < 1 || signPatterns > SignPatterns.MAX_COUNT || Integer.bitCount(signPatterns) != 1) {
      throw new IllegalArgumentException(signPatterns + " sign patterns");
    }
    if (reflections < 0 || reflections > Rotation.MAX_REFLECTIONS) {
      throw new IllegalArgumentException(reflections + " reflections");
    }
    others = Set.copyOf(others);
  }

  public boolean has(Tool tool) {
    return others.contains(tool);
  }

  /** The same tools and some more. */
  public TensorTools with(Tool... more) {
    EnumSet<Tool> all = EnumSet.noneOf(Tool.class);
    all.addAll(others);
    all.addAll(Set.of(more));
    return new TensorTools(signPatterns, reflections, all);
  }

  public TensorTools withSignPatterns(int patterns) {
    return new TensorTools(patterns, reflections, others);
  }

  public TensorTools withReflections(int most) {
    return new TensorTools(signPatterns, most, others);
  }
}
