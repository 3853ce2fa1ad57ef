package llm265.runtime.transform;

import java.util.ArrayList;
import java.util.List;

/** Keys and values of a model that a profile is learnt from: their moments, and weights of their errors. One thread at a time. */
public final class KvSamples {
  private final KvGeometry geometry;
  private final ChannelTransform rotation;
  private final List<ChannelMoments> moments = new ArrayList<>();
  private final double[][] weights;

  public KvSamples(KvGeometry geometry) {
    this.geometry = geometry;
    rotation = geometry.unrotated(new IdentityTransform(geometry.channels()));
    int cells = geometry.layers() * KvPart.values().length * geometry.groups();
    for (int i = 0; i < cells; i++) {
      moments.add(new ChannelMoments(geometry.channels()));
    }
    weights = new double[cells][];
  }

  public KvGeometry geometry() {
    return geometry;
  }

  /** Number of the moments of a layer's part and group. */
  private int cell(int layer, KvPart part, int group) {
    return (layer * KvPart.values().length + part.ordinal()) * geometry.groups() + group;
  }

  /**
   * Takes keys or values of successive tokens.
   *
   * @param rows {@code tokens x (heads * head size)} finite floats; keys are those after their rotary embedding
   * @param firstPosition position of the first token
   */
  public void add(int layer, KvPart part, float[] rows, int tokens, long firstPosition) {
    int width = geometry.heads() * geometry.headSize();
    int channels = geometry.channels();
    float[] own = new float[tokens * channels];
    for (int group = 0; group < geometry.groups(); group++) {
      for (int token = 0; token < tokens; token++) {
        System.arraycopy(rows, token * width + group * channels, own, token * channels, channels);
      }
      if (part == KvPart.KEYS) {
        rotation.forward(own, 0, tokens, firstPosition);
      }
      moments.get(cell(layer, part, group)).add(own, 0, tokens);
    }
  }

  /**
   * Says what errors of a group's channels count: {@code e^T W e}. Of keys these are the channels before rotary embedding.
   *
   * @param matrix W, {@code channels x channels}, symmetric, positive semidefinite and not 0; not copied
   */
  public void weigh(int layer, KvPart part, int group, double[] matrix) {
    if (matrix.length != geometry.channels() * geometry.channels()) {
      throw new IllegalArgumentException(matrix.length + " weights for " + geometry.channels() + " channels");
    }
    weights[cell(layer, part, group)] = matrix;
  }

  /** Number of tokens of a layer so far. */
  public long tokens() {
    return (long) moments.getFirst().tokens();
  }

  /**
   * The profile that samples lead to. Its coefficients are in units of the root mean square deviation of the channels of all
   * groups of a part and layer: errors count in relation to it, and one step does for all.
   *
   * @param model name of the model
   * @param power of the weights, 0 (all errors count alike) to 1 (as the weights say)
   * @throws IllegalStateException if there are no tokens of some layer
   */
  public KvProfile learn(String model, double power) {
    List<PrincipalAxes> axes = new ArrayList<>();
    for (int layer = 0; layer < geometry.layers(); layer++) {
      for (KvPart part : KvPart.values()) {
        double variance = variance(layer, part);
        double scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
        for (int group = 0; group < geometry.groups(); group++) {
          int cell = cell(layer, part, group);
          axes.add(PrincipalAxes.of(moments.get(cell), weights[cell], power, scale));
        }
      }
    }
    return new KvProfile(geometry, model, tokens(), axes);
  }

  /** The mean variance of the channels of all groups. */
  private double variance(int layer, KvPart part) {
    double sum = 0;
    for (int group = 0; group < geometry.groups(); group++) {
      sum += moments.get(cell(layer, part, group)).variance();
    }
    return sum / geometry.groups();
  }
}
