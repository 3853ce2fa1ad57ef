package llm265.fidelity.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.fidelity.SentenceEncoder;
import llm265.network.Network;
import llm265.network.Network.Input;
import llm265.network.Network.Output;
import llm265.network.Network.Port;
import llm265.network.Network.Type;

/**
 * A network as an encoder of sentences. An embedding is the network's own where it has an output of {@code batch x size}, and no
 * states; otherwise the mean of the states of all tokens, {@code batch x tokens x size}.
 */
final class NetworkEncoder implements SentenceEncoder {
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";

  private final Network network;
  private final Port tokens;
  private final Port output;
  private final int size;

  /** @throws IllegalArgumentException if the network has other inputs and outputs than an encoder */
  NetworkEncoder(Network network) {
    this.network = network;
    tokens = network.inputs().stream().filter(input -> input.name().equals(NetworkPorts.TOKENS)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(network.path() + ": no input is named " + NetworkPorts.TOKENS));
    for (Port input : network.inputs()) {
      boolean isKnown = List.of(NetworkPorts.TOKENS, MASK, TYPES).contains(input.name());
      if (!isKnown || input.rank() != 2 || input.type() != Type.INTEGER) {
        throw new IllegalArgumentException(network.path() + ": its input " + input.name() + " is none of an encoder's");
      }
    }
    output = NetworkPorts.output(network, NetworkPorts.has(network, 3) ? 3 : 2);
    long last = output.shape()[output.rank() - 1];
    size = last > 0 ? (int) last : embed(new int[] {0}).length;
  }

  /** Greatest number of tokens of a sentence. */
  int length(int usual) {
    return tokens.shape()[1] > 0 ? (int) Math.min(usual, tokens.shape()[1]) : usual;
  }

  @Override
  public int vocabulary() {
    // Only the network knows. It refuses tokens that it does not have.
    return Integer.MAX_VALUE;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public double[] embed(int[] sentence) {
    // A network of a fixed length sees padding after the sentence.
    int length = tokens.shape()[1] > 0 ? (int) tokens.shape()[1] : sentence.length;
    double[] ids = Arrays.copyOf(Arrays.stream(sentence).asDoubleStream().toArray(), length);
    double[] mask = new double[length];
    Arrays.fill(mask, 0, sentence.length, 1);
    List<Input> inputs = new ArrayList<>();
    for (Port input : network.inputs()) {
      double[] values = switch (input.name()) {
        case NetworkPorts.TOKENS -> ids;
        case MASK -> mask;
        default -> new double[length];
      };
      inputs.add(new Input(input.name(), values, 1, length));
    }
    Output result = network.run(inputs, output.name());
    int each = (int) result.shape()[result.shape().length - 1];
    return result.shape().length == 2
        ? SentenceEncoder.sum(result.values(), each)
        : SentenceEncoder.sum(Arrays.copyOf(result.values(), sentence.length * each), each);
  }
}
