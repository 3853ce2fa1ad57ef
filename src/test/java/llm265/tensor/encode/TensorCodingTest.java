package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.tensor.MemoryStore;
import llm265.tensor.picture.H264PictureCoder;
import org.junit.jupiter.api.Test;

class TensorCodingTest {
  private static final int ROWS = 256;
  private static final int COLUMNS = 320;

  private static float[] noise() {
    Random random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static TensorCoding coding(float[] values) {
    TensorCoding coding =
        new TensorCoding(
            TensorView.copyOf("w", new long[] {ROWS, COLUMNS}, values),
            H264PictureCoder.factory(EncoderConfig.WHITE_TENSOR), Workers.CALLER, new MemoryStore());
    coding.chooseRange(3, 0.025);
    return coding;
  }

  @Test
  void noiseIsNotCorrelated() {
    assertThat(coding(noise()).present().correlation(28)).isLessThan(0.03);
  }

  @Test
  void correlationIsFoundInAllDirectionsOfPrediction() {
    for (int step : new int[] {1, COLUMNS - 1, COLUMNS, COLUMNS + 1}) {
      float[] values = noise();
      for (int i = step; i < values.length; i++) {
        values[i] = 0.6f * values[i - step] + 0.8f * values[i];
      }

      assertThat(coding(values).present().correlation(28)).as("neighbour %d back", step).isCloseTo(0.6, within(0.03));
    }
  }

  @Test
  void sampleTellsWhatTheWholeComesTo() {
    TensorCoding coding = coding(noise());
    CodingResult sample = coding.present().excerpt(28, 28);
    CodingResult whole = coding.code(28, 28);

    assertThat(sample.bytes() / whole.bytes()).isCloseTo(1, within(0.01));
    assertThat(sample.snr()).isCloseTo(whole.snr(), within(0.05));
  }

  /**
   * Rows and columns of very different scales, slowly changing and not: whichever an eighth of them is, it must speak for all.
   */
  @Test
  void sampleTellsWhatTensorsOfManyScalesComeTo() {
    int rows = 1536;
    int columns = 1024;
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      double[] scales = random.doubles(rows, -1.5, 1.5).map(Math::exp).toArray();
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        double scale = switch (seed % 3) {
          case 0 -> scales[i % columns];
          case 1 -> scales[i / columns];
          default -> 1 + i / columns / 200;
        };
        values[i] = (float) (scale * random.nextGaussian());
      }
      TensorCoding coding =
          new TensorCoding(
              TensorView.copyOf("w", new long[] {rows, columns}, values),
              H264PictureCoder.factory(EncoderConfig.WHITE_TENSOR), Workers.CALLER, new MemoryStore());
      coding.chooseRange(3, 0.025);
      coding.sortByScale();
      CodingResult trial = coding.present().trial(28, coding.levelDeviation());
      CodingResult rough = coding.present().rough(28, coding.levelDeviation());
      CodingResult sample = coding.present().excerpt(28, coding.levelDeviation());
      CodingResult whole = coding.code(28, coding.levelDeviation());

      assertThat(trial.bytes() / whole.bytes()).as("least sample %d", seed).isCloseTo(1, within(0.03));
      assertThat(rough.bytes() / whole.bytes()).as("small sample %d", seed).isCloseTo(1, within(0.02));
      assertThat(sample.bytes() / whole.bytes()).as("sample %d", seed).isCloseTo(1, within(0.004));
      assertThat(sample.snr()).isCloseTo(whole.snr(), within(0.05));
    }
  }
}
