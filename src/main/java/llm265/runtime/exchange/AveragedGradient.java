package llm265.runtime.exchange;

/** An optimizer that tells with which average of the gradients it made its last step, for who measures its error. */
public interface AveragedGradient {
  /** The average that all workers have used, before it is clipped; the optimizer may overwrite it in the next step. */
  float[] average();
}
