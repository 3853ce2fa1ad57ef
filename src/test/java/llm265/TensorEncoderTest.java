package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class TensorEncoderTest {
  public static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  public static double snr(float[] values, float[] decoded) {
    double sum = 0;
    double squares = 0;
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      squares += (double) values[i] * values[i];
      error += ((double) values[i] - decoded[i]) * ((double) values[i] - decoded[i]);
    }
    return 10 * Math.log10((squares - sum * sum / values.length) / error);
  }

  @Test
  void gaussianAtThreeBitsComesWithinAThirdOfABitOfShannon() {
    float[] values = gaussian(512 * 512, 1);
    byte[] stream = TensorEncoder.atBits(3).encode(values, 512, 512);

    assertThat(8.0 * stream.length / values.length).isCloseTo(3, within(0.015));
    assertThat(snr(values, TensorDecoder.decode(stream))).isGreaterThan(15.8);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.7, 4.4, 7})
  void rateIsMetWithinHalfAPercent(double bits) {
    float[] values = gaussian(160 * 200, 2);
    byte[] stream = TensorEncoder.atBits(bits).encode(values, 160, 200);

    assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.005 * bits));
  }

  /**
   * Most of the energy is in few rows, which then have a QP far below that of the others: it must be possible to code them
   * coarsely, too.
   */
  @Test
  void lowQualityIsMetWhereFewRowsHaveTheEnergy() {
    float[] values = gaussian(256 * 512, 9);
    for (int i = 0; i < 8 * 512; i++) {
      values[i] *= 40;
    }
    byte[] stream = TensorEncoder.atSnr(4).encode(values, 256, 512);

    assertThat(snr(values, TensorDecoder.decode(stream))).isCloseTo(4, within(0.05));
  }

  /** Headers are so large a part of it that the search ends far from the step it began with, where low bits were chosen. */
  @ParameterizedTest
  @ValueSource(doubles = {2.57, 3, 3.5, 4, 6})
  void lowBitsAreChosenAnewFarFromWhereTheSearchBegan(double bits) {
    Random random = new Random(12);
    float[] values = new float[39 * 48];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    byte[] stream = TensorEncoder.atBits(bits).encode(values, 39, 48);

    assertThat(8.0 * stream.length / values.length).isCloseTo(bits, within(0.02 * bits));
    assertThat(TensorDecoder.open(stream).info().snr()).isGreaterThan(6 * bits - 10);
  }

  /** The error is known of the rotated plane, whose values have not been rounded to the type yet. */
  @Test
  void theErrorOfRotatedValuesIsThatAfterRounding() {
    int rows = 39;
    int columns = 507;
    Random random = new Random(240587);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    MemorySegment data = MemorySegment.ofArray(new byte[2 * values.length]);
    ValueCodec.write(DType.BF16, data, 0, values, 0, values.length);
    TensorView tensor = new TensorView("", DType.BF16, new long[] {rows, columns}, data);
    TensorDecoder decoder = TensorDecoder.open(TensorEncoder.atSnr(24.4).encode(tensor));
    assertThat(decoder.info().tools()).anyMatch(tool -> tool.startsWith("rotation"));
    float[] original = new float[values.length];
    tensor.read(0, original, 0, original.length);
    float[] decoded = decoder.decode();
    double error = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      error += ((double) decoded[i] - original[i]) * ((double) decoded[i] - original[i]);
      sum += original[i];
      squares += (double) original[i] * original[i];
    }
    double variance = squares / values.length - sum / values.length * sum / values.length;

    assertThat(decoder.info().snr()).isCloseTo(10 * Math.log10(variance * values.length / error), within(0.001));
  }

  @Test
  void aMeanFarFromZeroIsNoAxisToRotateTo() {
    float[] values = gaussian(24 * 32, 4);
    for (int i = 0; i < values.length; i++) {
      values[i] += 1000;
    }

    assertThat(snr(values, TensorDecoder.decode(TensorEncoder.atBits(3).encode(values, 24, 32)))).isGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {3, 10, 20, 31.5})
  void qualityIsMetWithinATwentiethOfADecibel(double decibels) {
    float[] values = gaussian(160 * 200, 3);
    byte[] stream = TensorEncoder.atSnr(decibels).encode(values, 160, 200);

    assertThat(snr(values, TensorDecoder.decode(stream))).isCloseTo(decibels, within(0.05));
    assertThat(TensorDecoder.open(stream).info().snr()).isCloseTo(decibels, within(0.05));
  }

  @Test
  void structureBetweenNeighboursIsUsed() {
    float[] values = gaussian(96 * 160, 7);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] / 20 + (float) Math.sin(i % 160 * 0.07) * (float) Math.cos(i / 160 * 0.05);
    }
    TensorEncoder encoder = TensorEncoder.atBits(1);
    byte[] fast = encoder.withEffort(Effort.FAST).encode(values, 96, 160);
    byte[] chosen = encoder.encode(values, 96, 160);

    assertThat(snr(values, TensorDecoder.decode(chosen))).isGreaterThan(snr(values, TensorDecoder.decode(fast)) + 0.5);
  }

  @Test
  void monochromePicturesSaveTheChroma() {
    float[] values = gaussian(96 * 160, 8);
    TensorEncoder encoder = TensorEncoder.atQp(30);
    byte[] monochrome = encoder.withMonochrome(true).encode(values, 96, 160);

    assertThat(monochrome.length).isLessThan(encoder.encode(values, 96, 160).length);
    assertThat(snr(values, TensorDecoder.decode(monochrome))).isGreaterThan(13);
  }

  @Test
  void reportSaysWhatTheStreamHolds() {
    float[] values = gaussian(64 * 64, 4);
    values[77] = Float.NaN;
    values[78] = 1000;
    MemoryStore store = new MemoryStore();
    EncodedTensor report = TensorEncoder.atQp(30).encode(TensorView.copyOf("w", new long[] {64, 64}, values), store);
    float[] decoded = TensorDecoder.decode(store.toByteArray());

    assertThat(report.qp()).isEqualTo(30);
    assertThat(report.bytes()).isEqualTo(store.size());
    assertThat(report.notFinite()).isEqualTo(1);
    assertThat(report.outliers()).isGreaterThanOrEqualTo(2);
    assertThat(decoded[77]).isNaN();
    assertThat(decoded[78]).isEqualTo(1000f);
    values[77] = 0;
    decoded[77] = 0;
    assertThat(report.snr()).isCloseTo(snr(values, decoded), within(0.05));
  }

  @Test
  void streamDoesNotDependOnThreads() {
    // Several tiles: 2100 x 1024 values.
    float[] values = gaussian(2100 * 1024, 5);
    TensorEncoder encoder = TensorEncoder.atBits(2);
    byte[] alone = encoder.encode(values, 2100, 1024);
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      byte[] together = encoder.withThreads(executor, 4).encode(values, 2100, 1024);
      assertThat(Arrays.equals(together, alone)).isTrue();

      float[] decoded = TensorDecoder.open(alone).withThreads(executor, 4).decode();
      assertThat(Arrays.equals(decoded, TensorDecoder.decode(alone))).isTrue();
      assertThat(TensorDecoder.open(alone).decodeValues(1_100_000, 3000))
          .isEqualTo(Arrays.copyOfRange(decoded, 1_100_000, 1_103_000));
      assertThat(TensorDecoder.open(alone).decodeSlices(2098, 2100))
          .isEqualTo(Arrays.copyOfRange(decoded, 2098 * 1024, 2100 * 1024));
    }
  }

  @Test
  void otherTypesThanFloatsAreRefused() {
    TensorView integers = new TensorView("i", DType.I32, new long[] {2}, MemorySegment.ofArray(new byte[8]));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorEncoder.atBits(3).encode(integers))
        .withMessageContaining("I32");
  }

  @Test
  void targetsOutOfRangeAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atBits(0));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atBits(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atSnr(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atQp(52));
  }
}
