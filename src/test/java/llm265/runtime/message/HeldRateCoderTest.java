package llm265.runtime.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeldRateCoderTest {
  private static float[] gaussian(int count, long seed, double scale) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static float[] laplacian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (Math.log(1 - random.nextDouble()) * (random.nextBoolean() ? 1 : -1) / Math.sqrt(2));
    }
    return values;
  }

  private static byte[] encode(HeldRateCoder coder, float[] values, float[] decoded) {
    return coder.encode(values, 0, decoded, 0);
  }

  private static double squares(float[] values, float[] less) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double error = (double) values[i] - (less == null ? 0 : less[i]);
      sum += error * error;
    }
    return sum;
  }

  /** Bits beyond Shannon's curve of Gaussian values. */
  private static double gap(float[] values, float[] decoded, byte[] message) {
    return 8.0 * message.length / values.length
        + 0.5 * Math.log(squares(values, decoded) / squares(values, null)) / Math.log(2);
  }

  @ParameterizedTest
  @CsvSource({"0.2, 0.07, -0.02", "0.4, 0.11, -0.03", "0.8, 0.13, -0.01", "1.4, 0.11, 0.01", "2.6, 0.09, -0.01",
      "3.5, 0.085, -0.015"})
  void gapsToShannonAreSmall(double bits, double gaussian, double laplacian) {
    int count = 1 << 16;
    HeldRateCoder coder = new HeldRateCoder(Segments.of(count), HeldRateCoder.Settings.of(bits));
    float[] decoded = new float[count];
    float[] values = gaussian(count, 1, 3);
    encode(coder, values, decoded);
    assertThat(gap(values, decoded, encode(coder, values, decoded))).isBetween(0.0, gaussian);
    values = laplacian(count, 1);
    encode(coder, values, decoded);
    // Against the curve of Gaussian values of that deviation, which those of less entropy may beat.
    assertThat(gap(values, decoded, encode(coder, values, decoded))).isLessThan(laplacian);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.8, 2.6, 6})
  void rateIsHeldWhileScalesDrift(double bits) {
    int count = 1 << 13;
    HeldRateCoder coder = new HeldRateCoder(Segments.of(count), HeldRateCoder.Settings.of(bits));
    float[] decoded = new float[count];
    double sum = 0;
    int steps = 40;
    for (int step = 0; step < steps; step++) {
      double scale = Math.pow(2, 0.2 * step + 3 * Math.sin(step));
      double rate = 8.0 * encode(coder, gaussian(count, step, scale), decoded).length / count;
      // Of so few values the rate itself varies by some percent.
      assertThat(rate).isBetween(0.88 * bits, 1.12 * bits);
      sum += rate;
    }
    assertThat(sum / steps).isBetween(0.99 * bits, 1.01 * bits);
  }

  @ParameterizedTest
  @CsvSource({"0.2, 0, false, 0", "0.5, 3, true, 0", "3, 4, true, 0.01", "6, 2, false, 0.001", "8, 4, true, 0",
      "10, 3, false, 0"})
  void decoderHasWhatTheEncoderSays(double bits, int stateBits, boolean scaled, double exactShare) {
    Segments rows = Segments.of(1, 700, 16, 3000, 5);
    HeldRateCoder coder = new HeldRateCoder(rows, new HeldRateCoder.Settings(bits, stateBits, scaled, exactShare));
    MessageDecoder decoder = new MessageDecoder(rows);
    for (int step = 0; step < 3; step++) {
      float[] values = gaussian(rows.values(), step, Math.pow(10, 12 * step - 15));
      Arrays.fill(values, 1, 701, step == 1 ? 0 : 1);
      float[] said = new float[values.length + 3];
      byte[] message = coder.encode(values, 0, said, 3);
      float[] decoded = new float[values.length + 3];
      decoder.decode(message, decoded, 3);
      assertThat(decoded).isEqualTo(said);
      assertThat(squares(values, Arrays.copyOfRange(decoded, 3, decoded.length))).isLessThanOrEqualTo(squares(values, null));
    }
  }

  @Test
  void messagesOfSeveralChunksDecode() {
    int count = 3 * LevelChunks.CHUNK + 77;
    HeldRateCoder coder = new HeldRateCoder(Segments.of(count), HeldRateCoder.Settings.of(2));
    float[] values = gaussian(count, 1, 1);
    float[] said = new float[count];
    byte[] message = encode(coder, values, said);
    float[] decoded = new float[count];
    new MessageDecoder(Segments.of(count)).decode(message, decoded, 0);
    assertThat(decoded).isEqualTo(said);
    assertThat(squares(values, decoded) / count).isLessThan(0.075);
  }

  @Test
  void scalesGiveSmallRowsTheSameRatio() {
    int columns = 256;
    int rows = 64;
    float[] values = gaussian(rows * columns, 1, 1);
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      values[i] *= row == 5 ? 0 : (float) Math.pow(2, row - 40);
    }
    HeldRateCoder coder = new HeldRateCoder(Segments.rows(rows, columns), HeldRateCoder.Settings.of(3.5).withScales());
    float[] decoded = new float[values.length];
    byte[] message = encode(coder, values, decoded);
    assertThat(8.0 * message.length / values.length).isBetween(3.3, 3.7);
    for (int row = 0; row < rows; row++) {
      float[] own = Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
      float[] other = Arrays.copyOfRange(decoded, row * columns, (row + 1) * columns);
      assertThat(squares(own, other)).isLessThanOrEqualTo(0.012 * squares(own, null));
    }
  }

  @Test
  void largestValuesAreExact() {
    float[] values = gaussian(10_000, 1, 1);
    values[17] = 1e3f;
    values[9_999] = -1e2f;
    HeldRateCoder coder = new HeldRateCoder(
        Segments.of(values.length), new HeldRateCoder.Settings(3, 4, false, 0.0002));
    float[] decoded = new float[values.length];
    encode(coder, values, decoded);
    assertThat(decoded[17]).isEqualTo(1e3f);
    assertThat(decoded[9_999]).isEqualTo(-1e2f);
  }

  @Test
  void nothingTakesNextToNothing() {
    HeldRateCoder coder = new HeldRateCoder(Segments.of(1000), HeldRateCoder.Settings.of(2));
    float[] decoded = gaussian(1000, 1, 1);
    assertThat(encode(coder, new float[1000], decoded)).hasSizeLessThan(10);
    assertThat(decoded).isEqualTo(new float[1000]);
  }

  @Test
  void valuesMustBeFinite() {
    HeldRateCoder coder = new HeldRateCoder(Segments.of(16), HeldRateCoder.Settings.of(2));
    float[] values = new float[16];
    values[3] = Float.NaN;
    assertThatThrownBy(() -> encode(coder, values, new float[16])).isInstanceOf(IllegalArgumentException.class);
    values[3] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> encode(coder, values, new float[16])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void goesOnFromItsState() {
    Segments segments = Segments.of(5000);
    HeldRateCoder coder = new HeldRateCoder(segments, HeldRateCoder.Settings.of(0.8));
    float[] decoded = new float[5000];
    for (int step = 0; step < 5; step++) {
      encode(coder, laplacian(5000, step), decoded);
    }
    PayloadWriter state = new PayloadWriter();
    coder.writeState(state);
    HeldRateCoder other = new HeldRateCoder(segments, HeldRateCoder.Settings.of(0.8));
    other.readState(new PayloadReader(state.toByteArray(), 0, state.length()));
    assertThat(encode(other, laplacian(5000, 9), decoded)).isEqualTo(encode(coder, laplacian(5000, 9), decoded));
  }

  @Test
  void damageIsFound() {
    Segments rows = Segments.rows(20, 50);
    HeldRateCoder coder = new HeldRateCoder(rows, new HeldRateCoder.Settings(2, 4, true, 0.01));
    float[] decoded = new float[1000];
    byte[] message = encode(coder, gaussian(1000, 1, 1), decoded);
    Random random = new Random(1);
    MessageDecoder decoder = new MessageDecoder(rows);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = Arrays.copyOf(message, random.nextInt(4) == 0 ? random.nextInt(message.length) : message.length);
      for (int k = random.nextInt(4); k >= 0 && damaged.length > 0; k--) {
        int place = random.nextInt(Math.min(damaged.length, random.nextBoolean() ? 60 : damaged.length));
        damaged[place] ^= (byte) (1 + random.nextInt(255));
      }
      // Half of them with a checksum that fits, so that what comes behind it is reached.
      if (i % 2 == 0 && damaged.length >= 4) {
        PayloadWriter out = new PayloadWriter();
        out.bytes(damaged, 0, damaged.length - 4);
        out.u32(out.crc32c(0));
        damaged = out.toByteArray();
      }
      try {
        decoder.decode(damaged, decoded, 0);
        assertThat(i % 2).isZero();
      } catch (MalformedStreamException expected) {
        assertThat(expected).hasMessageContaining("SPEC.md");
      }
    }
  }
}
