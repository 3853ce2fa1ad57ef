package llm265.runtime.exchange;

import llm265.runtime.message.CodecState;

/**
 * EF21 (2106.05203) on momentum: a worker sends how far its momentum m_i is from what the others know of it. All have the mean of
 * what is known as their momentum m; Adam's second moment comes of the gradients (m_t - b1 m_(t-1)) / (1 - b1).
 */
final class MomentumDifference implements DistributedOptimizer {
  private static final String NAME = "momentum difference";

  private final CompressedExchange exchange;
  private final AdamMoments moments;
  private final TrafficCounter counter = new TrafficCounter();
  private final float[][] own;
  private final float[] momentum;

  /** @param exchange whose workers compress differences */
  MomentumDifference(ParameterLayout layout, int workers, AdamSettings settings, CompressedExchange exchange) {
    this.exchange = exchange;
    moments = new AdamMoments(settings, layout.values());
    own = new float[workers][layout.values()];
    momentum = new float[layout.values()];
  }

  @Override
  public void step(float[][] gradients, float[] weights, double learningRate) {
    float kept = (float) moments.settings.beta1();
    for (int worker = 0; worker < own.length; worker++) {
      for (int i = 0; i < momentum.length; i++) {
        own[worker][i] = kept * own[worker][i] + (1 - kept) * gradients[worker][i];
      }
      System.arraycopy(own[worker], 0, gradients[worker], 0, momentum.length);
    }
    exchange.average(gradients, momentum, counter);
    counter.step(momentum.length);
    float[] gradient = gradients[0];
    for (int i = 0; i < momentum.length; i++) {
      gradient[i] = (momentum[i] - kept * moments.first[i]) / (1 - kept);
    }
    moments.clip(gradient);
    moments.learnSecond(gradient, moments.settings.beta2());
    moments.setFirst(momentum);
    moments.update(weights, learningRate);
  }

  @Override
  public Traffic traffic() {
    return counter.traffic();
  }

  @Override
  public byte[] state() {
    return CodecState.write(NAME, momentum.length, out -> {
      counter.write(out);
      moments.write(out);
      exchange.write(out);
      for (float[] one : own) {
        CodecState.write(one, out);
      }
    });
  }

  @Override
  public void restore(byte[] state) {
    CodecState.read(state, NAME, momentum.length, in -> {
      counter.read(in);
      moments.read(in);
      exchange.read(in);
      for (float[] one : own) {
        CodecState.read(one, in);
      }
    });
  }
}
