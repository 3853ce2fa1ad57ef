package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.rate.GaussianModel;
import llm265.tensor.Effort;
import llm265.tensor.MemoryStore;
import llm265.tensor.picture.H264PictureCoder;
import org.junit.jupiter.api.Test;

class MethodChooserTest {
  private static final int ROWS = 128;
  private static final int COLUMNS = 160;

  private interface Value {
    double at(Random random, int y, int x);
  }

  private static MethodChoice choose(CodingSettings.Pictures pictures, TensorTools tools, boolean mayRotate, Value value) {
    Random random = new Random(3);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.at(random, i / COLUMNS, i % COLUMNS);
    }
    TensorView tensor = TensorView.view("t", new long[] {ROWS, COLUMNS}, values);
    MethodChooser methods = new MethodChooser(pictures, tools, mayRotate, null);
    double log2Ratio = GaussianModel.log2RatioForBits(3);
    try (TensorCoding coding = new TensorCoding(tensor, methods.white(), Workers.CALLER, new MemoryStore())) {
      coding.chooseRange(3, GaussianModel.relativeError(log2Ratio));
      return methods.choose(coding, log2Ratio);
    }
  }

  private static MethodChoice choose(Value value) {
    return choose(CodingSettings.Pictures.DEFAULT, TensorTools.of(Effort.BEST), true, value);
  }

  @Test
  void whiteNoiseIsCodedAsSuch() {
    assertThat(choose((random, y, x) -> random.nextGaussian())).isEqualTo(new MethodChoice(false, null, false, false));
  }

  @Test
  void smoothDataArePredicted() {
    MethodChoice choice = choose(
        CodingSettings.Pictures.DEFAULT, TensorTools.of(Effort.BEST).withReflections(0), true,
        (random, y, x) -> Math.sin((x + 2 * y) * 0.1) * (1 + y / 16 % 3) + 0.05 * random.nextGaussian());
    assertThat(choice.byModes()).isTrue();
  }

  @Test
  void fewAxesAreRotatedToUnlessValuesMustNotBeMixed() {
    Value lowRank = (random, y, x) -> Math.sin(y * 0.7) * ((x * 37) % 41 - 20) + 0.3 * random.nextGaussian();
    assertThat(choose(lowRank).rotation()).isNotNull();
    assertThat(choose(CodingSettings.Pictures.DEFAULT, TensorTools.of(Effort.BEST), false, lowRank).rotation()).isNull();
  }

  @Test
  void heavyTailsAreTransformedFirst() {
    assertThat(choose((random, y, x) -> Math.pow(random.nextGaussian(), 3)).preInverse()).isTrue();
  }

  @Test
  void prescribedPicturesLeaveNothingToChoose() {
    CodingSettings.Pictures pictures = CodingSettings.Pictures.of(H264PictureCoder.factory(EncoderConfig.WHITE_TENSOR));
    assertThat(choose(pictures, TensorTools.of(Effort.BEST), true, (random, y, x) -> random.nextGaussian())).isNull();
  }
}
