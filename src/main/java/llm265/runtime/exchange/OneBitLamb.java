package llm265.runtime.exchange;

import java.util.Arrays;
import java.util.List;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.message.CodecState;

/**
 * 1-bit LAMB (2104.06069). For some first steps LAMB: each tensor's update u = m / (sqrt(v) + eps) + wd w is multiplied by
 * clip(||w|| / ||u||), whose moving average is kept. Then v is frozen, momentum is exchanged by its signs with one scale for all
 * tensors, each multiplied by a factor that makes them alike; and the kept ratio is multiplied by f, how much smaller a second
 * moment of the gradients that momentum tells of has become.
 */
final class OneBitLamb implements DistributedOptimizer {
  private static final String NAME = "1-bit LAMB";
  private static final double LEAST_RATIO = 0.01;
  private static final double GREATEST_RATIO = 0.3;
  private static final double KEPT_RATIO = 0.9;
  private static final double LEAST_FACTOR = 0.5;
  private static final double GREATEST_FACTOR = 4;
  private static final double FACTOR_CHANGE = 0.1;

  private final List<Parameter> parameters;
  private final GradientExchange warmup;
  private final GradientExchange exchange;
  private final int warmupSteps;
  private final AdamMoments moments;
  private final float[] fresh;
  private final float[] average;
  private final float[] update;
  private final double[] ratios;
  private final double[] factors;
  private final double[] alike;
  private final TrafficCounter counter = new TrafficCounter();

  OneBitLamb(
      ParameterLayout layout, AdamSettings settings, GradientExchange warmup, int warmupSteps, GradientExchange exchange) {
    parameters = layout.parameters();
    this.warmup = warmup;
    this.warmupSteps = warmupSteps;
    this.exchange = exchange;
    moments = new AdamMoments(settings, layout.values());
    fresh = new float[layout.values()];
    average = new float[layout.values()];
    update = new float[layout.values()];
    ratios = new double[parameters.size()];
    factors = new double[parameters.size()];
    alike = new double[parameters.size()];
    Arrays.fill(factors, 1);
  }

  @Override
  public void step(float[][] gradients, float[] weights, double learningRate) {
    counter.step(average.length);
    boolean warm = moments.steps() < warmupSteps;
    if (warm) {
      warmup.average(gradients, average, counter);
      moments.learn(average);
      System.arraycopy(moments.second, 0, fresh, 0, fresh.length);
      if (moments.steps() == warmupSteps) {
        makeAlike();
      }
    } else {
      exchangeMomentum(gradients);
    }
    for (int i = 0; i < parameters.size(); i++) {
      update(i, parameters.get(i), weights, learningRate, warm);
    }
  }

  /** Factors that give the momentum of all tensors one root mean square. */
  private void makeAlike() {
    double sum = 0;
    double[] sizes = new double[parameters.size()];
    for (int i = 0; i < sizes.length; i++) {
      Parameter parameter = parameters.get(i);
      sizes[i] = norm(moments.first, parameter) / Math.sqrt(parameter.values());
      sum += sizes[i] / sizes.length;
    }
    for (int i = 0; i < sizes.length; i++) {
      alike[i] = sizes[i] > 0 ? sum / sizes[i] : 1;
    }
  }

  private void exchangeMomentum(float[][] gradients) {
    float kept = (float) moments.settings.beta1();
    for (float[] gradient : gradients) {
      for (int p = 0; p < alike.length; p++) {
        Parameter parameter = parameters.get(p);
        float factor = (float) alike[p];
        for (int i = parameter.offset(); i < parameter.offset() + parameter.values(); i++) {
          gradient[i] = factor * (kept * moments.first[i] + (1 - kept) * gradient[i]);
        }
      }
    }
    exchange.average(gradients, average, counter);
    float[] gradient = gradients[0];
    for (int p = 0; p < alike.length; p++) {
      Parameter parameter = parameters.get(p);
      float factor = (float) alike[p];
      for (int i = parameter.offset(); i < parameter.offset() + parameter.values(); i++) {
        average[i] = moments.second[i] == 0 ? 0 : average[i] / factor;
        gradient[i] = (average[i] - kept * moments.first[i]) / (1 - kept);
      }
    }
    moments.setFirst(average);
    float secondKept = (float) moments.settings.beta2();
    for (int i = 0; i < fresh.length; i++) {
      fresh[i] = secondKept * fresh[i] + (1 - secondKept) * gradient[i] * gradient[i];
    }
  }

  private void update(int index, Parameter parameter, float[] weights, double learningRate, boolean warm) {
    AdamSettings settings = moments.settings;
    int from = parameter.offset();
    int to = from + parameter.values();
    double largest = 0;
    for (int i = from; i < to; i++) {
      double root = Math.sqrt(moments.second[i]) + settings.epsilon();
      update[i] = (float) (moments.first[i] / root);
      largest = Math.max(largest, root / (Math.sqrt(fresh[i]) + settings.epsilon()));
    }
    double plain = norm(update, parameter);
    for (int i = from; i < to; i++) {
      update[i] += (float) (settings.weightDecay() * weights[i]);
    }
    double whole = norm(update, parameter);
    double ratio;
    if (warm) {
      double size = norm(weights, parameter);
      ratio = size > 0 && whole > 0 ? Math.clamp(size / whole, LEAST_RATIO, GREATEST_RATIO) : 1;
      ratios[index] = ratios[index] == 0 ? ratio : KEPT_RATIO * ratios[index] + (1 - KEPT_RATIO) * ratio;
    } else {
      double share = settings.weightDecay() > 0 && whole > 0 ? Math.min(1, plain / whole) : 1;
      double factor = Math.clamp(share * largest + 1 - share, LEAST_FACTOR, GREATEST_FACTOR);
      double before = factors[index];
      factors[index] = Math.clamp(factor, before * (1 - FACTOR_CHANGE), before * (1 + FACTOR_CHANGE));
      ratio = ratios[index] * factors[index];
    }
    for (int i = from; i < to; i++) {
      weights[i] -= (float) (learningRate * ratio * update[i]);
    }
  }

  private static double norm(float[] values, Parameter parameter) {
    double squares = 0;
    for (int i = parameter.offset(); i < parameter.offset() + parameter.values(); i++) {
      squares += (double) values[i] * values[i];
    }
    return Math.sqrt(squares);
  }

  @Override
  public Traffic traffic() {
    return counter.traffic();
  }

  @Override
  public byte[] state() {
    return CodecState.write(NAME, average.length, out -> {
      counter.write(out);
      moments.write(out);
      CodecState.write(fresh, out);
      for (double[] all : new double[][] {ratios, factors, alike}) {
        for (double one : all) {
          CodecState.write(one, out);
        }
      }
      warmup.write(out);
      exchange.write(out);
    });
  }

  @Override
  public void restore(byte[] state) {
    CodecState.read(state, NAME, average.length, in -> {
      counter.read(in);
      moments.read(in);
      CodecState.read(fresh, in);
      for (double[] all : new double[][] {ratios, factors, alike}) {
        for (int i = 0; i < all.length; i++) {
          all[i] = CodecState.readDouble(in);
        }
      }
      warmup.read(in);
      exchange.read(in);
    });
  }
}
