package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.model.ModelCompressor;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What samples of more than 8 bits, and lossless pictures with raw bits beside them, are worth above some 5 bits per value. */
class HighRateTest {
  private static final int SIDE = 256;

  private static float[] gaussian() {
    Random random = new Random(5);
    float[] values = new float[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double snr(float[] values, float[] decoded) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < values.length; i++) {
      signal += (double) values[i] * values[i];
      noise += ((double) values[i] - decoded[i]) * ((double) values[i] - decoded[i]);
    }
    return 10 * Math.log10(signal / noise);
  }

  /** Shannon's bound is 6.02 dB a bit. */
  @ParameterizedTest
  @CsvSource({"6, 33.1", "7, 39.1", "8, 45.1", "10, 57.0"})
  void qualityKeepsUpWithTheRate(double bits, double least) {
    float[] values = gaussian();
    byte[] stream = TensorEncoder.atBits(bits).withDepth(12).encode(values, SIDE, SIDE);
    assertThat(8.0 * stream.length / values.length).isBetween(bits * 0.995, bits * 1.003);
    TensorDecoder decoder = TensorDecoder.open(stream);
    assertThat(snr(values, decoder.decode())).isBetween(least, 6.0206 * bits);
    assertThat(decoder.info().snr()).isCloseTo(snr(values, decoder.decode()), within(0.01));
    assertThat(String.join(",", decoder.info().tools())).contains(" raw bits");
  }

  @ParameterizedTest
  @CsvSource({"35", "50", "65"})
  void highSnrIsMet(double decibels) {
    float[] values = gaussian();
    float[] decoded = TensorDecoder.decode(TensorEncoder.atSnr(decibels).withDepth(14).encode(values, SIDE, SIDE));
    assertThat(snr(values, decoded)).isCloseTo(decibels, within(0.05));
  }

  @Test
  void smallBoundsOnErrorsTakeLessWithRawBits() {
    float[] values = gaussian();
    TensorEncoder encoder = TensorEncoder.atMaxError(0.01);
    byte[] plain = encoder.withPlainSamples(true).encode(values, SIDE, SIDE);
    byte[] split = encoder.withDepth(12).encode(values, SIDE, SIDE);
    assertThat(split.length).isLessThan(plain.length * 95 / 100);
    float[] decoded = TensorDecoder.decode(split);
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - decoded[i])).isLessThanOrEqualTo(0.01f);
    }
  }

  @ParameterizedTest
  @CsvSource({"9", "10", "12", "14"})
  void ffmpegDecodesDeepSamplesAndLosslessPicturesAsWeDo(int bitDepth) {
    for (double bits : new double[] {3, 7}) {
      byte[] stream = TensorEncoder.atBits(bits).withDepth(bitDepth).encode(gaussian(), SIDE, SIDE);
      List<OraclePicture> theirs = FfmpegOracle.decode(stream);
      List<Picture> ours = new ArrayList<>();
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT,
          Workers.CALLER, decoded -> ours.add(decoded.picture()));
      assertThat(theirs).hasSize(1).hasSameSizeAs(ours);
      assertThat(theirs.getFirst().firstDifferenceFrom(ours.getFirst())).isEmpty();
      assertThat(ours.getFirst().format().bitDepthLuma()).isEqualTo(bits == 3 ? bitDepth : 8);
    }
  }

  @Test
  void bytesDoNotDependOnThreadsAndPartsAreThoseOfTheWhole() {
    float[] values = new float[3000 * 500];
    Random random = new Random(6);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    TensorEncoder encoder = TensorEncoder.atQp(0).withDepth(10).withEffort(Effort.FAST);
    byte[] stream = encoder.encode(values, 3000, 500);
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      assertThat(encoder.withThreads(executor, 3).encode(values, 3000, 500)).isEqualTo(stream);
    }
    TensorDecoder decoder = TensorDecoder.open(stream);
    float[] whole = decoder.decode();
    float[] part = decoder.decodeSlices(2890, 2900);
    for (int i = 0; i < part.length; i++) {
      assertThat(part[i]).isEqualTo(whole[2890 * 500 + i]);
    }
  }

  @Test
  void depthsThatThereAreNotAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atBits(3).withDepth(7));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.atBits(3).withDepth(15));
    assertThatIllegalArgumentException().isThrownBy(() -> ModelCompressor.at(new RateTarget.Bits(3)).withDepth(15));
  }
}
