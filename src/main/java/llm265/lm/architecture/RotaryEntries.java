package llm265.lm.architecture;

import java.util.Optional;
import llm265.lm.layer.RotaryEmbedding;
import llm265.lm.weights.ModelConfig;

/**
 * The rotary embedding that a configuration describes: {@code rope_theta} with {@code rope_scaling}, or both in {@code
 * rope_parameters}. Frequencies are {@code theta^(-2i / n)}, scaled by the rules of the types {@code linear} and {@code llama3}.
 */
final class RotaryEntries {
  private RotaryEntries() {}

  /**
   * Reads the entries.
   *
   * @param headSize number of elements of a head
   * @param fraction of them that take part, where the configuration gives none
   * @param thetaEntry name of the entry of theta outside of {@code rope_parameters}
   * @param fractionEntry likewise, of the fraction
   */
  static RotaryEmbedding of(ModelConfig config, int headSize, double fraction, String thetaEntry, String fractionEntry) {
    Optional<ModelConfig> parameters = config.object("rope_parameters");
    ModelConfig outer = parameters.orElse(config);
    double theta = outer.positive(parameters.isPresent() ? "rope_theta" : thetaEntry, 10_000);
    String entry = parameters.isPresent() ? "partial_rotary_factor" : fractionEntry;
    int rotated = (int) (headSize * outer.positive(entry, config.positive(fractionEntry, fraction)));
    if (rotated < 2 || rotated > headSize || rotated % 2 != 0) {
      throw config.fault("a rotary embedding of " + rotated + " elements does not fit a head of " + headSize);
    }
    float[] frequencies = new float[rotated / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (1 / StrictMath.pow(theta, 2.0 * i / rotated));
    }
    parameters.or(() -> config.object("rope_scaling")).ifPresent(scaling -> scale(scaling, frequencies));
    return new RotaryEmbedding(frequencies);
  }

  private static void scale(ModelConfig scaling, float[] frequencies) {
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    switch (type) {
      case "default" -> { }
      case "linear" -> {
        double factor = scaling.positive("factor", 1);
        for (int i = 0; i < frequencies.length; i++) {
          frequencies[i] = (float) (frequencies[i] / factor);
        }
      }
      case "llama3" -> {
        double factor = scaling.positive("factor", 8);
        double low = scaling.positive("low_freq_factor", 1);
        double high = scaling.positive("high_freq_factor", 4);
        double length = scaling.size("original_max_position_embeddings");
        for (int i = 0; i < frequencies.length; i++) {
          frequencies[i] = (float) llama3(frequencies[i], factor, low, high, length);
        }
      }
      default -> throw scaling.fault("rope_scaling of type " + type + " is not supported; supported are linear, llama3");
    }
  }

  /** Short waves stay, long ones are divided, those between are mixed. */
  private static double llama3(double frequency, double factor, double low, double high, double length) {
    double waves = length * frequency / (2 * Math.PI);
    if (waves < low) {
      return frequency / factor;
    }
    if (waves > high) {
      return frequency;
    }
    double smooth = (waves - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  }
}
