package llm265.lm.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import llm265.lm.layer.AttentionShape;
import llm265.lm.math.Activation;
import llm265.lm.weights.ModelConfig;

/** Entries of a configuration that several architectures share. */
final class Entries {
  /** Bounds on what is made before tensors show whether a configuration is true. */
  private static final int MAX_LAYERS = 10_000;
  private static final int MAX_HEAD_SIZE = 1 << 16;

  private Entries() {}

  /** The activation function that an entry names. */
  static Activation activation(ModelConfig config, String entry, String missing) {
    String name = config.text(entry, missing);
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      case "relu" -> Activation.RELU;
      default -> throw config.fault(
          "activation " + name + " is not supported; supported are silu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu");
    };
  }

  /** The size of a head where a configuration gives it, or the share of the state. */
  static int headSize(ModelConfig config, int hidden, int heads, int missing) {
    boolean isShare = !config.has("head_dim") && missing == 0;
    if (isShare && hidden % heads != 0) {
      throw config.fault("a state of " + hidden + " elements cannot be divided into " + heads + " heads");
    }
    int size = isShare ? hidden / heads : config.size("head_dim", missing);
    if (size > MAX_HEAD_SIZE) {
      throw config.fault("heads of " + size + " elements are larger than " + MAX_HEAD_SIZE);
    }
    return size;
  }

  /** The shapes of all layers, some of which see a window only. */
  static List<AttentionShape> shapes(
      ModelConfig config, int layers, AttentionShape everywhere, int window, IntPredicate isWindowed) {
    if (everywhere.heads() % everywhere.kvHeads() != 0) {
      throw config.fault(everywhere.heads() + " heads of queries cannot share " + everywhere.kvHeads() + " heads of keys");
    }
    if (layers > MAX_LAYERS) {
      throw config.fault(layers + " layers are more than " + MAX_LAYERS);
    }
    List<AttentionShape> shapes = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      shapes.add(new AttentionShape(
          everywhere.heads(), everywhere.kvHeads(), everywhere.headSize(), everywhere.scale(), everywhere.cap(),
          isWindowed.test(layer) ? window : 0, everywhere.causal()));
    }
    return shapes;
  }
}
