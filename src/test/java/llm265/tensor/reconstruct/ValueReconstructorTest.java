package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;

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
  /** Rows of 50 values, of which the second tile has two. */
  private static final TensorFraming FRAMING = new TensorFraming(150, 50, false, 48, 16);

  private static final TileMap MAP = TileMap.of(FRAMING, FRAMING.tile(1), null, null);

  /** Classes 0 and 1 take turns, but for 6 and 12 in the columns of the second tile. */
  private static ChannelScales channels() {
    byte[] classes = new byte[50];
    for (int i = 0; i < 48; i++) {
      classes[i] = (byte) (i % 2);
    }
    classes[48] = 6;
    classes[49] = 12;
    return new ChannelScales(new ScaleClasses(classes), Channels.of(50, 3, 50));
  }

  /** Levels whose rows are 0, 1, 2... and then 10, 11, 12... and so on. */
  private static TileLevels levels() {
    Picture picture = new Picture(FRAMING.pictureFormat(ChromaFormat.MONOCHROME, 8));
    for (int i = 0; i < 48 * 10; i++) {
      picture.samples(0)[i] = (short) Math.min(255, 128 + i / 48 * 10 + i % 48);
    }
    TileLevels levels = new TileLevels(picture.format());
    levels.set(picture, null, false);
    return levels;
  }

  private static TileInformation tile(float offset, float step) {
    return new TileInformation(1, offset, step, new OutlierList(0));
  }

  @Test
  void valueIsOffsetAndStepsAndNothingElseIsTouched() {
    float[] values = {-1, -1, -1, -1};
    new ValueReconstructor(DType.F32, null).row(levels(), MAP, 2, tile(5, -0.25f), values, 1);

    assertThat(values).containsExactly(-1, 5 - 20 * 0.25f, 5 - 21 * 0.25f, -1);
  }

  @Test
  void sumAndProductAreRoundedByThemselves() {
    float step = 0.1f;
    float[] values = new float[2];
    new ValueReconstructor(DType.F32, null).row(levels(), MAP, 1, tile(0.3f, step), values, 0);

    assertThat(values).containsExactly(0.3f + (float) ((double) step * 10), 0.3f + (float) ((double) step * 11));
  }

  @Test
  void channelsAreThoseOfTheValuesPlacesInTheTensor() {
    float[] values = new float[2];
    new ValueReconstructor(DType.F32, channels()).row(levels(), MAP, 1, tile(0, 1), values, 0);

    assertThat(values).containsExactly(20, 44);
  }

  @Test
  void transposedTileHasAChannelARow() {
    // The tensor is 50 x 48, a channel a column: rows of the plane.
    TensorFraming framing = new TensorFraming(50 * 48, 48, true, 64, 48);
    byte[] classes = new byte[48];
    classes[2] = 12;
    ChannelScales scales = new ChannelScales(new ScaleClasses(classes), Channels.of(48, 50, 48));
    TileMap map = TileMap.of(framing, framing.tile(0), null, null);
    float[] values = new float[50];

    values[49] = 3;
    ValueReconstructor.unscale(scales, map, 1, values, 0);
    assertThat(values[49]).isEqualTo(3);
    ValueReconstructor.unscale(scales, map, 2, values, 0);
    assertThat(values[49]).isEqualTo(12);
  }

  @Test
  void valuesAreRoundedLast() {
    // Rounded before the division as well, some of them would be other values.
    byte[] classes = {1, 1, 1, 1, 1};
    TensorFraming framing = new TensorFraming(5, 5, false, 48, 16);
    TileMap map = TileMap.of(framing, framing.tile(0), null, null);
    ChannelScales scales = new ChannelScales(new ScaleClasses(classes), Channels.of(5, 5));
    float[] values = {1.0001f, 3.1415927f, -2.7182817f, 1e-3f, 0};
    float[] expected = new float[5];
    for (int i = 0; i < 5; i++) {
      expected[i] = Float.float16ToFloat(Float.floatToFloat16(values[i] / Float.intBitsToFloat(0x3F6411F0)));
    }
    new ValueReconstructor(DType.F16, scales).finish(map, 0, values, 0);

    assertThat(values).containsExactly(expected);
  }

  @Test
  void sixteenBitsNeverOverflow() {
    float[] values = new float[2];
    new ValueReconstructor(DType.F16, null).row(levels(), MAP, 1, tile(60_000, 1000), values, 0);
    assertThat(values).containsExactly(65_504, 65_504);

    new ValueReconstructor(DType.BF16, null).row(levels(), MAP, 1, tile(1, -0x1p-9f), values, 0);
    // 1 - 10/512 and 1 - 11/512; neighbours are 1/256 apart, and 501/512 is between two of them.
    assertThat(values).containsExactly(502 / 512f, 500 / 512f);
  }

  @Test
  void withoutChannelsNothingIsDivided() {
    float[] values = {7, 8};
    ValueReconstructor.unscale(null, MAP, 0, values, 0);

    assertThat(values).containsExactly(7, 8);
  }
}
