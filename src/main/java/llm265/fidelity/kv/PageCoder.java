package llm265.fidelity.kv;

import java.util.Arrays;
import llm265.baseline.kv.PageStatistics;
import llm265.runtime.transform.CoefficientModel;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.ChunkKernels;

/**
 * Codes a page as a chunk of trellis-coded coefficients, with one step, and for each coefficient the law of its known deviation.
 * What it gives back has been through the bytes. Used by one thread at a time.
 */
final class PageCoder {
  private static final int LANES = 16;

  private final CoefficientLaws laws;
  private final PageStatistics statistics;

  PageCoder(CoefficientLaws laws, PageStatistics statistics) {
    this.laws = laws;
    this.statistics = statistics;
  }

  /**
   * Replaces the tokens of a page by what a reader gets.
   *
   * @param rows {@code tokens x channels} floats from {@code at} on
   * @param position of the first token
   * @return bytes
   */
  int code(CoefficientModel model, float step, float[] rows, int at, int tokens, int position) {
    int channels = model.transform().channels();
    int count = tokens * channels;
    int steps = Math.ceilDiv(count, LANES);
    long start = System.nanoTime();
    byte[] classes = classes(model, step, count, steps);
    float[] coefficients = Arrays.copyOf(Arrays.copyOfRange(rows, at, at + count), LANES * steps);
    model.transform().forward(coefficients, 0, tokens, position);
    for (int i = 0; i < count; i++) {
      coefficients[i] -= model.means()[i % channels];
    }
    ChunkEncoder encoder = new ChunkEncoder(steps);
    encoder.search(
        coefficients, 0, steps, new ChunkEncoder.Quantizer(0, step, laws.lambda()), laws.trellis(), laws.laws(), classes);
    byte[] bytes = new byte[encoder.mostBytes() + ChunkKernels.SLACK];
    int end = encoder.write(laws.laws(), bytes, 0);
    long middle = System.nanoTime();
    decode(model, step, bytes, end, classes, coefficients);
    model.transform().inverse(coefficients, 0, tokens, position);
    System.arraycopy(coefficients, 0, rows, at, count);
    statistics.add(end, count, middle - start, System.nanoTime() - middle);
    return end;
  }

  private void decode(CoefficientModel model, float step, byte[] bytes, int end, byte[] classes, float[] coefficients) {
    new ChunkDecoder().decode(
        bytes, new int[] {0, end}, 0, 1, coefficients.length / LANES, laws.trellis(), laws.laws(), classes,
        new ChunkDecoder.Dequantizer(step, 0), coefficients, 0);
    int channels = model.means().length;
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = coefficients[i] * laws.gain(classes[i]) + model.means()[i % channels];
    }
  }

  private static byte[] classes(CoefficientModel model, float step, int count, int steps) {
    int channels = model.deviations().length;
    byte[] classes = new byte[LANES * steps];
    for (int i = 0; i < channels; i++) {
      classes[i] = (byte) CoefficientLaws.classOf(model.deviations()[i] / step);
    }
    for (int i = channels; i < count; i++) {
      classes[i] = classes[i - channels];
    }
    return classes;
  }
}
