package llm265.hardware;

import java.util.List;
import java.util.Locale;

/**
 * A GPU, and how many engines it has.
 *
 * @param decoders number of engines that decode video; {@link #NOT_KNOWN} if no source says
 * @param encoders number of engines that encode video, likewise
 * @param jpegDecoders number of engines that decode JPEG, likewise
 * @param sources keys of {@link GpuMatrix#sources}
 * @param unverified what no source at hand says
 */
public record GpuChip(
    String name, GpuGeneration generation, int decoders, int encoders, int jpegDecoders, List<String> sources,
    List<String> unverified) {
  /** No source says how many. */
  public static final int NOT_KNOWN = -1;

  public GpuChip {
    sources = List.copyOf(sources);
    unverified = List.copyOf(unverified);
  }

  /** What its engines encode: nothing where it has none, whatever others of its generation do. */
  public Capability encode(VideoFormat format) {
    return encoders == 0 ? Capability.NONE : generation.encode().get(format);
  }

  /** Whether a driver's name of a GPU, as {@code NVIDIA H100 80GB HBM3}, is that of this one. */
  public boolean isNamed(String driversName) {
    String words = " " + driversName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ") + " ";
    return words.contains(" " + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ") + " ");
  }
}
