package llm265.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import llm265.TensorEncoder;
import llm265.tensor.Codec;
import llm265.tensor.Effort;

/** One of our own ways of coding that are measured. */
public record OwnCoding(Codec codec, Effort effort) {

  /** Each codec with each effort. */
  public static List<OwnCoding> of(List<Codec> codecs, List<Effort> efforts) {
    List<OwnCoding> all = new ArrayList<>();
    codecs.forEach(codec -> efforts.forEach(effort -> all.add(new OwnCoding(codec, effort))));
    return all;
  }

  /** The encoder that codes so. */
  TensorEncoder of(TensorEncoder encoder) {
    return encoder.withCodec(codec).withEffort(effort);
  }

  /** The effort, with the codec before it if that is not H.264. */
  @Override
  public String toString() {
    String name = effort.toString().toLowerCase(Locale.ROOT);
    return codec == Codec.H264 ? name : codec.toString().toLowerCase(Locale.ROOT) + " " + name;
  }
}
