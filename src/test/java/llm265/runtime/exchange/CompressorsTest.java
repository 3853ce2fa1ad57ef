package llm265.runtime.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import llm265.runtime.Decibels;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.message.Segments;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressorsTest {
  private static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Symmetric rounding in groups of 128 with scales of amax / 7.5 and amax / 1.5: known ratios for Gaussian values. */
  @ParameterizedTest
  @CsvSource({"4, 4.125, 19.09", "2, 2.125, 5.19"})
  void roundingHasItsRatio(int bits, double rate, double ratio) {
    float[] values = gaussian(1 << 17, 1);
    float[] sent = values.clone();
    double taken = new RoundingCompressor(Segments.of(values.length), bits, 128).send(sent);
    assertThat(taken / values.length).isEqualTo(rate);
    assertThat(Decibels.of(values, sent)).isCloseTo(ratio, within(0.08));
  }

  /** Rounding with a zero by token: known ratios of groups of 128. */
  @Test
  void roundingLinkHasItsRatio() {
    float[] values = gaussian(1 << 17, 1);
    float[] sent = values.clone();
    assertThat(Links.roundingByToken(8).send(sent, values.length / 128, 128) / (double) values.length).isEqualTo(8.1875);
    assertThat(Decibels.of(values, sent)).isCloseTo(44.54, within(0.1));
    sent = values.clone();
    Links.roundingInGroups(3).send(sent, values.length / 256, 256);
    assertThat(Decibels.of(values, sent)).isCloseTo(13.32, within(0.1));
  }

  @Test
  void signsHaveTheScaleOfTheirTensor() {
    float[] values = {3, -4, 0, 0, 1, 1, -1};
    double bits = new SignCompressor(Segments.of(4, 3)).send(values);
    assertThat(values).containsExactly(2.5f, -2.5f, 2.5f, 2.5f, 1, 1, -1);
    assertThat(bits).isEqualTo(7 + 64);
  }

  @Test
  void topKKeepsTheLargestOfEachTensor() {
    float[] values = {1, -5, 5, 2, 0.5f, 0.25f, -0.125f, 0};
    new LargestCompressor(Segments.of(4, 4), 0.5).send(values);
    assertThat(values).containsExactly(0, -5, 5, 0, 0.5f, 0.25f, 0, 0);
    float[] equals = {1, 1, 1, 1};
    new LargestCompressor(Segments.of(4), 0.5).send(equals);
    assertThat(equals).containsExactly(1, 1, 0, 0);
    assertThat(LargestCompressor.shareOf(0.24)).isCloseTo(0.01, within(0.0005));
  }

  @Test
  void whatIsSentAndTheErrorAreAllThatThereWas() {
    Segments tensors = Segments.of(3000, 1000);
    List<Supplier<Compressor>> all = List.of(
        () -> new CodecCompressor(tensors, 0.5), () -> new SignCompressor(tensors),
        () -> new LargestCompressor(tensors, 0.02), () -> new RoundingCompressor(tensors, 2, 128));
    for (Supplier<Compressor> one : all) {
      ErrorFeedback feedback = new ErrorFeedback(one.get(), 4000);
      double[] sums = new double[4000];
      double[] sent = new double[4000];
      for (int step = 0; step < 20; step++) {
        float[] values = gaussian(4000, step);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += values[i];
        }
        feedback.send(values);
        for (int i = 0; i < sums.length; i++) {
          sent[i] += values[i];
        }
      }
      double[] errors = errors(feedback);
      for (int i = 0; i < sums.length; i++) {
        assertThat(sent[i] + errors[i]).isCloseTo(sums[i], within(2e-4));
      }
    }
  }

  private static double[] errors(ErrorFeedback feedback) {
    PayloadWriter out = new PayloadWriter();
    feedback.write(out);
    PayloadReader in = new PayloadReader(out.toByteArray(), 0, out.length());
    double[] errors = new double[4000];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Float.intBitsToFloat(in.u32("error"));
    }
    return errors;
  }

  @Test
  void differencesComeCloserToWhatStays() {
    float[] values = gaussian(4000, 1);
    DifferenceCompressor compressor = new DifferenceCompressor(new CodecCompressor(Segments.of(4000), 1), 4000);
    float[] sent = values.clone();
    compressor.send(sent);
    double first = Decibels.of(values, sent);
    for (int step = 0; step < 5; step++) {
      sent = values.clone();
      compressor.send(sent);
    }
    assertThat(Decibels.of(values, sent)).isGreaterThan(first + 15);
  }

  @Test
  void powerSgdOfAMatrixOfItsRankIsExact() {
    ParameterLayout layout = new ParameterLayout(List.of(new Parameter("matrix", 20, 30, 0)));
    PowerSgdExchange exchange = new PowerSgdExchange(layout, 2, 3);
    float[] left = gaussian(20 * 3, 1);
    float[] right = gaussian(3 * 30, 2);
    float[] product = new float[600];
    for (int i = 0; i < 600; i++) {
      for (int k = 0; k < 3; k++) {
        product[i] += left[i / 30 * 3 + k] * right[k * 30 + i % 30];
      }
    }
    float[] average = new float[600];
    exchange.average(new float[][] {product.clone(), product.clone()}, average, new TrafficCounter());
    assertThat(Decibels.of(product, average)).isGreaterThan(100);
  }

  @Test
  void scalesThatAllKnowMakeNoiseOfTheirSize() {
    ParameterLayout layout = new ParameterLayout(List.of(new Parameter("matrix", 50, 80, 0)));
    MatrixValues matrices = new MatrixValues(layout);
    Preconditioner preconditioner = new Preconditioner(matrices.segments());
    float[] second = new float[4000];
    Arrays.fill(second, 0, 2000, 1e-4f);
    Arrays.fill(second, 2000, 4000, 1);
    preconditioner.set(matrices, second);
    float[] values = gaussian(4000, 1);
    for (int i = 0; i < 2000; i++) {
      values[i] *= 1e-2f;
    }
    float[] sent = values.clone();
    new PreconditionedCompressor(new CodecCompressor(matrices.segments(), 3), preconditioner).send(sent);
    // A tenth of the tensor's root mean square is added, so small values have little noise, but more than their share.
    assertThat(Decibels.of(Arrays.copyOf(values, 2000), Arrays.copyOf(sent, 2000))).isBetween(0.0, 14.0);
    assertThat(Decibels.of(Arrays.copyOfRange(values, 2000, 4000), Arrays.copyOfRange(sent, 2000, 4000))).isGreaterThan(15);
  }
}
