package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.tensor.MemoryStore;
import llm265.tensor.encode.TensorCoding;
import llm265.tensor.picture.H264PictureCoder;
import org.junit.jupiter.api.Test;

class ClippedFramesTest {
  private static final double RELATIVE_ERROR = 0.02;

  private static TensorView noise(int rows, int columns, double shareOfOutliers) {
    Random random = new Random(5);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.3 + random.nextGaussian() * (random.nextDouble() < shareOfOutliers ? 40 : 1));
    }
    return TensorView.copyOf("noise", new long[] {rows, columns}, values);
  }

  @Test
  void samplesThatComeBackUnchangedLeaveTheErrorOfRoundingAlone() {
    ClippedFrames frames = new ClippedFrames(noise(256, 320, 0), 3, RELATIVE_ERROR);
    double error = 0;
    for (int i = 0; i < frames.count(); i++) {
      error += frames.squaredError(i, frames.frame(i));
    }
    // A level is 1 / levelDeviation of a deviation, which is 1 but for what is clipped.
    double meanSquare = error / (256 * 320) * frames.levelDeviation() * frames.levelDeviation();
    assertThat(meanSquare).isCloseTo(1.0 / 12, within(0.004));
  }

  @Test
  void gainAndOffsetOfDecodedSamplesAreFitted() {
    ClippedFrames frames = new ClippedFrames(noise(64, 64, 0), 3, RELATIVE_ERROR);
    byte[] samples = frames.frame(0);
    byte[] shrunk = samples.clone();
    for (int i = 0; i < samples.length; i++) {
      shrunk[i] = (byte) (((samples[i] & 0xFF) - 128) / 2 + 100);
    }
    // Only the rounding of the halves is left: 1/4 at every other level.
    double halved = frames.squaredError(0, shrunk) * frames.levelDeviation() * frames.levelDeviation() / 4096;
    assertThat(halved).isBetween(0.2, 0.5);
  }

  @Test
  void flatSamplesLeaveTheWholeVariance() {
    ClippedFrames frames = new ClippedFrames(noise(64, 64, 0), 3, RELATIVE_ERROR);
    assertThat(frames.squaredError(0, new byte[64 * 64]) / 4096).isCloseTo(1, within(0.06));
  }

  @Test
  void outliersAreThoseOfOurEncoderAndCostWhatTheyCostThere() {
    TensorView tensor = noise(256, 320, 0.01);
    ClippedFrames frames = new ClippedFrames(tensor, 3, RELATIVE_ERROR);
    long ours;
    try (TensorCoding coding = new TensorCoding(
        tensor, H264PictureCoder.factory(EncoderConfig.WHITE_TENSOR), Workers.CALLER, new MemoryStore())) {
      coding.chooseRange(3, RELATIVE_ERROR);
      ours = coding.code(27, coding.levelDeviation()).outliers();
    }
    assertThat(frames.outliers()).isEqualTo(ours).isBetween(400L, 1200L);
    // Sign, 23 bits of mantissa, one or two of exponent, and a gap of about log2(100) + 1.5 bits.
    assertThat((double) frames.outlierBits() / frames.outliers()).isBetween(32.0, 37.0);
    assertThat(new ClippedFrames(noise(256, 320, 0), 3, RELATIVE_ERROR).outlierBits()).isLessThan(2000);
  }
}
