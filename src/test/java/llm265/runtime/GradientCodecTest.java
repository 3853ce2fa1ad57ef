package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import org.junit.jupiter.api.Test;

class GradientCodecTest {
  private static final int[] SIZES = {1500, 1, 4000};

  private static float[][] gradients(long seed) {
    Random random = new Random(seed);
    float[][] gradients = new float[SIZES.length][];
    for (int i = 0; i < SIZES.length; i++) {
      gradients[i] = new float[SIZES[i]];
      for (int k = 0; k < SIZES[i]; k++) {
        gradients[i][k] = (float) (random.nextGaussian() * Math.pow(1000, i));
      }
    }
    return gradients;
  }

  private static float[][] decode(GradientCodec codec, byte[] message) {
    float[][] decoded = {new float[SIZES[0]], new float[SIZES[1]], new float[SIZES[2]]};
    codec.decode(message, decoded);
    return decoded;
  }

  @Test
  void everyWorkerGetsTheSameAndWhatIsLostComesLater() {
    GradientCodec sender = new GradientCodec(GradientCodec.Settings.of(0.8), SIZES);
    GradientCodec other = new GradientCodec(GradientCodec.Settings.of(3).withoutFeedback(), SIZES);
    double[][] difference = {new double[SIZES[0]], new double[SIZES[1]], new double[SIZES[2]]};
    int bytes = 0;
    for (int step = 0; step < 30; step++) {
      float[][] own = gradients(step);
      byte[] message = sender.encode(own);
      bytes += message.length;
      float[][] decoded = decode(other, message);
      assertThat(GradientCodec.fingerprint(decode(sender, message))).isEqualTo(GradientCodec.fingerprint(decoded));
      for (int i = 0; i < SIZES.length; i++) {
        for (int k = 0; k < SIZES[i]; k++) {
          difference[i][k] += own[i][k] - decoded[i][k];
        }
      }
    }
    assertThat(8.0 * bytes / 30 / 5501).isBetween(0.78, 0.82);
    // The differences are what one step has lost, not the sum over all.
    double squares = Arrays.stream(difference[2]).map(value -> value * value).sum() / SIZES[2];
    assertThat(squares).isLessThan(5e12);
  }

  @Test
  void goesOnFromItsState() {
    GradientCodec codec = new GradientCodec(GradientCodec.Settings.of(0.8), SIZES);
    for (int step = 0; step < 3; step++) {
      codec.encode(gradients(step));
    }
    GradientCodec resumed = new GradientCodec(GradientCodec.Settings.of(0.8), SIZES);
    resumed.restore(codec.state());
    assertThat(resumed.encode(gradients(3))).isEqualTo(codec.encode(gradients(3)));
    byte[] damaged = codec.state();
    damaged[20] ^= 1;
    assertThatThrownBy(() -> codec.restore(damaged)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherTensorsAreRefused() {
    GradientCodec codec = new GradientCodec(GradientCodec.Settings.of(0.8), SIZES);
    assertThatThrownBy(() -> codec.encode(new float[7])).isInstanceOf(IllegalArgumentException.class);
    byte[] message = new GradientCodec(GradientCodec.Settings.of(2), 100).encode(new float[100]);
    assertThatThrownBy(() -> decode(codec, message)).isInstanceOf(MalformedStreamException.class);
  }
}
