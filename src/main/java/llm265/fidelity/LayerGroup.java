package llm265.fidelity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.lm.LanguageModel;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.LinearLayer;

/**
 * Linear layers of a block that share an input.
 *
 * @param inputGain of the norm that makes the input, null if none does
 * @param foldable whether factors of the input can be moved into what makes it: into a norm; into values, if each head has its
 *     own; into what a gate multiplies
 */
record LayerGroup(List<LinearLayer> layers, float[] inputGain, boolean foldable) {
  /** Groups of a block: to queries, keys and values; from attention; into the feed-forward layer; out of it. */
  static final int IN_BLOCK = 4;

  /** The groups of all blocks, in the order in which they run. */
  static List<LayerGroup> of(LanguageModel model) {
    Map<String, List<LinearLayer>> byInput = new LinkedHashMap<>();
    for (LinearLayer layer : model.linearLayers()) {
      byInput.computeIfAbsent(layer.group(), name -> new ArrayList<>()).add(layer);
    }
    List<LayerGroup> groups = new ArrayList<>();
    byInput.forEach((name, layers) -> {
      float[] gain = model.inputGain(name);
      AttentionShape shape = model.attentionShapes().get(groups.size() / IN_BLOCK);
      boolean foldable = switch (groups.size() % IN_BLOCK) {
        case 1 -> shape.heads() == shape.kvHeads();
        case 3 -> groups.getLast().outFeatures() == 2 * layers.getFirst().inFeatures();
        default -> gain != null;
      };
      groups.add(new LayerGroup(layers, gain, foldable));
    });
    return groups;
  }

  /** Those of the layers that have one of these names. */
  LayerGroup only(Set<String> names) {
    return new LayerGroup(layers.stream().filter(layer -> names.contains(layer.name())).toList(), inputGain, foldable);
  }

  /** The name of the first layer. */
  String name() {
    return layers.getFirst().name();
  }

  private int outFeatures() {
    return layers.stream().mapToInt(LinearLayer::outFeatures).sum();
  }
}
