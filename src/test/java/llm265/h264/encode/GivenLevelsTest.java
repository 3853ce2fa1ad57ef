package llm265.h264.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.transform.LevelRecovery;
import llm265.oracle.FfmpegOracle;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Levels that are given come back from decoded samples. SPEC.md, "Carried integers". */
class GivenLevelsTest {
  private static byte[] stream(H264IntraEncoder encoder, EncodedPicture coded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    out.writeBytes(coded.slices());
    return out.toByteArray();
  }

  private static Picture decode(byte[] stream) {
    List<DecodedPicture> pictures = new ArrayList<>();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, pictures::add);
    assertThat(pictures).hasSize(1);
    return pictures.getFirst().picture();
  }

  private static short[] recovered(Picture picture, LevelRecovery recovery, int sliceRows) {
    short[] levels = new short[256 * picture.format().sizeInMbs()];
    recovery.recover(picture, sliceRows, levels);
    return levels;
  }

  private static H264IntraEncoder encoder(EncoderConfig config, int width, int height) {
    return new H264IntraEncoder(config, PictureFormat.of8Bit(width, height, config.chroma()));
  }

  /** What is left of levels after coding, held against what decoders make of them. */
  private static short[] carried(EncoderConfig config, int width, int height, int sliceRows, short[] wanted) {
    carried(LevelRecovery.CERTAIN, config, width, height, sliceRows, wanted);
    return carried(LevelRecovery.WIDE, config, width, height, sliceRows, wanted);
  }

  private static short[] carried(
      LevelRecovery recovery, EncoderConfig config, int width, int height, int sliceRows, short[] wanted) {
    H264IntraEncoder encoder = encoder(config, width, height);
    short[] levels = wanted.clone();
    EncodedPicture coded = encoder.encodeLevels(levels, recovery, 0);
    byte[] stream = stream(encoder, coded);
    Picture picture = decode(stream);
    assertThat(picture.sameSamples(coded.reconstruction())).isTrue();
    assertThat(recovered(picture, recovery, sliceRows)).isEqualTo(levels);
    assertThat(FfmpegOracle.decode(stream).getFirst().firstDifferenceFrom(picture)).isEmpty();
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      for (short sample : picture.samples(plane)) {
        assertThat(sample).isEqualTo((short) 128);
      }
    }
    for (int i = 0; i < levels.length; i++) {
      assertThat(levels[i] == wanted[i] || levels[i] == 0 || i % 16 == 0).as("place %s", i).isTrue();
    }
    return levels;
  }

  @Property(tries = 150)
  void whateverTheLevelsAreDecodersHaveThoseThatAreLeft(
      @ForAll @IntRange(min = 1, max = 6) int mbWidth,
      @ForAll @IntRange(min = 1, max = 4) int sliceRows,
      @ForAll @IntRange(min = 1, max = 3) int slices,
      @ForAll boolean monochrome,
      @ForAll @IntRange(min = 0, max = 9) int scale,
      @ForAll long seed) {
    Random random = new Random(seed);
    short[] levels = new short[256 * mbWidth * sliceRows * slices];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (short) Math.clamp(Math.round(random.nextGaussian() * (1 << scale) * 0.3), -2063, 2063);
    }
    EncoderConfig config = EncoderConfig.WHITE_TENSOR
        .withChroma(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
        .withSlicesPerPicture(slices);
    short[] left = carried(config, 16 * mbWidth, 16 * sliceRows * slices, sliceRows, levels);
    for (int i = 0; scale <= 3 && i < levels.length; i++) {
      if (i % 16 != 0) {
        assertThat(left[i]).as("deviation of %s, place %s", 0.3 * (1 << scale), i).isEqualTo(levels[i]);
      }
    }
  }

  @Test
  void macroblocksOfOneSliceEachAreIndependent() {
    Random random = new Random(5);
    short[] levels = new short[256 * 3];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (short) (random.nextInt(5) - 2);
    }
    assertThat(carried(EncoderConfig.WHITE_TENSOR.withSlicesPerPicture(3), 16, 48, 1, levels)).isEqualTo(levels);
  }

  @Test
  void extremesAreDroppedUntilSamplesHaveRoom() {
    for (int level : new int[] {-2063, -127, -1, 1, 127, 2063}) {
      short[] levels = new short[256 * 6];
      Arrays.fill(levels, (short) level);
      short[] left = carried(EncoderConfig.WHITE_TENSOR, 48, 32, 2, levels);
      if (Math.abs(level) == 1) {
        assertThat(left).isEqualTo(levels);
      } else {
        assertThat(left).isNotEqualTo(levels);
      }
    }
  }

  /** A level of the DC block is worth a quarter of a sample. */
  @Test
  void levelsOfDcBlocksComeBackAloneIfTheyAreMultiplesOfFour() {
    short[] levels = new short[256 * 3];
    levels[3] = 1;
    levels[32] = 1;
    levels[256 + 48] = 4;
    levels[512] = -8;
    short[] left = carried(EncoderConfig.WHITE_TENSOR, 48, 16, 1, levels);
    assertThat(left[32]).as("1 of the DC block").isZero();
    left[32] = 1;
    assertThat(left).as("all others").isEqualTo(levels);
  }

  @Test
  void greatLevelsAloneFitUpToWhatSamplesHold() {
    short[] levels = new short[256 * 3];
    levels[5] = 60;
    levels[256 + 16] = -60;
    levels[512 + 255] = 60;
    assertThat(carried(EncoderConfig.WHITE_TENSOR, 48, 16, 1, levels)).isEqualTo(levels);
    levels[5] = 400;
    assertThat(carried(EncoderConfig.WHITE_TENSOR, 48, 16, 1, levels)[5]).isZero();
  }

  @Test
  void sparseLevelsAllComeBackWhereThatIsCertain() {
    Random random = new Random(7);
    short[] levels = new short[256 * 1024];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (short) StrictMath.rint(random.nextGaussian() * 0.25);
    }
    assertThat(carried(LevelRecovery.CERTAIN, EncoderConfig.WHITE_TENSOR, 512, 512, 32, levels)).isEqualTo(levels);
    // Errors that are all alike move levels of DC blocks at the lower QP.
    assertThat(carried(LevelRecovery.WIDE, EncoderConfig.WHITE_TENSOR, 512, 512, 32, levels)).isNotEqualTo(levels);
  }

  @Test
  void noLevelsTakeNextToNothing() {
    H264IntraEncoder encoder = encoder(EncoderConfig.WHITE_TENSOR, 1024, 1024);
    EncodedPicture coded = encoder.encodeLevels(new short[1024 * 1024], LevelRecovery.WIDE, 0);
    assertThat(coded.slices().length).isLessThan(240);
    assertThat(coded.reconstruction().samples(0)).containsOnly((short) 128);
  }

  @Test
  void picturesThatWouldNotGiveLevelsBackAreRefused() {
    short[] levels = new short[256 * 3];
    for (EncoderConfig config : List.of(
        EncoderConfig.IMAGE, EncoderConfig.WHITE_TENSOR.withLossless(true))) {
      assertThatIllegalArgumentException().isThrownBy(() -> encoder(config, 48, 16).encodeLevels(levels, LevelRecovery.WIDE, 0));
    }
    H264IntraEncoder deep = new H264IntraEncoder(
        EncoderConfig.WHITE_TENSOR, PictureFormat.of8Bit(48, 16, ChromaFormat.YUV420).withBitDepth(10));
    assertThatIllegalArgumentException().isThrownBy(() -> deep.encodeLevels(levels, LevelRecovery.WIDE, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encoder(EncoderConfig.WHITE_TENSOR, 48, 16).encodeLevels(new short[256], LevelRecovery.WIDE, 0));
  }
}
