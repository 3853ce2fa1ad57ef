package llm265.runtime.training;

import llm265.runtime.exchange.ParameterLayout;

/** A language model of stages, with its gradient. The caller keeps the weights. Used by one thread at a time. */
public interface TrainableModel extends AutoCloseable {
  /** Where each parameter is among the weights. */
  ParameterLayout layout();

  /** Weights to begin with, laid out so. */
  float[] initialWeights(long seed);

  /** Boundaries between stages. */
  int boundaries();

  /**
   * The loss, and its gradient.
   *
   * @param windows symbols, each window one longer than the model's context: each symbol but the last predicts the next
   * @param gradient by the weights; overwritten
   * @param boundary what becomes of tensors between stages; the gradient goes back past it as if nothing had been lost
   * @return mean cross-entropy of the predictions in nats
   */
  double gradient(float[] weights, int[][] windows, float[] gradient, StageBoundary boundary);

  /** The loss alone. */
  double loss(float[] weights, int[][] windows, StageBoundary boundary);

  @Override
  void close();
}
