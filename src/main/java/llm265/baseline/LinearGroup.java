package llm265.baseline;

import java.util.List;
import llm265.moments.InputMoments;

/**
 * Linear layers that share one input, such as those for queries, keys and values.
 *
 * @param layers one or more, with equal numbers of inputs
 * @param moments of the input, or null if nothing was calibrated
 * @param inputGain the weights of the norm that makes the input, one for each input, or null. Rotation moves them into the layers
 *     while it works
 * @param foldable whether a scale for each input can be folded into what comes before: into a norm, or into rows of the layer
 *     whose outputs are the inputs, as of up for down, and of v for o if each head has its own v. Rows that are scaled as a
 *     whole are quantized as before
 */
public record LinearGroup(List<Layer> layers, InputMoments moments, float[] inputGain, boolean foldable) {
  /** @throws IllegalArgumentException if sizes do not agree */
  public LinearGroup {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a group of no layers");
    }
    int in = layers.getFirst().in();
    for (Layer layer : layers) {
      requireSize(layer, layer.in(), in, "inputs beside a layer of ");
    }
    if (moments != null) {
      requireSize(layers.getFirst(), in, moments.size(), "inputs, but moments are of ");
    }
    if (inputGain != null) {
      requireSize(layers.getFirst(), in, inputGain.length, "inputs, but gains are for ");
      for (float gain : inputGain) {
        if (!Float.isFinite(gain)) {
          throw new IllegalArgumentException(layers.getFirst().name() + ": an input's gain is " + gain);
        }
      }
    }
  }

  private static void requireSize(Layer layer, int size, int expected, String text) {
    if (size != expected) {
      throw new IllegalArgumentException(layer.name() + ": " + size + " " + text + expected);
    }
  }

  /** Layers of which nothing is known but their weights. */
  public static LinearGroup of(Layer... layers) {
    return new LinearGroup(List.of(layers), null, null, false);
  }

  /** The same layers with moments of their input. */
  public LinearGroup with(InputMoments newMoments) {
    return new LinearGroup(layers, newMoments, inputGain, foldable);
  }

  /** The same layers after a norm with these weights, into which scales can be folded. */
  public LinearGroup afterNorm(float... gain) {
    return new LinearGroup(layers, moments, gain, true);
  }

  /** The same layers, after something into which scales can be folded. */
  public LinearGroup withFoldableScales() {
    return new LinearGroup(layers, moments, inputGain, true);
  }

  /** Number of inputs. */
  public int in() {
    return layers.getFirst().in();
  }

  /** The moments, for a method that cannot do without. */
  InputMoments requireMoments(String method) {
    if (moments == null) {
      throw new IllegalArgumentException(layers.getFirst().name() + ": " + method + " needs moments of the layer's input");
    }
    return moments;
  }
}
