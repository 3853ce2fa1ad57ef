package llm265.fidelity.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import llm265.network.Network;
import llm265.network.Network.Port;
import llm265.network.Network.Type;

/** Inputs and outputs that networks of a kind have. */
final class NetworkPorts {
  /** The input of an encoder. */
  static final String TOKENS = "input_ids";

  /** The entry of metadata with the characters that a network reads. */
  static final String DICTIONARY = "character";

  private NetworkPorts() {}

  /** Whether there is an output of floats with a number of dimensions. */
  static boolean has(Network network, int rank) {
    return network.outputs().stream().anyMatch(output -> output.type() == Type.FLOAT && output.rank() == rank);
  }

  /**
   * The first such output.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Port output(Network network, int rank) {
    return network.outputs().stream().filter(output -> output.type() == Type.FLOAT && output.rank() == rank).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            network.path() + ": no output of floats has " + rank + " dimensions, but " + text(network.outputs())));
  }

  /** Whether the only input may be pictures. */
  static boolean takesPictures(Network network) {
    return network.inputs().size() == 1 && network.inputs().getFirst().type() == Type.FLOAT
        && network.inputs().getFirst().rank() == 4;
  }

  /**
   * The only input, pictures.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Port pictures(Network network) {
    if (!takesPictures(network)) {
      throw new IllegalArgumentException(network.path() + ": its inputs are not pictures, but " + text(network.inputs()));
    }
    return network.inputs().getFirst();
  }

  /** Names and shapes, in one line. */
  static String text(List<Port> ports) {
    return ports.stream().map(port -> port.name() + " " + Arrays.toString(port.shape())).collect(Collectors.joining(", "));
  }
}
