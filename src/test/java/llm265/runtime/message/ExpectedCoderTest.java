package llm265.runtime.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import llm265.runtime.Decibels;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectedCoderTest {
  private static final Segments SEGMENTS = Segments.of(3000, 50, 70_000);
  private static final int STATE_BITS = 4;

  /** Values whose deviations go down by octaves, from the first value of a segment to its last. */
  private static float[] falling(Random random, double octaves) {
    float[] values = new float[SEGMENTS.values()];
    for (int i = 0; i < SEGMENTS.count(); i++) {
      int begin = SEGMENTS.begin(i);
      int count = SEGMENTS.end(i) - begin;
      for (int k = 0; k < count; k++) {
        values[begin + k] = (float) ((i + 1) * random.nextGaussian() * Math.pow(2, -octaves * k / count));
      }
    }
    return values;
  }

  private static Expectation expectation(double octaves) {
    int[] units = new int[SEGMENTS.values()];
    for (int i = 0; i < SEGMENTS.count(); i++) {
      int begin = SEGMENTS.begin(i);
      int count = SEGMENTS.end(i) - begin;
      for (int k = 0; k < count; k++) {
        units[begin + k] = (int) Math.rint(-48 * octaves * k / count);
      }
    }
    return new Expectation(units);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.8, 2.6, 6})
  void holdsTheRateAndDecodesToTheSameBits(double bits) {
    Random random = new Random(1);
    ExpectedCoder coder = new ExpectedCoder(SEGMENTS, bits, STATE_BITS);
    ExpectedDecoder decoder = new ExpectedDecoder(SEGMENTS);
    Expectation expected = expectation(8);
    double sum = 0;
    for (int i = 0; i < 8; i++) {
      float[] values = falling(random, 8);
      float[] decoded = new float[values.length];
      byte[] message = coder.encode(values, 0, expected, decoded, 0);
      float[] received = new float[values.length];
      decoder.decode(message, expected, received, 0);
      assertThat(received).isEqualTo(decoded);
      double taken = 8.0 * message.length / values.length;
      assertThat(taken).isEqualTo(bits, within(0.06 * bits + 0.01));
      sum += taken;
    }
    assertThat(sum / 8).isEqualTo(bits, within(0.015 * bits));
  }

  /** Reverse water-filling: what deviates less than the step takes nothing, and all else one error. */
  @Test
  void isNearShannonsBoundOfValuesThatDeviateUnequally() {
    Random random = new Random(2);
    ExpectedCoder coder = new ExpectedCoder(SEGMENTS, 1.5, STATE_BITS);
    float[] values = falling(random, 8);
    float[] decoded = new float[values.length];
    float[] blind = new float[values.length];
    Expectation expected = expectation(8);
    for (int i = 0; i < 3; i++) {
      coder.encode(values, 0, expected, decoded, 0);
    }
    ExpectedCoder other = new ExpectedCoder(SEGMENTS, 1.5, STATE_BITS);
    other.encode(values, 0, Expectation.none(values.length), blind, 0);
    double level = 1;
    for (double low = 1e-9, high = 1; high / low > 1.001; ) {
      level = Math.sqrt(low * high);
      double bits = 0;
      for (int k = 0; k < 1000; k++) {
        bits += Math.max(0, 0.5 * Math.log(Math.pow(2, -16 * k / 1000.0) / level) / Math.log(2)) / 1000;
      }
      if (bits > 1.5) {
        low = level;
      } else {
        high = level;
      }
    }
    double energy = 0;
    double error = 0;
    for (int k = 0; k < 1000; k++) {
      double variance = Math.pow(2, -16 * k / 1000.0);
      energy += variance;
      error += Math.min(variance, level);
    }
    double bound = 10 * Math.log10(energy / error);
    // A fifth of a bit of the 40 % of the values that are coded.
    assertThat(Decibels.of(values, decoded)).isBetween(bound - 2.0, bound);
    assertThat(Decibels.of(values, blind)).isLessThan(bound - 6);
  }

  @Test
  void worksWhereExpectationsAreWrong() {
    Random random = new Random(3);
    ExpectedCoder coder = new ExpectedCoder(SEGMENTS, 2, STATE_BITS);
    float[] values = falling(random, 0);
    float[] decoded = new float[values.length];
    for (int i = 0; i < 3; i++) {
      coder.encode(values, 0, expectation(12), decoded, 0);
    }
    assertThat(Decibels.of(values, decoded)).isGreaterThan(10.5);
  }

  @Test
  void damageAndOtherExpectationsAreFound() {
    Segments segments = Segments.of(200, 100);
    Random random = new Random(4);
    float[] values = new float[300];
    int[] units = new int[300];
    for (int i = 0; i < 300; i++) {
      values[i] = (float) random.nextGaussian();
      units[i] = -i;
    }
    Expectation expected = new Expectation(units);
    float[] decoded = new float[300];
    byte[] message = new ExpectedCoder(segments, 2, STATE_BITS).encode(values, 0, expected, decoded, 0);
    ExpectedDecoder decoder = new ExpectedDecoder(segments);
    for (int i = 0; i < message.length; i++) {
      byte[] damaged = message.clone();
      damaged[i] ^= (byte) (1 + random.nextInt(255));
      assertThatThrownBy(() -> decoder.decode(damaged, expected, decoded, 0)).isInstanceOf(MalformedStreamException.class);
      byte[] cut = Arrays.copyOf(message, i);
      assertThatThrownBy(() -> decoder.decode(cut, expected, decoded, 0)).isInstanceOf(MalformedStreamException.class);
    }
    assertThatThrownBy(() -> decoder.decode(message, Expectation.none(300), decoded, 0))
        .isInstanceOf(MalformedStreamException.class).hasMessageContaining("expectation");
  }

  @Test
  void zerosAndValuesThatAreNotFinite() {
    ExpectedCoder coder = new ExpectedCoder(SEGMENTS, 1, STATE_BITS);
    float[] zeros = new float[SEGMENTS.values()];
    float[] decoded = falling(new Random(5), 1);
    Expectation expected = expectation(4);
    assertThat(coder.encode(zeros, 0, expected, decoded, 0)).hasSizeLessThan(40);
    assertThat(decoded).isEqualTo(zeros);
    zeros[5] = Float.POSITIVE_INFINITY;
    assertThatThrownBy(() -> coder.encode(zeros, 0, expected, decoded, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void goesOnFromItsState() {
    Random random = new Random(6);
    ExpectedCoder coder = new ExpectedCoder(SEGMENTS, 1, STATE_BITS);
    float[] decoded = new float[SEGMENTS.values()];
    Expectation expected = expectation(6);
    for (int i = 0; i < 3; i++) {
      coder.encode(falling(random, 6), 0, expected, decoded, 0);
    }
    PayloadWriter state = new PayloadWriter();
    coder.writeState(state);
    ExpectedCoder resumed = new ExpectedCoder(SEGMENTS, 1, STATE_BITS);
    resumed.readState(new PayloadReader(state.toByteArray(), 0, state.length()));
    float[] next = falling(random, 6);
    assertThat(resumed.encode(next, 0, expected, decoded, 0)).isEqualTo(coder.encode(next, 0, expected, decoded, 0));
  }
}
