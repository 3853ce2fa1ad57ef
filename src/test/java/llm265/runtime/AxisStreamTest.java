package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import llm265.runtime.ActivationCodec.RowScales;
import llm265.runtime.ActivationCodec.Settings;
import org.junit.jupiter.api.Test;

/** Activations on axes that both ends learn. */
class AxisStreamTest {
  private static final int ROWS = 192;
  private static final int COLUMNS = 48;
  private static final int SOURCES = 6;

  /** Tensors of a stream whose channels are mixtures of few sources, around a mean, with a little noise. */
  private static final class Mixtures {
    private final Random random;
    private final int columns;
    private final float[] mixture;
    private final float[] means;

    Mixtures(long seed, int columns) {
      random = new Random(seed);
      this.columns = columns;
      mixture = gaussian(SOURCES * columns);
      means = gaussian(columns);
    }

    private float[] gaussian(int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    float[] next() {
      float[] values = new float[ROWS * columns];
      for (int row = 0; row < ROWS; row++) {
        float[] sources = gaussian(SOURCES);
        for (int c = 0; c < columns; c++) {
          double sum = 3 * means[c] + 0.03 * random.nextGaussian();
          for (int k = 0; k < SOURCES; k++) {
            sum += sources[k] * mixture[k * columns + c];
          }
          values[row * columns + c] = (float) sum;
        }
      }
      return values;
    }
  }

  private static ActivationCodec codec(double bits) {
    return new ActivationCodec(Settings.forward(bits), ROWS, COLUMNS);
  }

  @Test
  void whatChannelsHaveInCommonTakesNoBits() {
    Mixtures mixtures = new Mixtures(1, COLUMNS);
    ActivationCodec sender = codec(2);
    ActivationCodec receiver = codec(2);
    ActivationCodec alone = new ActivationCodec(Settings.alone(2), ROWS, COLUMNS);
    long bytes = 0;
    double worst = Double.POSITIVE_INFINITY;
    double best = Double.NEGATIVE_INFINITY;
    int messages = 20;
    for (int i = 0; i < messages; i++) {
      float[] values = mixtures.next();
      float[] decoded = new float[values.length];
      float[] received = new float[values.length];
      byte[] message = sender.encode(values, decoded);
      receiver.decode(message, received);
      assertThat(received).isEqualTo(decoded);
      bytes += message.length;
      if (i > 0) {
        worst = Math.min(worst, Decibels.of(values, decoded));
        alone.encode(values, decoded);
        best = Math.max(best, Decibels.of(values, decoded));
      }
    }
    assertThat(8.0 * bytes / messages / ROWS / COLUMNS).isBetween(1.97, 2.03);
    assertThat(worst).isGreaterThan(best + 15);
  }

  @Test
  void groupsOfManyChannelsAreLearnedAlike() {
    int columns = 600;
    Mixtures mixtures = new Mixtures(2, columns);
    ActivationCodec sender = new ActivationCodec(Settings.forward(1), ROWS, columns);
    ActivationCodec receiver = new ActivationCodec(Settings.forward(3), ROWS, columns);
    float[] decoded = new float[ROWS * columns];
    float[] received = new float[ROWS * columns];
    for (int i = 0; i < 4; i++) {
      float[] values = mixtures.next();
      receiver.decode(sender.encode(values, decoded), received);
      assertThat(received).isEqualTo(decoded);
      assertThat(Decibels.of(values, decoded)).isGreaterThan(i == 3 ? 20 : 5);
    }
  }

  @Test
  void messagesAreReadInTheirOrder() {
    Mixtures mixtures = new Mixtures(3, COLUMNS);
    ActivationCodec sender = codec(2);
    byte[][] messages = new byte[4][];
    float[] last = new float[ROWS * COLUMNS];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = sender.encode(mixtures.next(), last);
    }
    ActivationCodec receiver = codec(2);
    float[] values = new float[last.length];
    receiver.decode(messages[0], values);
    assertThatThrownBy(() -> receiver.decode(messages[2], values))
        .isInstanceOf(MalformedStreamException.class).hasMessageContaining("is 2, but 1 is next");
    byte[] stranger = codec(2).encode(mixtures.next());
    ActivationCodec other = codec(2);
    other.decode(stranger, values);
    assertThatThrownBy(() -> other.decode(messages[1], values))
        .isInstanceOf(MalformedStreamException.class).hasMessageContaining("message_source");
    // What was refused has changed nothing, and the first message begins anew.
    receiver.decode(messages[1], values);
    receiver.decode(messages[2], values);
    receiver.decode(messages[0], values);
    for (int i = 1; i < messages.length; i++) {
      receiver.decode(messages[i], values);
    }
    assertThat(values).isEqualTo(last);
  }

  @Test
  void everyDamagedByteIsFound() {
    Mixtures mixtures = new Mixtures(4, COLUMNS);
    ActivationCodec sender = codec(1);
    ActivationCodec receiver = codec(1);
    float[] values = new float[ROWS * COLUMNS];
    receiver.decode(sender.encode(mixtures.next()), values);
    byte[] message = sender.encode(mixtures.next());
    for (int i = 0; i < message.length; i++) {
      byte[] damaged = message.clone();
      damaged[i] ^= (byte) (1 << (i & 7));
      assertThatThrownBy(() -> receiver.decode(damaged, values)).as("byte %d", i).isInstanceOf(MalformedStreamException.class);
      byte[] cut = Arrays.copyOf(message, i);
      assertThatThrownBy(() -> receiver.decode(cut, values)).as("%d bytes", i).isInstanceOf(MalformedStreamException.class);
    }
    receiver.decode(message, values);
  }

  @Test
  void bothEndsGoOnFromTheirStates() {
    Mixtures mixtures = new Mixtures(5, COLUMNS);
    ActivationCodec sender = codec(2);
    ActivationCodec receiver = codec(2);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < 5; i++) {
      receiver.decode(sender.encode(mixtures.next()), values);
    }
    ActivationCodec resumedSender = codec(2);
    resumedSender.restore(sender.state());
    ActivationCodec resumedReceiver = codec(2);
    resumedReceiver.restore(receiver.state());
    for (int i = 0; i < 10; i++) {
      float[] tensor = mixtures.next();
      byte[] message = sender.encode(tensor);
      assertThat(resumedSender.encode(tensor)).isEqualTo(message);
      receiver.decode(message, values);
      float[] resumed = new float[values.length];
      resumedReceiver.decode(message, resumed);
      assertThat(resumed).isEqualTo(values);
    }
    assertThatThrownBy(() -> new ActivationCodec(Settings.alone(2), ROWS, COLUMNS).restore(sender.state()))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("other settings");
  }

  @Test
  void refusesWhatCannotBe() {
    ActivationCodec sender = codec(2);
    float[] first = new Mixtures(6, COLUMNS).next();
    float[] bad = first.clone();
    bad[7] = Float.NaN;
    byte[] expected = codec(2).encode(first);
    assertThatThrownBy(() -> sender.encode(bad)).isInstanceOf(IllegalArgumentException.class);
    assertThat(sender.encode(first)).isEqualTo(expected);
    float[] zeros = new float[first.length];
    float[] decoded = first.clone();
    assertThat(sender.encode(zeros, decoded)).hasSizeLessThan(100);
    assertThat(decoded).isEqualTo(zeros);
    assertThatThrownBy(() -> new Settings(2, 0, RowScales.ALWAYS, 0, 4, true)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }
}
