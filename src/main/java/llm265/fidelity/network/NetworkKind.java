package llm265.fidelity.network;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import llm265.network.Network;

/** The kinds of networks that can be measured, told by inputs and outputs. */
public enum NetworkKind {
  /** Ids of tokens to embeddings. */
  ENCODER,
  /** Pictures to pictures. */
  PICTURES,
  /** Pictures of lines of text to characters, by connectionist temporal classification. */
  RECOGNITION;

  /** The word for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All words, in one line. */
  public static String words() {
    return Arrays.stream(values()).map(NetworkKind::word).collect(Collectors.joining(", "));
  }

  /**
   * The kind of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static NetworkKind of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind '" + word + "' of networks; there are " + words()));
  }

  /**
   * The kind of a network.
   *
   * @throws IllegalArgumentException if inputs and outputs are of none, or of more than one
   */
  public static NetworkKind of(Network network) {
    if (network.inputs().stream().anyMatch(input -> input.name().equals(NetworkPorts.TOKENS))) {
      return ENCODER;
    }
    if (NetworkPorts.takesPictures(network)) {
      if (network.metadata().containsKey(NetworkPorts.DICTIONARY) && NetworkPorts.has(network, 3)) {
        return RECOGNITION;
      }
      if (NetworkPorts.has(network, 4)) {
        return PICTURES;
      }
    }
    throw new IllegalArgumentException(network.path() + ": its inputs (" + NetworkPorts.text(network.inputs()) + ") and outputs ("
        + NetworkPorts.text(network.outputs()) + ") do not tell its kind; name it, one of " + words());
  }
}
