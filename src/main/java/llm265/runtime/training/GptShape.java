package llm265.runtime.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.runtime.exchange.ParameterLayout;
import llm265.runtime.exchange.ParameterLayout.Parameter;

/**
 * A decoder-only transformer over characters: learned positions, LayerNorm without bias before each part, squared ReLU, a head
 * of its own.
 *
 * @param vocabulary number of symbols
 * @param layers number of blocks
 * @param width channels of a token
 * @param heads of attention; divides the width
 * @param context symbols that it sees
 */
public record GptShape(int vocabulary, int layers, int width, int heads, int context) {
  /** Ratio of the feed-forward part's width to the model's. */
  public static final int EXPANSION = 4;

  /** Parameters of a block, in the order of the layout. */
  public static final int OF_BLOCK = 6;

  private static final double DEVIATION = 0.02;

  public GptShape {
    if (vocabulary < 2 || layers < 1 || heads < 1 || width < 1 || width % heads != 0 || context < 1) {
      throw new IllegalArgumentException("no such transformer: " + vocabulary + " symbols, " + layers + " layers, width " + width
          + ", " + heads + " heads, context " + context);
    }
  }

  /** Embedding, positions, blocks (norm, queries with keys and values, output, norm, up, down), norm, head. */
  public ParameterLayout layout() {
    List<Parameter> all = new ArrayList<>();
    add(all, "embedding", vocabulary, width);
    add(all, "positions", context, width);
    for (int layer = 0; layer < layers; layer++) {
      String block = "blocks." + layer + ".";
      add(all, block + "attention.norm", 1, width);
      add(all, block + "attention.qkv", 3 * width, width);
      add(all, block + "attention.output", width, width);
      add(all, block + "mlp.norm", 1, width);
      add(all, block + "mlp.up", EXPANSION * width, width);
      add(all, block + "mlp.down", width, EXPANSION * width);
    }
    add(all, "norm", 1, width);
    add(all, "head", vocabulary, width);
    return new ParameterLayout(all);
  }

  private static void add(List<Parameter> all, String name, int rows, int columns) {
    int offset = all.isEmpty() ? 0 : all.getLast().offset() + all.getLast().values();
    all.add(new Parameter(name, rows, columns, offset));
  }

  /**
   * Weights to begin with, as of GPT-2: norms are 1, the others normal with deviation 0.02, and that of what a block adds
   * divided by the root of the number of such parts.
   */
  public float[] initialWeights(long seed) {
    ParameterLayout layout = layout();
    SplittableRandom random = new SplittableRandom(seed);
    float[] weights = new float[layout.values()];
    for (Parameter parameter : layout.parameters()) {
      boolean adds = parameter.name().endsWith(".output") || parameter.name().endsWith(".down");
      double deviation = adds ? DEVIATION / Math.sqrt(2.0 * layers) : DEVIATION;
      for (int i = 0; i < parameter.values(); i++) {
        weights[parameter.offset() + i] = parameter.isMatrix() ? (float) (deviation * random.nextGaussian()) : 1;
      }
    }
    return weights;
  }
}
