package llm265.h264.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.macroblock.MbType;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class H264IntraEncoderTest {
  private static DecodedPicture decode(H264IntraEncoder encoder, EncodedPicture coded) {
    byte[] stream = stream(encoder, coded);
    List<DecodedPicture> pictures = new ArrayList<>();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, pictures::add);
    assertThat(pictures).hasSize(1);
    return pictures.getFirst();
  }

  private static byte[] stream(H264IntraEncoder encoder, EncodedPicture coded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    out.writeBytes(coded.slices());
    return out.toByteArray();
  }

  @Property(tries = 120)
  void decoderMakesTheEncodersReconstructionOfAnyPictureUnderAnyConfiguration(
      @ForAll Content content,
      @ForAll @IntRange(min = 1, max = 60) int halfWidth,
      @ForAll @IntRange(min = 1, max = 50) int halfHeight,
      @ForAll @IntRange(min = 0, max = 51) int qpY,
      @ForAll boolean monochrome,
      @ForAll @IntRange(min = 0, max = 6) int tools,
      @ForAll @IntRange(min = 0, max = 2) int disableDeblockingFilterIdc,
      @ForAll @IntRange(min = -6, max = 6) int filterOffset,
      @ForAll @IntRange(min = 1, max = 5) int slices,
      @ForAll @IntRange(min = -12, max = 12) int chromaOffset,
      @ForAll long seed) {
    EncoderConfig config = withTools(EncoderConfig.TENSOR, tools)
        .withChroma(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
        .withSlicesPerPicture(slices)
        .withDeblocking(new EncoderConfig.Deblocking(disableDeblockingFilterIdc, filterOffset, -filterOffset))
        .withChromaQpIndexOffsets(chromaOffset, -chromaOffset);
    Picture source = RandomPictures.of(content, 2 * halfWidth, 2 * halfHeight, config.chroma(), seed);
    H264IntraEncoder encoder = new H264IntraEncoder(config, source.format());
    EncodedPicture coded = encoder.encode(source, qpY, 0);
    assertThat(decode(encoder, coded).picture().sameSamples(coded.reconstruction())).isTrue();
  }

  private static EncoderConfig withTools(EncoderConfig config, int tools) {
    return switch (tools) {
      case 0 -> EncoderConfig.WHITE_TENSOR;
      case 1 -> config.withIntra4x4Modes(0).withIntra8x8Modes(0);
      case 2 -> config.withIntra16x16Modes(0).withIntra8x8Modes(0);
      case 3 -> config.withIntra16x16Modes(0).withIntra4x4Modes(0);
      case 4 -> config.withPcm(EncoderConfig.PcmUse.ALWAYS);
      case 5 -> config.withIntra8x8Modes(0);
      default -> config;
    };
  }

  @Property(tries = 120)
  void samplesOfAnyDepthAreDecodedToTheEncodersReconstruction(
      @ForAll Content content,
      @ForAll @IntRange(min = 1, max = 40) int halfWidth,
      @ForAll @IntRange(min = 1, max = 40) int halfHeight,
      @ForAll @IntRange(min = 9, max = 14) int bitDepth,
      @ForAll @IntRange(min = 0, max = 51) int qp,
      @ForAll boolean monochrome,
      @ForAll boolean trellis,
      @ForAll @IntRange(min = 0, max = 6) int tools,
      @ForAll long seed) {
    EncoderConfig config = withTools(EncoderConfig.IMAGE, tools)
        .withChroma(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
        .withLevelTrellis(trellis);
    Picture source =
        RandomPictures.deepen(RandomPictures.of(content, 2 * halfWidth, 2 * halfHeight, config.chroma(), seed), bitDepth);
    H264IntraEncoder encoder = new H264IntraEncoder(config, source.format());
    int qpY = encoder.leastQp() + qp * (51 - encoder.leastQp()) / 51;
    EncodedPicture coded = encoder.encode(source, qpY, 0);
    assertThat(decode(encoder, coded).picture().sameSamples(coded.reconstruction())).isTrue();
  }

  @Property(tries = 120)
  void losslessPicturesOfAnyDepthComeBackAsTheyWere(
      @ForAll Content content,
      @ForAll @IntRange(min = 1, max = 40) int halfWidth,
      @ForAll @IntRange(min = 1, max = 40) int halfHeight,
      @ForAll @IntRange(min = 8, max = 14) int bitDepth,
      @ForAll boolean monochrome,
      @ForAll @IntRange(min = 1, max = 4) int slices,
      @ForAll @IntRange(min = 0, max = 6) int tools,
      @ForAll long seed) {
    EncoderConfig config = withTools(EncoderConfig.TENSOR, tools)
        .withChroma(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
        .withSlicesPerPicture(slices)
        .withLossless(true);
    Picture source = RandomPictures.of(content, 2 * halfWidth, 2 * halfHeight, config.chroma(), seed);
    source = bitDepth == 8 ? source : RandomPictures.deepen(source, bitDepth);
    H264IntraEncoder encoder = new H264IntraEncoder(config, source.format());
    EncodedPicture coded = encoder.encode(source, encoder.leastQp(), 0);
    assertThat(coded.reconstruction().sameSamples(source)).isTrue();
    assertThat(decode(encoder, coded).picture().sameSamples(source)).isTrue();
  }

  /** What samples of every size cost at most: their own bits, some of the header, and end of slice. */
  @Test
  void losslessNoiseOfAnyDepthTakesNoMoreThanItsRawSize() {
    for (int bitDepth = 8; bitDepth <= 14; bitDepth++) {
      Picture source = RandomPictures.of(Content.NOISE, 96, 96, ChromaFormat.MONOCHROME, 2);
      source = bitDepth == 8 ? source : RandomPictures.deepen(source, bitDepth);
      EncoderConfig config = EncoderConfig.WHITE_TENSOR.withChroma(ChromaFormat.MONOCHROME).withLossless(true);
      EncodedPicture coded = new H264IntraEncoder(config, source.format()).encode(source, -6 * (bitDepth - 8), 0);
      assertThat(coded.slices().length).isLessThan(36 * (32 * bitDepth + 2) + 64);
    }
  }

  @Test
  void losslessCodingHasNoOtherQpAndNoDeblocking() {
    assertThatThrownBy(() -> EncoderConfig.TENSOR.withLossless(true).withDeblocking(EncoderConfig.Deblocking.ON))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EncoderConfig.TENSOR.withLossless(true).withChromaQpIndexOffsets(1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    Picture source = RandomPictures.of(Content.NOISE, 16, 16, ChromaFormat.YUV420, 2);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE.withLossless(true), source.format());
    assertThatThrownBy(() -> encoder.encode(source, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new H264IntraEncoder(EncoderConfig.IMAGE.withLossless(true), source.format(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 30)
  void qpMayChangeFromMacroblockToMacroblock(
      @ForAll Content content, @ForAll @IntRange(min = 0, max = 6) int tools, @ForAll long seed) {
    Picture source = RandomPictures.of(content, 96, 64, ChromaFormat.YUV420, seed);
    byte[] mbQpY = new byte[24];
    Random random = new Random(seed);
    for (int i = 0; i < mbQpY.length; i++) {
      mbQpY[i] = (byte) random.nextInt(52);
    }
    H264IntraEncoder encoder = new H264IntraEncoder(withTools(EncoderConfig.TENSOR, tools), source.format());
    EncodedPicture coded = encoder.encode(source, 26, mbQpY, 0);
    assertThat(decode(encoder, coded).picture().sameSamples(coded.reconstruction())).isTrue();
  }

  @Test
  void scalingListsOfBothParameterSetsApply() {
    int[][] sequence = new int[8][];
    sequence[0] = new int[] {8, 12, 12, 16, 16, 16, 20, 20, 20, 20, 24, 24, 24, 28, 28, 32};
    sequence[3] = new int[0];
    sequence[6] = new int[64];
    Arrays.setAll(sequence[6], i -> 10 + i / 2);
    int[][] picture = new int[8][];
    picture[1] = sequence[0];
    for (EncoderConfig.Scaling scaling : List.of(
        new EncoderConfig.Scaling(sequence, null),
        new EncoderConfig.Scaling(null, picture),
        new EncoderConfig.Scaling(sequence, picture))) {
      Picture source = RandomPictures.of(Content.EDGES, 80, 48, ChromaFormat.YUV420, 5);
      H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR.withScalingLists(scaling), source.format());
      EncodedPicture coded = encoder.encode(source, 28, 0);
      assertThat(decode(encoder, coded).picture().sameSamples(coded.reconstruction())).isTrue();
      H264IntraEncoder flat = new H264IntraEncoder(EncoderConfig.TENSOR, source.format());
      assertThat(coded.slices()).isNotEqualTo(flat.encode(source, 28, 0).slices());
    }
  }

  @Test
  void pcmIsLossless() {
    Picture source = RandomPictures.of(Content.NOISE, 64, 48, ChromaFormat.YUV420, 1);
    H264IntraEncoder encoder =
        new H264IntraEncoder(EncoderConfig.TENSOR.withPcm(EncoderConfig.PcmUse.ALWAYS), source.format());
    assertThat(encoder.encode(source, 26, 0).reconstruction().sameSamples(source)).isTrue();
  }

  @Test
  void noMacroblockTakesMoreThanItsRawSize() {
    Picture source = RandomPictures.of(Content.NOISE, 160, 160, ChromaFormat.YUV420, 2);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, source.format());
    EncodedPicture coded = encoder.encode(source, 0, 0);
    assertThat(coded.slices().length).isLessThan(100 * 386 + 64);
    List<Integer> types = new ArrayList<>();
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.setMacroblockListener((mb, slice) -> types.add(mb.mbType));
    byte[] stream = stream(encoder, coded);
    decoder.decode(stream, 0, stream.length, picture -> { });
    assertThat(types).hasSize(100).contains(MbType.I_PCM);
  }

  @Test
  void higherQpMeansFewerBytesAndMoreError() {
    Picture source = RandomPictures.of(Content.GAUSSIAN, 256, 256, ChromaFormat.YUV420, 3);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, source.format());
    int lastSize = Integer.MAX_VALUE;
    long lastError = -1;
    for (int qp = 10; qp <= 45; qp += 5) {
      EncodedPicture coded = encoder.encode(source, qp, 0);
      long error = new ScalarDistortionKernels()
          .squaredError(source.samples(0), 0, 256, coded.reconstruction().samples(0), 0, 256, 256, 256, 0);
      assertThat(coded.slices().length).isLessThan(lastSize);
      assertThat(error).isGreaterThan(lastError);
      lastSize = coded.slices().length;
      lastError = error;
    }
  }

  @Test
  void sameInputGivesSameBytesFromAFreshAndAUsedEncoder() {
    Picture one = RandomPictures.of(Content.EDGES, 64, 64, ChromaFormat.YUV420, 4);
    Picture other = RandomPictures.of(Content.NOISE, 64, 64, ChromaFormat.YUV420, 5);
    H264IntraEncoder used = new H264IntraEncoder(EncoderConfig.TENSOR, one.format());
    used.encode(other, 12, 0);
    byte[] again = used.encode(one, 30, 0).slices();
    assertThat(again).isEqualTo(new H264IntraEncoder(EncoderConfig.TENSOR, one.format()).encode(one, 30, 0).slices());
  }

  @Test
  void refusesWhatItCannotEncode() {
    PictureFormat format = PictureFormat.of8Bit(32, 32, ChromaFormat.YUV420);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR, format);
    Picture picture = new Picture(format);
    assertThatThrownBy(() -> encoder.encode(picture, 52, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoder.encode(picture, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoder.encode(picture, 26, new byte[3], 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
        () -> encoder.encode(new Picture(PictureFormat.of8Bit(32, 48, ChromaFormat.YUV420)), 26, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new H264IntraEncoder(EncoderConfig.TENSOR.withChroma(ChromaFormat.MONOCHROME), format))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
