package llm265.runtime.exchange;

import llm265.runtime.message.CodecState;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** The two moments of Adam, the same on all workers. */
final class AdamMoments {
  final AdamSettings settings;
  final float[] first;
  final float[] second;
  private int steps;
  private double secondShare;

  AdamMoments(AdamSettings settings, int values) {
    this.settings = settings;
    first = new float[values];
    second = new float[values];
  }

  int steps() {
    return steps;
  }

  /** Takes an average gradient into both moments; clips it first. */
  void learn(float[] average) {
    clip(average);
    learnFirst(average);
    learnSecond(average, settings.beta2());
  }

  /** Shortens a gradient to the greatest norm. */
  void clip(float[] average) {
    double squares = 0;
    for (float value : average) {
      squares += (double) value * value;
    }
    double norm = Math.sqrt(squares);
    if (norm > settings.clip()) {
      float factor = (float) (settings.clip() / norm);
      for (int i = 0; i < average.length; i++) {
        average[i] *= factor;
      }
    }
  }

  void learnFirst(float[] average) {
    float kept = (float) settings.beta1();
    for (int i = 0; i < first.length; i++) {
      first[i] = kept * first[i] + (1 - kept) * average[i];
    }
    steps++;
  }

  /** Sets the first moment to one that was exchanged. */
  void setFirst(float[] momentum) {
    System.arraycopy(momentum, 0, first, 0, first.length);
    steps++;
  }

  void learnSecond(float[] average, double beta2) {
    float kept = (float) beta2;
    for (int i = 0; i < second.length; i++) {
      second[i] = kept * second[i] + (1 - kept) * average[i] * average[i];
    }
    secondShare = beta2 * secondShare + 1 - beta2;
  }

  /** Takes a step with the moments as they are. */
  void update(float[] weights, double learningRate) {
    boolean corrects = settings.biasCorrection();
    double firstShare = corrects ? 1 - StrictMath.pow(settings.beta1(), steps) : 1;
    double allSecond = corrects ? secondShare : 1;
    double decay = learningRate * settings.weightDecay();
    for (int i = 0; i < weights.length; i++) {
      double step = first[i] / firstShare / (Math.sqrt(second[i] / allSecond) + settings.epsilon());
      weights[i] -= (float) (learningRate * step + decay * weights[i]);
    }
  }

  void write(PayloadWriter out) {
    out.u32(steps);
    CodecState.write(secondShare, out);
    CodecState.write(first, out);
    CodecState.write(second, out);
  }

  void read(PayloadReader in) {
    steps = in.u32("steps");
    secondShare = CodecState.readDouble(in);
    CodecState.read(first, in);
    CodecState.read(second, in);
  }
}
