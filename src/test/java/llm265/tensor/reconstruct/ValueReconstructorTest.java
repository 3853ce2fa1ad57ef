package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import llm265.dtype.DType;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.TileInformation;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Channels;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;
import org.junit.jupiter.api.Test;

class ValueReconstructorTest {
  private static final TensorFraming FRAMING = new TensorFraming(16 * 48, 48, false, 48, 16);

  /** Levels 0, 1, 2 ... in the first row. */
  private static TileLevels levels() {
    Picture picture = new Picture(FRAMING.pictureFormat(ChromaFormat.MONOCHROME, 8));
    picture.fill(0, 128);
    for (int x = 0; x < 48; x++) {
      picture.samples(0)[x] = (short) (128 + x);
    }
    TileLevels levels = new TileLevels(picture.format());
    levels.set(picture, null, false);
    return levels;
  }

  private static float[] row(DType type, ChannelScales channels, float offset, float step) {
    float[] values = new float[48];
    TileMap map = TileMap.of(FRAMING, FRAMING.tile(0), null, null);
    new ValueReconstructor(type, channels)
        .row(levels(), map, 0, new TileInformation(0, offset, step, new OutlierList(0)), values, 0);
    return values;
  }

  @Test
  void aValueIsOffsetAndStepTimesLevel() {
    assertThat(row(DType.F32, null, -2, 0.5f)).startsWith(-2, -1.5f, -1).endsWith(21.5f);
  }

  @Test
  void theProductIsRoundedBeforeTheSum() {
    float step = 0.1f;
    float expected = 3f + step * 7;
    assertThat(row(DType.F32, null, 3, step)[7]).isEqualTo(expected);
  }

  @Test
  void sixteenBitsAreRoundedToEvenAndNeverToInfinity() {
    // 1 + 2^-8 lies between two values of BF16, and 65520 between the greatest of F16 and infinity.
    assertThat(row(DType.BF16, null, 1, 0x1p-8f)[1]).isEqualTo(1);
    assertThat(row(DType.BF16, null, 1, 0x1p-8f)[3]).isEqualTo(1 + 0x1p-6f);
    assertThat(row(DType.F16, null, 0, 65_520)[1]).isEqualTo(65_504);
  }

  @Test
  void valuesAreDividedByTheFactorsOfTheirChannels() {
    byte[] classes = new byte[48];
    Arrays.fill(classes, 24, 48, (byte) 6);
    ChannelScales channels = new ChannelScales(new ScaleClasses(classes), new Channels(1, 48, Long.MAX_VALUE));
    float[] values = row(DType.F32, channels, 0, 1);
    assertThat(values[23]).isEqualTo(23);
    assertThat(values[24]).as("by one half").isEqualTo(48);
  }
}
