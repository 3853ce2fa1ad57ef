package llm265.runtime.training;

/**
 * How a model is trained: by workers that have the same weights and share out each step's windows.
 *
 * @param steps number of updates
 * @param workers number of workers
 * @param windows windows of text that each worker sees in a step
 * @param context symbols of a window that predict
 * @param learningRate greatest one
 * @param seed of the weights to begin with and of the windows
 */
public record TrainingRecipe(int steps, int workers, int windows, int context, double learningRate, long seed) {
  private static final int WARM_UP = 50;
  private static final double WARM_UP_MOST = 0.25;
  private static final double END = 0.1;

  public TrainingRecipe {
    if (steps < 1 || workers < 1 || windows < 1 || context < 1 || !(learningRate > 0 && learningRate < 1)) {
      throw new IllegalArgumentException("cannot train with " + steps + " steps, " + workers + " workers, " + windows
          + " windows and learning rate " + learningRate);
    }
  }

  /** Learning rate of a step: rises in a line for 50 steps, a quarter of all at most, then falls by a cosine to a tenth. */
  public double learningRate(int step) {
    int warmUp = (int) Math.min(WARM_UP, WARM_UP_MOST * steps);
    if (step < warmUp) {
      return learningRate * (step + 1) / warmUp;
    }
    double share = (step - warmUp) / (double) (steps - warmUp);
    return learningRate * (END + (1 - END) * (1 + StrictMath.cos(StrictMath.PI * share)) / 2);
  }
}
