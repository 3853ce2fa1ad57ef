package llm265.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.VideoSignal.Ratio;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.syntax.SeqParameterSet;
import llm265.oracle.ColourOracle;
import llm265.oracle.OraclePicture;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureSinkTest {
  private static final VideoSignal LIMITED = VideoSignal.UNKNOWN.withFullRange(false);

  private static Picture picture(ChromaFormat chroma, int bitDepth) {
    Picture picture = new Picture(PictureFormat.of8Bit(16, 2, chroma).withBitDepth(bitDepth));
    picture.fill(0, (0x35 << (bitDepth - 8)) | (bitDepth - 8));
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      picture.fill(plane, 1 << (bitDepth - 1));
    }
    return picture;
  }

  /** Random samples, all alike within 4x4 luma samples. */
  private static Picture blocks(ChromaFormat chroma, int bitDepth, long seed) {
    Picture picture = new Picture(PictureFormat.of8Bit(32, 24, chroma).withBitDepth(bitDepth));
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      int columns = plane == 0 ? 4 : 4 / chroma.subWidthC();
      int rows = plane == 0 ? 4 : 4 / chroma.subHeightC();
      for (int i = 0; i < picture.samples(plane).length; i++) {
        int x = i % picture.stride(plane) / columns;
        int y = i / picture.stride(plane) / rows;
        picture.samples(plane)[i] = (short) new Random(seed + 1000 * plane + 100 * y + x).nextInt(1 << bitDepth);
      }
    }
    return picture;
  }

  private static DecodedPicture decoded(Picture picture, VideoSignal signal) {
    SeqParameterSet sps = SeqParameterSet.forIntra(picture.format(), null, false, signal);
    return new DecodedPicture(picture, 0, 0, List.of(), sps, null, List.of());
  }

  private static byte[] write(String name, Picture picture, VideoSignal signal) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PictureFiles.create(name, out).write(decoded(picture, signal));
    return out.toByteArray();
  }

  private static BufferedImage png(Picture picture, VideoSignal signal) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(write("a.png", picture, signal)));
  }

  /** Red, green and blue of a PNG. */
  private static int[] rgb(BufferedImage image) {
    int[] pixels = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    if (image.getRaster().getNumBands() == 3) {
      return pixels;
    }
    int[] rgb = new int[3 * pixels.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = pixels[i / 3];
    }
    return rgb;
  }

  @ParameterizedTest
  @CsvSource({
    "MONOCHROME, 8, Cmono", "MONOCHROME, 10, Cmono10 ", "YUV420, 8, C420mpeg2 ", "YUV420, 10, C420p10 ",
    "YUV422, 8, C422 ", "YUV422, 10, C422p10 ", "YUV444, 8, C444 ", "YUV444, 14, C444p14 "
  })
  void y4mHeadersNameTheFormat(ChromaFormat chroma, int bitDepth, String colour) throws IOException {
    byte[] file = write("a.y4m", picture(chroma, bitDepth), VideoSignal.FULL_RANGE);
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).startsWith("YUV4MPEG2 W16 H2 ")
        .contains(" " + colour + " XCOLORRANGE=FULL\n");
  }

  @Test
  void y4mHeadersSayWhatTheStreamSays() throws IOException {
    Picture picture = picture(ChromaFormat.YUV420, 8);
    assertThat(header(picture, VideoSignal.UNKNOWN)).isEqualTo("YUV4MPEG2 W16 H2 F25:1 Ip A0:0 C420mpeg2");
    assertThat(header(picture, LIMITED)).endsWith(" C420mpeg2 XCOLORRANGE=LIMITED");
    assertThat(header(picture, LIMITED.withFrameRate(new Ratio(30_000, 1001)).withSampleAspectRatio(new Ratio(32, 11))
        .withChromaSampleLocType(1))).isEqualTo("YUV4MPEG2 W16 H2 F30000:1001 Ip A32:11 C420jpeg XCOLORRANGE=LIMITED");
    assertThat(header(picture, VideoSignal.UNKNOWN.withChromaSampleLocType(2))).endsWith(" C420paldv");
  }

  private static String header(Picture picture, VideoSignal signal) throws IOException {
    return new String(write("a.y4m", picture, signal), StandardCharsets.ISO_8859_1).lines().findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void y4mHeadersSayWhichFieldIsFirst(boolean bottomFirst) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<DecodedPicture> pictures = new ArrayList<>();
    byte[] stream = StreamCorpus.fieldPair(bottomFirst);
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, pictures::add);
    PictureFiles.create("a.y4m", out).write(pictures.getFirst());
    assertThat(out.toString(StandardCharsets.ISO_8859_1).lines().findFirst().orElseThrow())
        .contains(bottomFirst ? " Ib " : " It ");
  }

  @Test
  void y4mCannotHaveTwoDepthsOrTwoRanges() throws IOException {
    Picture picture = new Picture(new PictureFormat(1, 1, ChromaFormat.YUV420, 8, 9, 0, 0, 0, 0));
    assertThatThrownBy(() -> write("a.y4m", picture, LIMITED)).isInstanceOf(IOException.class).hasMessageContaining("bit depths");
    PictureSink sink = PictureFiles.create("a.y4m", new ByteArrayOutputStream());
    sink.write(decoded(picture(ChromaFormat.YUV420, 8), LIMITED));
    sink.write(decoded(picture(ChromaFormat.YUV420, 8), VideoSignal.UNKNOWN));
    assertThatThrownBy(() -> sink.write(decoded(picture(ChromaFormat.YUV420, 8), VideoSignal.FULL_RANGE)))
        .isInstanceOf(IOException.class).hasMessageContaining("range changes");
  }

  @Test
  void deepPgmHasItsLargestValueAndTheHighByteFirst() throws IOException {
    byte[] file = write("a.pgm", picture(ChromaFormat.YUV420, 10), VideoSignal.FULL_RANGE);
    assertThat(new String(file, 0, 13, StandardCharsets.US_ASCII)).isEqualTo("P5\n16 2\n1023\n");
    assertThat(file).hasSize(13 + 2 * 32).endsWith(0, (0x35 << 2) | 2);
  }

  @Test
  void pgmIsGrayOfFullRangeAndSaysThatColoursAreLeftOut() throws IOException {
    Picture picture = picture(ChromaFormat.YUV420, 8);
    picture.samples(0)[0] = 16;
    picture.samples(0)[1] = 235;
    assertThat(write("a.pgm", picture, VideoSignal.UNKNOWN)).startsWith("P5\n16 2\n255\n".getBytes(StandardCharsets.US_ASCII))
        .containsSequence(0, 255, Math.round((0x35 - 16) * 255f / 219));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PictureSink sink = PictureFiles.create("a.pgm", out);
    sink.write(decoded(picture, LIMITED));
    assertThat(sink.notes()).isEmpty();
    picture.samples(1)[0] = 7;
    sink.write(decoded(picture, LIMITED));
    assertThat(sink.notes()).singleElement().asString().contains("no colours");
  }

  @Test
  void ppmHasTheColoursOfThePng() throws IOException {
    Picture picture = blocks(ChromaFormat.YUV422, 8, 3);
    byte[] ppm = write("a.PPM", picture, LIMITED);
    int[] expected = rgb(png(picture, LIMITED));
    assertThat(new String(ppm, 0, 13, StandardCharsets.US_ASCII)).isEqualTo("P6\n32 24\n255\n");
    assertThat(ppm).hasSize(13 + expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(ppm[13 + i] & 0xFF).isEqualTo(expected[i]);
    }
    byte[] deep = write("a.pnm", blocks(ChromaFormat.YUV420, 12, 4), LIMITED);
    assertThat(new String(deep, 0, 14, StandardCharsets.US_ASCII)).isEqualTo("P6\n32 24\n4095\n");
    assertThat(deep).hasSize(14 + 2 * expected.length);
    assertThat(write("a.pnm", picture(ChromaFormat.MONOCHROME, 8), LIMITED)).startsWith('P', '5');
    assertThat(write("a.ppm", picture(ChromaFormat.MONOCHROME, 8), VideoSignal.FULL_RANGE)).startsWith('P', '6').hasSize(12 + 96)
        .endsWith(0x35, 0x35, 0x35);
  }

  @ParameterizedTest
  @CsvSource({"YUV422, 10", "YUV444, 9", "YUV420, 12", "MONOCHROME, 9", "MONOCHROME, 14"})
  void deepPngHas16BitsWithWhiteAt65535(ChromaFormat chroma, int bitDepth) throws IOException {
    Picture picture = picture(chroma, bitDepth);
    int sample = picture.samples(0)[0];
    int white = (1 << bitDepth) - 1;
    picture.samples(0)[1] = (short) white;
    BufferedImage gray = png(picture, VideoSignal.FULL_RANGE);
    assertThat(gray.getRaster().getDataBuffer().getDataType()).isEqualTo(DataBuffer.TYPE_USHORT);
    assertThat(gray.getRaster().getNumBands()).isEqualTo(1);
    assertThat(gray.getRaster().getSample(15, 1, 0)).isEqualTo((int) Math.round(sample * 65_535.0 / white));
    assertThat(gray.getRaster().getSample(1, 0, 0)).isEqualTo(65_535);
    if (picture.format().planes() > 1) {
      picture.samples(2)[0] = 0;
      BufferedImage coloured = png(picture, VideoSignal.FULL_RANGE);
      assertThat(coloured.getRaster().getDataBuffer().getDataType()).isEqualTo(DataBuffer.TYPE_USHORT);
      assertThat(coloured.getRaster().getNumBands()).isEqualTo(3);
      assertThat(coloured.getRaster().getSample(0, 0, 0)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"YUV420, 8", "YUV422, 8", "YUV444, 10", "YUV420, 14"})
  void whatAPixelBecomesDoesNotDependOnOthers(ChromaFormat chroma, int bitDepth) throws IOException {
    Picture picture = blocks(chroma, bitDepth, 5);
    picture.fill(1, 1 << (bitDepth - 1));
    picture.fill(2, 1 << (bitDepth - 1));
    for (VideoSignal signal : List.of(
        VideoSignal.FULL_RANGE, LIMITED, LIMITED.withColours(9, 2, 9), LIMITED.withColours(2, 2, 8))) {
      int[] gray = rgb(png(picture, signal));
      int last = picture.samples(1).length - 1;
      picture.samples(1)[0] = 0;
      int[] coloured = rgb(png(picture, signal));
      picture.samples(1)[0] = (short) (1 << (bitDepth - 1));
      assertThat(last).isPositive();
      for (int i = 0; i < gray.length; i++) {
        int x = i / 3 % 32;
        int y = i / 96;
        if (x >= chroma.subWidthC() || y >= chroma.subHeightC()) {
          assertThat(coloured[i]).isEqualTo(gray[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "YUV420, 8, yuv420p", "YUV422, 8, yuv422p", "YUV444, 8, yuv444p", "YUV420, 10, yuv420p10le", "YUV444, 12, yuv444p12le",
    "YUV422, 14, yuv422p14le"
  })
  void pngHasTheColoursThatFfmpegShows(ChromaFormat chroma, int bitDepth, String pixelFormat) throws IOException {
    for (int matrix : new int[] {1, 2, 4, 5, 6, 7, 9}) {
      for (boolean fullRange : new boolean[] {false, true}) {
        Picture picture = blocks(chroma, bitDepth, matrix);
        byte[][] planes = new byte[3][];
        for (int plane = 0; plane < 3; plane++) {
          planes[plane] = plane(picture, plane);
        }
        int[] theirs = ColourOracle.rgb(new OraclePicture(32, 24, pixelFormat, planes), matrix, fullRange, bitDepth > 8);
        int[] ours = rgb(png(picture, VideoSignal.UNKNOWN.withFullRange(fullRange).withColours(2, 2, matrix)));
        int tolerance = bitDepth > 8 ? 2 * 257 : 2;
        for (int i = 0; i < ours.length; i++) {
          assertThat(ours[i]).as("matrix %d, full range %s, pixel %d, channel %d", matrix, fullRange, i / 3, i % 3)
              .isBetween(theirs[i] - tolerance, theirs[i] + tolerance);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void grayIsExactlyWhatFfmpegShows(boolean fullRange) throws IOException {
    Picture picture = new Picture(PictureFormat.of8Bit(16, 16, ChromaFormat.YUV420));
    for (int i = 0; i < 256; i++) {
      picture.samples(0)[i] = (short) i;
    }
    picture.fill(1, 128);
    picture.fill(2, 128);
    byte[][] planes = {plane(picture, 0), plane(picture, 1), plane(picture, 2)};
    int[] theirs = ColourOracle.rgb(new OraclePicture(16, 16, "yuv420p", planes), 5, fullRange, false);
    assertThat(rgb(png(picture, VideoSignal.UNKNOWN.withFullRange(fullRange)))).isEqualTo(theirs);
  }

  private static byte[] plane(Picture picture, int plane) {
    PictureFormat format = picture.format();
    byte[] all = new byte[picture.croppedBytes()];
    picture.writeCropped(all, 0);
    int offset = 0;
    int sampleBytes = format.bitDepthLuma() > 8 ? 2 : 1;
    for (int before = 0; before < plane; before++) {
      offset += format.width(before) * format.height(before) * sampleBytes;
    }
    return Arrays.copyOfRange(all, offset, offset + format.width(plane) * format.height(plane) * sampleBytes);
  }

  @Test
  void identityPlanesAreGreenBlueAndRed() throws IOException {
    Picture picture = picture(ChromaFormat.YUV444, 8);
    picture.fill(0, 50);
    picture.fill(1, 128);
    picture.fill(2, 128);
    assertThat(rgb(png(picture, VideoSignal.FULL_RANGE.withColours(1, 13, 0)))).startsWith(128, 50, 128);
    assertThat(rgb(png(picture, LIMITED.withColours(1, 13, 0)))).startsWith(130, 40, 130);
    assertThatThrownBy(() -> write("a.pgm", picture, LIMITED.withColours(1, 13, 0))).hasMessageContaining("no luma");
  }

  @Test
  void yCgCoIsUndoneInItsOwnScale() throws IOException {
    Picture picture = picture(ChromaFormat.YUV444, 8);
    // Green of 200 alone: Y = 100, Cg = 100, Co = 0
    picture.fill(0, 100);
    picture.fill(1, 128 + 100);
    assertThat(rgb(png(picture, VideoSignal.FULL_RANGE.withColours(1, 1, 8)))).startsWith(0, 200, 0);
    // The same of 219 above 16 in limited range, where Cg is 219 wide as well, not 224
    picture.fill(0, 16 + 100);
    assertThat(rgb(png(picture, LIMITED.withColours(1, 1, 8)))).startsWith(0, Math.round(200 * 255f / 219), 0);
  }

  @Test
  void whatIsNoMatrixIsRefusedAndWhatSaysNothingIsTold() throws IOException {
    Picture picture = blocks(ChromaFormat.YUV420, 8, 1);
    assertThatThrownBy(() -> write("a.png", picture, LIMITED.withColours(9, 16, 10)))
        .isInstanceOf(IOException.class).hasMessageContaining("matrix_coefficients 10");
    for (int matrix : new int[] {0, 3, 200}) {
      PictureSink sink = PictureFiles.create("a.png", new ByteArrayOutputStream());
      sink.write(decoded(picture, LIMITED.withColours(2, 2, matrix)));
      assertThat(sink.notes()).singleElement().asString().contains("matrix_coefficients " + matrix).contains("BT.601");
    }
  }

  @Test
  void aFieldThatStandsAloneHasItsOwnRows() throws IOException {
    Picture frame = new Picture(PictureFormat.of8Bit(16, 32, ChromaFormat.MONOCHROME));
    for (int i = 0; i < frame.samples(0).length; i++) {
      frame.samples(0)[i] = (short) (i / 16 % 2 == 0 ? 10 : 200);
    }
    DecodedPicture whole = decoded(frame, VideoSignal.FULL_RANGE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PictureFiles.create("a.png", out).write(new DecodedPicture(frame.field(true), 0, 0, List.of(), whole.sps(), null, List.of()));
    BufferedImage field = ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    assertThat(field.getHeight()).isEqualTo(16);
    assertThat(rgb(field)).containsOnly(200);
  }

  @Test
  void kindsOfFilesThatAreNotWrittenAreRefused() {
    assertThatThrownBy(() -> PictureFiles.create("a.JPG", new ByteArrayOutputStream())).isInstanceOf(IOException.class)
        .hasMessageContaining(".jpg files are not written");
  }
}
