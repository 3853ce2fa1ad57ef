package llm265.runtime.exchange;

import java.util.List;

/** Adam on an average of gradients: exchanged raw for some first steps, then in another way. */
final class ExchangedAdam implements DistributedOptimizer, AveragedGradient {
  private final GradientExchange warmup;
  private final GradientExchange exchange;
  private final int warmupSteps;
  private final MatrixValues matrices;
  private final Preconditioner preconditioner;
  private final AdamMoments moments;
  private final TrafficCounter counter = new TrafficCounter();
  private final float[] average;
  private final float[] clipped;
  private final OptimizerState saved;

  /**
   * @param warmup of the first steps; null if there are none
   * @param preconditioner that the exchange's compressors have; null for none
   */
  ExchangedAdam(
      String name, ParameterLayout layout, AdamSettings settings, GradientExchange warmup, int warmupSteps,
      GradientExchange exchange, Preconditioner preconditioner) {
    this.warmup = warmup;
    this.warmupSteps = warmup == null ? 0 : warmupSteps;
    this.exchange = exchange;
    this.preconditioner = preconditioner;
    matrices = new MatrixValues(layout);
    moments = new AdamMoments(settings, layout.values());
    average = new float[layout.values()];
    clipped = new float[average.length];
    saved = new OptimizerState(
        name, average.length, counter, moments, warmup == null ? List.of(exchange) : List.of(warmup, exchange));
  }

  @Override
  public void step(float[][] gradients, float[] weights, double learningRate) {
    if (preconditioner != null) {
      preconditioner.set(matrices, moments.second);
    }
    GradientExchange now = moments.steps() < warmupSteps ? warmup : exchange;
    now.average(gradients, average, counter);
    counter.step(average.length);
    System.arraycopy(average, 0, clipped, 0, average.length);
    moments.learn(clipped);
    moments.update(weights, learningRate);
  }

  @Override
  public float[] average() {
    return average;
  }

  @Override
  public Traffic traffic() {
    return counter.traffic();
  }

  @Override
  public byte[] state() {
    return saved.write();
  }

  @Override
  public void restore(byte[] state) {
    saved.read(state);
  }
}
