package llm265.runtime.exchange;

/**
 * Optimizer and exchange of all workers, simulated in one process: each worker's gradient in, the update that all of them make
 * out. A worker's share of it uses only what that worker has or was sent. Used by one thread at a time.
 */
public interface DistributedOptimizer {
  /**
   * Makes a step.
   *
   * @param gradients by worker, each laid out as the parameters are; may be overwritten
   * @param weights of the model, the same on all workers; updated
   * @param learningRate of this step
   */
  void step(float[][] gradients, float[] weights, double learningRate);

  /** What has been sent up to now. */
  Traffic traffic();

  /** All that later steps depend on, to go on from in {@link #restore}. */
  byte[] state();

  /**
   * Goes on from a state.
   *
   * @throws IllegalArgumentException if it is not one of this optimizer with these parameters
   */
  void restore(byte[] state);
}
