package llm265.fidelity;

import java.util.List;
import java.util.function.Function;
import llm265.lm.LanguageModel;
import llm265.lm.layer.LayerObserver;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * The states of a text's windows on their way through the blocks of a model, so that each block can be quantized once all before
 * it are. Takes a float for each element of the state of each token. Used by one thread at a time.
 */
final class BlockInputs {
  private final LanguageModel model;
  private final List<float[]> states;
  private final Workers workers;

  /** Begins before the first block. */
  BlockInputs(LanguageModel model, TokenWindows text, Workers workers) {
    this.model = model;
    this.workers = workers;
    states = text.windows().stream().map(model::embeddings).toList();
  }

  /** The moments of the inputs in a block, the next one, by group of layers. The states stay before it. */
  Function<String, InputMoments> moments(int block) {
    MomentsCollector collector = new MomentsCollector(group -> true, workers);
    model.observe(collector);
    try {
      states.forEach(state -> model.applyBlock(block, state.clone()));
    } finally {
      model.observe(LayerObserver.NONE);
    }
    return collector::moments;
  }

  /** Takes the states through a block, the next one, as it is now. */
  void pass(int block) {
    states.forEach(state -> model.applyBlock(block, state));
  }
}
