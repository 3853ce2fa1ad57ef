package llm265.hardware;

import java.util.List;
import java.util.Map;

/**
 * A generation of media engines.
 *
 * @param decode what its decoders take
 * @param encode what its encoders write
 * @param sources keys of {@link GpuMatrix#sources}
 * @param unverified what no source at hand says
 */
public record GpuGeneration(
    String name, String vendor, Map<VideoFormat, Capability> decode, Map<VideoFormat, Capability> encode, List<String> sources,
    List<String> unverified) {
  public GpuGeneration {
    decode = Map.copyOf(decode);
    encode = Map.copyOf(encode);
    sources = List.copyOf(sources);
    unverified = List.copyOf(unverified);
  }
}
