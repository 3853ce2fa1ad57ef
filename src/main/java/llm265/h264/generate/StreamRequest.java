package llm265.h264.generate;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What streams a caller wants.
 *
 * @param seed streams follow from it, their number and all else here
 * @param tools what streams are made of; empty for all that the profile has
 * @param widthInMbs width in macroblocks; 0 for any
 * @param heightInMbs height in macroblocks; 0 for any
 * @param cropRight columns that are cut off at the right of pictures of that size
 * @param cropBottom rows that are cut off at the bottom
 * @param stresses what streams do to excess, in turn; empty for nothing
 */
public record StreamRequest(
    GeneratedProfile profile, long seed, Set<Tool> tools, int widthInMbs, int heightInMbs, int cropRight, int cropBottom,
    List<Stress> stresses) {

  /** More macroblocks than any decoder needs to be tested; streams are made in memory. */
  private static final int MOST_MACROBLOCKS = 4_096;

  /**
   * Checks that there are such streams.
   *
   * @throws IllegalArgumentException if not
   */
  public StreamRequest {
    tools = Set.copyOf(tools);
    stresses = List.copyOf(stresses);
    for (Tool tool : Tool.values()) {
      if (tools.contains(tool) && !profile.has(tool)) {
        throw new IllegalArgumentException("profile " + profile.label() + " has no " + tool.label());
      }
    }
    if (tools.contains(Tool.PLANES) && !allows(Tool.YUV444, tools)) {
      throw new IllegalArgumentException("planes are of 444 alone");
    }
    if (tools.contains(Tool.PARTITIONS) && tools.contains(Tool.REDUNDANT)) {
      throw new IllegalArgumentException("partitions and redundant are not made in one stream");
    }
    if (widthInMbs < 0 || heightInMbs < 0 || (long) widthInMbs * heightInMbs > MOST_MACROBLOCKS) {
      throw new IllegalArgumentException("pictures have 1 to " + MOST_MACROBLOCKS + " macroblocks");
    }
    if (profile == GeneratedProfile.NVDEC && widthInMbs > 0 && (widthInMbs < 3 || Math.max(widthInMbs, heightInMbs) > 256)) {
      throw new IllegalArgumentException("NVDEC takes pictures from 48x16 to 4096x4096");
    }
    for (Stress stress : stresses) {
      Tool needed = needed(stress);
      if (needed != null && (!profile.has(needed) || !allows(needed, tools))) {
        throw new IllegalArgumentException("stress " + stress.label() + " needs " + needed.label());
      }
    }
  }

  /** The same request with other excesses. */
  public StreamRequest withStresses(List<Stress> others) {
    return new StreamRequest(profile, seed, tools, widthInMbs, heightInMbs, cropRight, cropBottom, others);
  }

  /** Everything that streams of the request can do to excess. */
  public List<Stress> possibleStresses() {
    return Arrays.stream(Stress.values()).filter(stress -> needed(stress) == null || allows(needed(stress))).toList();
  }

  /** The tool that an excess is one of, or null. */
  private static Tool needed(Stress stress) {
    return switch (stress) {
      case MBAFF -> Tool.MBAFF;
      case SCALING -> Tool.SCALING;
      case PCM -> Tool.PCM;
      case CROPPING -> Tool.CROPPING;
      case ARITHMETIC -> Tool.CABAC;
      case TABLES -> Tool.CAVLC;
      default -> null;
    };
  }

  /** Whether streams may have a tool. */
  boolean allows(Tool tool) {
    return profile.has(tool) && allows(tool, tools);
  }

  /** Whether the caller asks for a tool by name. */
  boolean names(Tool tool) {
    return tools.contains(tool);
  }

  private static boolean allows(Tool tool, Set<Tool> tools) {
    if (tools.contains(tool)) {
      return true;
    }
    boolean one = tool.kind() != Tool.Kind.USUAL && tool.kind() != Tool.Kind.RARE;
    return tools.stream().noneMatch(named -> one ? named.kind() == tool.kind()
        : named.kind() == Tool.Kind.USUAL || named.kind() == Tool.Kind.RARE);
  }
}
