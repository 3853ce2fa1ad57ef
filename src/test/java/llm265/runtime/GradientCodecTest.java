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

  private static final int[][] SHAPES = {{40, 24}, {1, 30}, {24, 60}};

  /** Gradients as layers have them: few directions of inputs and of outputs have nearly all. */
  private static float[][] layers(Random random) {
    Random mixture = new Random(9);
    float[][] gradients = new float[SHAPES.length][];
    for (int i = 0; i < SHAPES.length; i++) {
      int rows = SHAPES[i][0];
      int columns = SHAPES[i][1];
      gradients[i] = new float[rows * columns];
      for (int rank = 0; rank < 5; rank++) {
        float[] outputs = gaussian(mixture, rows);
        float[] inputs = gaussian(mixture, columns);
        double amount = random.nextGaussian();
        for (int k = 0; k < gradients[i].length; k++) {
          gradients[i][k] += (float) (amount * outputs[k / columns] * inputs[k % columns] + 0.01 * random.nextGaussian());
        }
      }
    }
    return gradients;
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[][] like(float[][] gradients) {
    return Arrays.stream(gradients).map(values -> new float[values.length]).toArray(float[][]::new);
  }

  private static double error(float[][] gradients, float[][] decoded) {
    double errors = 0;
    double squares = 0;
    for (int i = 0; i < gradients.length; i += 2) {
      for (int k = 0; k < gradients[i].length; k++) {
        errors += Math.pow((double) gradients[i][k] - decoded[i][k], 2);
        squares += (double) gradients[i][k] * gradients[i][k];
      }
    }
    return errors / squares;
  }

  @Test
  void learntAxesLoseFarLessAtEqualBits() {
    GradientCodec.Settings settings = GradientCodec.Settings.of(1).withoutFeedback();
    GradientCodec[] workers = {GradientCodec.onAxes(settings, SHAPES), GradientCodec.onAxes(settings, SHAPES)};
    GradientCodec plain = new GradientCodec(settings, 960, 30, 1440);
    Random random = new Random(1);
    double onAxes = 0;
    double without = 0;
    long bytes = 0;
    for (int step = 0; step < 24; step++) {
      float[][] average = null;
      for (int sender = 0; sender < workers.length; sender++) {
        float[][] own = layers(random);
        byte[] message = workers[sender].encode(own);
        bytes += message.length;
        float[][] decoded = like(own);
        float[][] others = like(own);
        workers[sender].decode(message, decoded);
        workers[1 - sender].decode(message, others);
        assertThat(GradientCodec.fingerprint(others)).isEqualTo(GradientCodec.fingerprint(decoded));
        average = average == null ? decoded : average;
        for (int i = 0; i < average.length; i++) {
          for (int k = 0; k < average[i].length; k++) {
            average[i][k] = (average[i][k] + decoded[i][k]) / 2;
          }
        }
        if (step > 8) {
          onAxes += error(own, decoded);
          plain.decode(plain.encode(own), others);
          without += error(own, others);
        }
      }
      for (GradientCodec worker : workers) {
        worker.learn(average);
      }
    }
    assertThat(8.0 * bytes / 48 / 2430).isBetween(0.95, 1.05);
    assertThat(onAxes).isLessThan(without / 20);
  }

  @Test
  void othersThatLearnedElseAreFoundAndStatesGoOn() {
    GradientCodec.Settings settings = GradientCodec.Settings.of(1);
    GradientCodec codec = GradientCodec.onAxes(settings, SHAPES);
    GradientCodec stranger = GradientCodec.onAxes(settings, SHAPES);
    Random random = new Random(2);
    float[][] own = layers(random);
    float[][] decoded = like(own);
    codec.decode(codec.encode(own), decoded);
    codec.learn(decoded);
    byte[] message = codec.encode(layers(random));
    assertThatThrownBy(() -> stranger.decode(message, decoded))
        .isInstanceOf(MalformedStreamException.class).hasMessageContaining("expectation");
    stranger.restore(codec.state());
    float[][] next = layers(random);
    assertThat(stranger.encode(next)).isEqualTo(codec.encode(next));
    float[][] notFinite = like(own);
    notFinite[1][3] = Float.NaN;
    assertThatThrownBy(() -> codec.learn(notFinite)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GradientCodec(settings, 960, 30, 1440).restore(codec.state()))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("other settings");
  }
}
