package llm265.runtime.exchange;

import java.util.Arrays;
import java.util.function.Supplier;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Each worker sends its compressed gradient to a server, which sends the compressed average back: so all workers have the same.
 * Vectors go as bfloat16 both ways.
 */
final class CompressedExchange implements GradientExchange {
  private final MatrixValues matrices;
  private final Compressor[] up;
  private final Compressor down;
  /** Null for none. */
  private final SharedAxes axes;
  private final float[] sent;
  private final float[] mean;

  /**
   * @param up makes each worker's compressor
   * @param down the server's
   */
  CompressedExchange(MatrixValues matrices, int workers, Supplier<Compressor> up, Compressor down) {
    this(matrices, workers, up, down, null);
  }

  /** @param axes on which compressors code, learned from the averages; null for none */
  CompressedExchange(
      MatrixValues matrices, int workers, Supplier<Compressor> up, Compressor down, SharedAxes axes) {
    this.axes = axes;
    this.matrices = matrices;
    this.up = new Compressor[workers];
    for (int i = 0; i < workers; i++) {
      this.up[i] = up.get();
    }
    this.down = down;
    sent = new float[matrices.segments().values()];
    mean = new float[sent.length];
  }

  @Override
  public void average(float[][] gradients, float[] average, TrafficCounter counter) {
    Arrays.fill(mean, 0);
    float share = 1f / gradients.length;
    for (int worker = 0; worker < gradients.length; worker++) {
      matrices.gather(gradients[worker], sent);
      counter.up(up[worker].send(sent) / gradients.length);
      for (int i = 0; i < sent.length; i++) {
        mean[i] += sent[i] * share;
      }
    }
    counter.down(down.send(mean));
    if (axes != null) {
      axes.learn(mean);
    }
    matrices.scatter(mean, average);
    for (Parameter vector : matrices.vectors()) {
      averageRaw(gradients, average, vector, counter);
    }
  }

  /** Averages a parameter that goes as bfloat16 both ways. */
  static void averageRaw(float[][] gradients, float[] average, Parameter parameter, TrafficCounter counter) {
    int from = parameter.offset();
    int to = from + parameter.values();
    Arrays.fill(average, from, to, 0);
    for (float[] gradient : gradients) {
      RawCompressor.round(gradient, from, to);
      for (int i = from; i < to; i++) {
        average[i] += gradient[i] / gradients.length;
      }
    }
    RawCompressor.round(average, from, to);
    counter.up((double) RawCompressor.BITS * parameter.values());
    counter.down((double) RawCompressor.BITS * parameter.values());
  }

  @Override
  public void write(PayloadWriter out) {
    for (Compressor compressor : up) {
      compressor.write(out);
    }
    down.write(out);
    if (axes != null) {
      axes.write(out);
    }
  }

  @Override
  public void read(PayloadReader in) {
    for (Compressor compressor : up) {
      compressor.read(in);
    }
    down.read(in);
    if (axes != null) {
      axes.read(in);
    }
  }
}
