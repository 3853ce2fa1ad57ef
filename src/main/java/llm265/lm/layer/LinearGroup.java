package llm265.lm.layer;

import java.util.List;

/** Linear layers that share one input. */
public final class LinearGroup {
  private final List<Linear> linears;
  private final List<LinearLayer> layers;

  public LinearGroup(List<Linear> linears) {
    this.linears = List.copyOf(linears);
    layers = linears.stream().map(Linear::layer).toList();
  }

  public List<Linear> linears() {
    return linears;
  }

  /**
   * The outputs of each layer.
   *
   * @param x {@code rows x inFeatures}; may be changed if {@code own}
   * @param own whether nobody else needs {@code x}
   */
  public float[][] apply(Pass pass, float[] x, boolean own) {
    float[] input = own || pass.observer() == LayerObserver.NONE ? x : x.clone();
    pass.observer().inputs(layers, input, pass.rows(), layers.getFirst().inFeatures());
    float[][] outputs = new float[linears.size()][];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new float[Math.multiplyExact(pass.rows(), layers.get(i).outFeatures())];
      linears.get(i).apply(input, 0, pass.rows(), outputs[i], pass.workers());
    }
    return outputs;
  }
}
