package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors without pictures, from values to streams and back. */
class TrellisTensorTest {
  private static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double snr(float[] values, float[] decoded) {
    double signal = 0;
    double noise = 0;
    double mean = 0;
    for (float value : values) {
      mean += value / values.length;
    }
    for (int i = 0; i < values.length; i++) {
      signal += (values[i] - mean) * (values[i] - mean);
      double error = (double) values[i] - decoded[i];
      noise += error * error;
    }
    return 10 * Math.log10(signal / noise);
  }

  /** Bits above the Shannon bound of Gaussian values that an effort may take at a rate. */
  @ParameterizedTest
  @CsvSource({"FAST, 2, .1", "FAST, 3, .095", "FAST, 4, .09", "BALANCED, 3, .085", "BEST, 3, .07"})
  void gaussianValuesTakeLittleMoreThanShannonsBound(Effort effort, double bits, double gap) {
    float[] values = gaussian(256 * 1024, 1);
    byte[] stream = TensorEncoder.atBits(bits).withCodec(Codec.TRINITY).withEffort(effort).encode(values, 256, 1024);
    assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.002 * bits));
    TensorDecoder decoder = TensorDecoder.open(stream);
    double snr = snr(values, decoder.decode());
    assertThat(decoder.info().snr()).isCloseTo(snr, within(0.01));
    assertThat(8.0 * stream.length / values.length - snr / (20 * Math.log10(2))).isLessThan(gap);
  }

  /** But for two words of 16 bits, in which sizes come. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 2.5, 5, 7})
  void ratesAreMet(double bits) {
    float[] values = gaussian(200 * 333, 2);
    byte[] stream = TensorEncoder.atBits(bits).withCodec(Codec.TRINITY).encode(values, 200, 333);
    assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.001 * bits + 32.0 / values.length));
    assertThat(TensorDecoder.decode(stream)).hasSize(values.length);
  }

  @Test
  void qualitiesAreMet() {
    float[] values = gaussian(300 * 500, 3);
    byte[] stream = TensorEncoder.atSnr(17).withCodec(Codec.TRINITY).encode(values, 300, 500);
    assertThat(snr(values, TensorDecoder.decode(stream))).isCloseTo(17, within(0.03));
  }

  @Test
  void errorsAreBounded() {
    float[] values = gaussian(300 * 500, 4);
    byte[] stream = TensorEncoder.atMaxError(0.3).withCodec(Codec.TRINITY).encode(values, 300, 500);
    float[] decoded = TensorDecoder.decode(stream);
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs((double) values[i] - decoded[i])).isLessThanOrEqualTo(0.3);
    }
  }

  @Test
  void rowsAndColumnsOfTheirOwnScaleHaveLawsOfTheirOwn() {
    Random random = new Random(5);
    float[] values = gaussian(512 * 512, 6);
    double mean = 0;
    double[] logs = new double[512];
    for (int i = 0; i < 512; i++) {
      logs[i] = random.nextGaussian() * 0.7;
    }
    for (int i = 0; i < values.length; i++) {
      double scale = Math.exp(logs[i / 512]);
      values[i] *= (float) scale;
      mean += Math.log(scale) / Math.log(2) / values.length;
    }
    byte[] stream = TensorEncoder.atBits(3).withCodec(Codec.TRINITY).withEffort(Effort.FAST).encode(values, 512, 512);
    float[] decoded = TensorDecoder.decode(stream);
    double noise = 0;
    for (int i = 0; i < values.length; i++) {
      noise += ((double) values[i] - decoded[i]) * (values[i] - decoded[i]) / values.length;
    }
    // The bound of an encoder that knows each row's scale.
    double bound = mean - 0.5 * Math.log(noise) / Math.log(2);
    assertThat(8.0 * stream.length / values.length - bound).isLessThan(0.13);
  }

  @Test
  void tilesAreReadOneByOneAndByAnyThreads() {
    float[] values = gaussian(1030 * 1040, 7);
    TensorEncoder encoder = TensorEncoder.atBits(1.5).withCodec(Codec.TRINITY).withEffort(Effort.FAST);
    byte[] stream = encoder.encode(values, 1030, 1040);
    assertThat(encoder.withThreads(ForkJoinPool.commonPool(), 3).encode(values, 1030, 1040)).isEqualTo(stream);
    TensorDecoder decoder = TensorDecoder.open(stream);
    float[] decoded = decoder.decode();
    assertThat(decoder.withThreads(ForkJoinPool.commonPool(), 3).decode()).isEqualTo(decoded);
    Random random = new Random(8);
    for (int i = 0; i < 6; i++) {
      int first = i == 0 ? 0 : random.nextInt(values.length);
      int count = i == 1 ? 1 : random.nextInt(values.length - first);
      assertThat(decoder.decodeValues(first, count)).isEqualTo(Arrays.copyOfRange(decoded, first, first + count));
    }
  }

  /** Chunks that hold none of the values asked for are passed over, in tiles of whole rows and of parts of rows. */
  @ParameterizedTest
  @CsvSource({"300, 1000", "40, 5000"})
  void someValuesAreThoseOfAll(int rows, int columns) {
    float[] values = gaussian(rows * columns, 7);
    byte[] stream =
        TensorEncoder.atBits(2).withCodec(Codec.TRINITY).withEffort(Effort.FAST).encode(values, rows, columns);
    float[] all = TensorDecoder.decode(stream);
    TensorDecoder decoder = TensorDecoder.open(stream);
    for (int first : new int[] {0, 1, 65_535, 65_536, 130_000, values.length - 1}) {
      for (int count : new int[] {1, 17, 70_000}) {
        int fitting = Math.min(count, values.length - first);
        assertThat(decoder.decodeValues(first, fitting)).isEqualTo(Arrays.copyOfRange(all, first, first + fitting));
      }
    }
  }
}
