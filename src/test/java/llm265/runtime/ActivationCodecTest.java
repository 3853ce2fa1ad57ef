package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import llm265.runtime.ActivationCodec.RowScales;
import llm265.runtime.ActivationCodec.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationCodecTest {
  private static final int ROWS = 200;
  private static final int COLUMNS = 128;

  /** What gradients of activations are like: heavy tails, rows and columns of very different sizes. */
  private static float[] gradient(long seed, double rowSpread) {
    Random random = new Random(seed);
    double[] columnScales = random.doubles(COLUMNS).map(u -> Math.exp(u - 0.5)).toArray();
    float[] values = new float[ROWS * COLUMNS];
    for (int row = 0; row < ROWS; row++) {
      double scale = Math.exp(rowSpread * random.nextGaussian());
      for (int column = 0; column < COLUMNS; column++) {
        double chi = 0;
        for (int i = 0; i < 4; i++) {
          chi += Math.pow(random.nextGaussian(), 2) / 4;
        }
        values[row * COLUMNS + column] = (float) (scale * columnScales[column] * random.nextGaussian() / Math.sqrt(chi));
      }
    }
    return values;
  }

  /** Ratio of signal to noise in decibels that all rows but a hundredth reach. */
  private static double worstRows(float[] values, float[] decoded) {
    double[] ratios = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      double squares = 0;
      double errors = 1e-30;
      for (int i = row * COLUMNS; i < (row + 1) * COLUMNS; i++) {
        squares += (double) values[i] * values[i];
        errors += ((double) values[i] - decoded[i]) * (values[i] - decoded[i]);
      }
      ratios[row] = 10 * Math.log10(squares / errors);
    }
    Arrays.sort(ratios);
    return ratios[ROWS / 100];
  }

  private static double worstRows(Settings settings) {
    float[] values = gradient(1, 1.5);
    float[] decoded = new float[values.length];
    ActivationCodec codec = new ActivationCodec(settings, ROWS, COLUMNS);
    byte[] message = codec.encode(values, decoded);
    assertThat(8.0 * message.length / values.length)
        .isBetween(0.95 * (settings.bitsPerValue() + settings.residualBits()),
            1.05 * (settings.bitsPerValue() + settings.residualBits()));
    float[] received = new float[values.length];
    new ActivationCodec(settings, ROWS, COLUMNS).decode(message, received);
    assertThat(received).isEqualTo(decoded);
    return worstRows(values, decoded);
  }

  @Test
  void rowScalesKeepEveryTokenAndResidualsAddToThem() {
    double scaled = worstRows(Settings.backward(3.5));
    assertThat(scaled).isBetween(18.5, 24.0);
    assertThat(worstRows(Settings.backward(3.5).with(RowScales.NEVER))).isLessThan(5);
    assertThat(worstRows(Settings.backward(3.5).withResidual(3.5))).isGreaterThan(scaled + 18);
    assertThat(worstRows(Settings.backward(7))).isGreaterThan(scaled + 18);
  }

  @Test
  void scalesAreUsedWhereTheyLessenTheError() {
    float[] even = gradient(1, 0);
    float[] decoded = new float[even.length];
    ActivationCodec codec = new ActivationCodec(Settings.alone(3), ROWS, COLUMNS);
    // 32 is the flag of scales, in the byte behind the number of parts.
    assertThat(codec.encode(even, decoded)[1] & 32).isZero();
    assertThat(codec.encode(even, decoded)[1] & 32).isZero();
    assertThat(new ActivationCodec(Settings.backward(3), ROWS, COLUMNS).encode(even)[1] & 32).isNotZero();
  }

  @ParameterizedTest
  @EnumSource(RowScales.class)
  void goesOnFromItsState(RowScales scales) {
    Settings settings = Settings.alone(2).with(scales).withResidual(2).withExactShare(0.001);
    ActivationCodec codec = new ActivationCodec(settings, ROWS, COLUMNS);
    codec.encode(gradient(1, 1));
    codec.encode(gradient(2, 1));
    ActivationCodec resumed = new ActivationCodec(settings, ROWS, COLUMNS);
    resumed.restore(codec.state());
    assertThat(resumed.encode(gradient(3, 1))).isEqualTo(codec.encode(gradient(3, 1)));
    assertThatThrownBy(() -> codec.restore(new byte[50])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void damageIsFound() {
    ActivationCodec codec = new ActivationCodec(Settings.alone(2).withResidual(1), ROWS, COLUMNS);
    byte[] message = codec.encode(gradient(1, 1));
    Random random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < 300; i++) {
      byte[] damaged = Arrays.copyOf(message, i % 3 == 0 ? random.nextInt(message.length) : message.length);
      if (damaged.length == message.length) {
        damaged[random.nextInt(i % 3 == 1 ? 8 : message.length)] ^= (byte) (1 + random.nextInt(255));
      }
      assertThatThrownBy(() -> codec.decode(damaged, values)).isInstanceOf(MalformedStreamException.class);
    }
    assertThatThrownBy(() -> codec.encode(new float[3])).isInstanceOf(IllegalArgumentException.class);
  }
}
