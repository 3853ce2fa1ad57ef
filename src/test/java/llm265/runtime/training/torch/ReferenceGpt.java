package llm265.runtime.training.torch;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.training.GptShape;

/** The loss of a {@link GptShape} by its definition, in binary64. */
final class ReferenceGpt {
  private final GptShape shape;
  private final float[] weights;
  private final Map<String, Parameter> parameters;

  ReferenceGpt(GptShape shape, float[] weights) {
    this.shape = shape;
    this.weights = weights;
    parameters = shape.layout().parameters().stream().collect(Collectors.toMap(Parameter::name, Function.identity()));
  }

  private double[] times(String name, double[] x) {
    Parameter matrix = parameters.get(name);
    double[] y = new double[matrix.rows()];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < x.length; k++) {
        y[i] += weights[matrix.offset() + i * matrix.columns() + k] * x[k];
      }
    }
    return y;
  }

  private double[] norm(String name, double[] x) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * weights[parameters.get(name).offset() + i];
    }
    return y;
  }

  private static void add(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }

  double loss(int[][] windows) {
    return Arrays.stream(windows).mapToDouble(this::loss).average().orElseThrow();
  }

  private double loss(int[] window) {
    double[][] hidden = new double[shape.context()][];
    for (int t = 0; t < hidden.length; t++) {
      hidden[t] = new double[shape.width()];
      for (int i = 0; i < shape.width(); i++) {
        hidden[t][i] = weights[parameters.get("embedding").offset() + window[t] * shape.width() + i]
            + (double) weights[parameters.get("positions").offset() + t * shape.width() + i];
      }
    }
    for (int layer = 0; layer < shape.layers(); layer++) {
      block("blocks." + layer + ".", hidden);
    }
    double loss = 0;
    for (int t = 0; t < hidden.length; t++) {
      double[] logits = times("head", norm("norm", hidden[t]));
      loss -= logits[window[t + 1]] - StrictMath.log(Arrays.stream(logits).map(StrictMath::exp).sum());
    }
    return loss / hidden.length;
  }

  private void block(String name, double[][] hidden) {
    double[][] qkv = new double[hidden.length][];
    for (int t = 0; t < hidden.length; t++) {
      qkv[t] = times(name + "attention.qkv", norm(name + "attention.norm", hidden[t]));
    }
    for (int t = 0; t < hidden.length; t++) {
      add(hidden[t], times(name + "attention.output", attention(qkv, t)));
      double[] up = times(name + "mlp.up", norm(name + "mlp.norm", hidden[t]));
      double[] squared = Arrays.stream(up).map(value -> value > 0 ? value * value : 0).toArray();
      add(hidden[t], times(name + "mlp.down", squared));
    }
  }

  private double[] attention(double[][] qkv, int at) {
    double[] joined = new double[shape.width()];
    int size = shape.width() / shape.heads();
    for (int head = 0; head < shape.heads(); head++) {
      double[] odds = new double[at + 1];
      for (int from = 0; from <= at; from++) {
        double score = 0;
        for (int i = 0; i < size; i++) {
          score += qkv[at][head * size + i] * qkv[from][shape.width() + head * size + i];
        }
        odds[from] = StrictMath.exp(score / Math.sqrt(size));
      }
      double sum = Arrays.stream(odds).sum();
      for (int from = 0; from <= at; from++) {
        for (int i = 0; i < size; i++) {
          joined[head * size + i] += odds[from] / sum * qkv[from][2 * shape.width() + head * size + i];
        }
      }
    }
    return joined;
  }
}
