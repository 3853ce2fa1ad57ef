package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import llm265.fidelity.TokenWindows;
import llm265.lm.LanguageModel;
import llm265.lm.TokenSampler;
import llm265.lm.layer.KvCache;

/**
 * Text that a model writes itself, each token drawn as the model finds it probable, by a fixed seed. Whoever has a model has it,
 * so that something can be learnt of the model where there is no other text.
 */
public final class WrittenWindows {
  private static final long SEED = 1;

  private WrittenWindows() {}

  /**
   * Has a model write.
   *
   * @param begin token that each window begins with
   * @param progress receives numbers of tokens that are done
   */
  public static TokenWindows of(LanguageModel model, int begin, int windows, int length, IntConsumer progress) {
    TokenSampler sampler = new TokenSampler(1, 1, SEED);
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      KvCache cache = model.newCache();
      int[] window = new int[length];
      window[0] = begin;
      for (int t = 1; t < length; t++) {
        window[t] = sampler.next(model.next(cache, window[t - 1]));
        progress.accept(1);
      }
      all.add(window);
    }
    return new TokenWindows(all, 0);
  }
}
