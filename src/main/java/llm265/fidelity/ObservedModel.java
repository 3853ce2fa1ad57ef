package llm265.fidelity;

import java.util.List;
import java.util.function.Consumer;
import llm265.lm.Encoder;
import llm265.lm.LanguageModel;
import llm265.lm.architecture.Architecture;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;

/**
 * A model of any kind, run for the sake of an observer of its blocks.
 *
 * @param linearLayers those of the blocks, in the order in which they run
 * @param observe takes the observer of all passes that follow
 * @param read has the model read tokens
 */
record ObservedModel(List<LinearLayer> linearLayers, Consumer<LayerObserver> observe, Consumer<int[]> read) {
  /** @throws llm265.checkpoint.file.ModelFormatException if the model is damaged or not supported */
  static ObservedModel load(ModelFolder folder, Workers workers) {
    if (Architecture.of(folder.config()).isCausal()) {
      return of(LanguageModel.load(folder.config(), folder.weights(), workers));
    }
    Encoder encoder = Encoder.load(folder.config(), folder.weights(), workers);
    return new ObservedModel(encoder.linearLayers(), encoder::observe, tokens -> encoder.states(tokens, null));
  }

  static ObservedModel of(LanguageModel model) {
    // Logits of one position only: the head is the larger part of small models.
    return new ObservedModel(model.linearLayers(), model::observe, tokens -> model.next(model.newCache(), tokens));
  }
}
