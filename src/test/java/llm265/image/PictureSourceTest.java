package llm265.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.VideoSignal.Ratio;
import llm265.oracle.ColourOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureSourceTest {
  private static final SourceOptions MONOCHROME = new SourceOptions(true, 0, false, null, null);
  private static final SourceOptions LOSSLESS = new SourceOptions(false, 0, true, null, null);

  @TempDir private Path folder;

  /** An image of samples of its own, whose colour model Java does nothing with. */
  private static BufferedImage image(int width, int height, int channels, int type) {
    ColorSpace space = ColorSpace.getInstance(channels < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    boolean hasAlpha = channels % 2 == 0;
    ComponentColorModel model = new ComponentColorModel(
        space, hasAlpha, false, hasAlpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
    WritableRaster raster = model.createCompatibleWritableRaster(width, height);
    return new BufferedImage(model, raster, false, null);
  }

  /** Random colours, all alike within 4x4 pixels. */
  private static BufferedImage blocks(int channels, int type) {
    BufferedImage image = image(32, 24, channels, type);
    int most = type == DataBuffer.TYPE_USHORT ? 65_535 : 255;
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 32; x++) {
        Random random = new Random(100L * (y / 4) + x / 4);
        for (int channel = 0; channel < channels; channel++) {
          image.getRaster().setSample(x, y, channel, random.nextInt(most + 1));
        }
      }
    }
    return image;
  }

  private Path png(BufferedImage image, byte[]... chunks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    byte[] bytes = out.toByteArray();
    // Behind the signature and IHDR
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(bytes, 0, 33);
    for (byte[] chunk : chunks) {
      file.writeBytes(chunk);
    }
    file.write(bytes, 33, bytes.length - 33);
    return Files.write(folder.resolve("in.png"), file.toByteArray());
  }

  private static byte[] chunk(String type, byte... data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
    chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) crc.getValue()).array();
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  private Path pnm(String header, int sampleBytes, int... samples) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    for (int sample : samples) {
      if (sampleBytes == 2) {
        file.write(sample >> 8);
      }
      file.write(sample);
    }
    return Files.write(folder.resolve("in.pnm"), file.toByteArray());
  }

  private Path y4m(String header, int... bytes) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(("YUV4MPEG2 W2 H2 " + header + "\nFRAME\n").getBytes(StandardCharsets.US_ASCII));
    for (int value : bytes) {
      file.write(value);
    }
    return Files.write(folder.resolve("in.y4m"), file.toByteArray());
  }

  private static Picture picture(Path path, SourceOptions options) throws IOException {
    try (PictureSource source = PictureFiles.open(path, options)) {
      return source.next();
    }
  }

  private static VideoSignal signal(Path path, SourceOptions options) throws IOException {
    try (PictureSource source = PictureFiles.open(path, options)) {
      return source.signal();
    }
  }

  private static List<String> notes(Path path, SourceOptions options) throws IOException {
    try (PictureSource source = PictureFiles.open(path, options)) {
      return source.notes();
    }
  }

  /** 256 values of 16 bits, both ends among them. */
  private static int[] ramp() {
    int[] ramp = new int[256];
    Arrays.setAll(ramp, i -> i * 257);
    for (int i = 1; i < 255; i++) {
      ramp[i] += i * 31 % 257 - 128;
    }
    return ramp;
  }

  private static BufferedImage gray(int[] samples, int channels, int type) {
    BufferedImage image = image(16, 16, channels, type);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, samples[i]);
    }
    return image;
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14})
  void samplesOf16BitsAreRoundedToTheDepthAskedFor(int depth) throws IOException {
    int[] ramp = ramp();
    SourceOptions options = new SourceOptions(true, depth, true, null, null);
    List<Path> files = List.of(
        png(gray(ramp, 1, DataBuffer.TYPE_USHORT)), pnm("P5\n16 16\n65535\n", 2, ramp));
    for (Path file : files) {
      Picture picture = picture(file, options);
      assertThat(picture.format().bitDepthLuma()).isEqualTo(depth);
      for (int i = 0; i < 256; i++) {
        assertThat((int) picture.samples(0)[i]).isEqualTo((int) Math.round(ramp[i] * ((1 << depth) - 1) / 65_535.0));
      }
      assertThat(notes(file, options)).isEmpty();
    }
  }

  @Test
  void samplesOf16BitsAreNeverCutInSilence() throws IOException {
    for (Path file : List.of(
        png(blocks(1, DataBuffer.TYPE_USHORT)), png(blocks(3, DataBuffer.TYPE_USHORT)), pnm("P5 1 1 40000\n", 2, 7))) {
      assertThatThrownBy(() -> PictureFiles.open(file, LOSSLESS))
          .isInstanceOf(IOException.class).hasMessageStartingWith(file + ": ").hasMessageContaining("16 bits")
          .hasMessageContaining("--depth");
      assertThat(notes(file, SourceOptions.DEFAULT)).singleElement().asString().contains("16 bits");
      assertThat(picture(file, SourceOptions.DEFAULT).format().bitDepthLuma()).isEqualTo(8);
    }
  }

  /** Java's own conversion takes such samples for linear light, and makes 188 of 128. */
  @Test
  void deepAndTransparentGrayKeepsItsBrightness() throws IOException {
    int[] ramp = ramp();
    Picture deep = picture(png(gray(ramp, 1, DataBuffer.TYPE_USHORT)), MONOCHROME);
    Picture transparent = picture(png(gray(ramp, 2, DataBuffer.TYPE_USHORT)), MONOCHROME);
    for (int i = 0; i < 256; i++) {
      assertThat((int) deep.samples(0)[i]).isEqualTo((int) Math.round(ramp[i] / 257.0));
      assertThat(transparent.samples(0)[i]).isEqualTo(deep.samples(0)[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({"1023, 10", "511, 9", "16383, 14", "256, 9", "4095, 12"})
  void pnmSamplesOf9To14BitsKeepTheirDepth(int most, int depth) throws IOException {
    Path file = pnm("P5 2 2 " + most + "\n", 2, 0, most, 1, most / 2);
    assertThat(notes(file, LOSSLESS)).isEmpty();
    Picture picture = picture(file, LOSSLESS);
    int white = (1 << depth) - 1;
    assertThat(picture.format().bitDepthLuma()).isEqualTo(depth);
    assertThat(picture.samples(0)).contains(
        (short) 0, (short) white, (short) Math.round(white / (double) most),
        (short) Math.round(most / 2 * (double) white / most));
  }

  @Test
  void pnmSamplesBeyondTheLargestAreRefused() throws IOException {
    Path file = pnm("P5 1 2 1000\n", 2, 1000, 1001);
    assertThatThrownBy(() -> PictureFiles.open(file, SourceOptions.DEFAULT))
        .hasMessageContaining("1001").hasMessageContaining("1000");
    Path large = pnm("P5 1 1 65536\n", 2, 0);
    assertThatThrownBy(() -> PictureFiles.open(large, SourceOptions.DEFAULT)).hasMessageContaining("largest sample");
  }

  @Test
  void pnmImagesOfAnotherKindAreRefusedWhereTheyBegin() throws IOException {
    Path kinds = pnm("P5 1 1 99\n0P6 1 1 99\n000", 1);
    try (PictureSource source = PictureFiles.open(kinds, SourceOptions.DEFAULT)) {
      source.next();
      assertThatThrownBy(source::next).isInstanceOf(IOException.class).hasMessageContaining("different kinds");
    }
  }

  /** What FFmpeg makes of the samples by the matrix and range that the signal names is the image again. */
  @ParameterizedTest
  @CsvSource({
    "BT601, true, 8", "BT601, false, 8", "BT709, true, 8", "BT709, false, 10", "FCC, true, 8", "SMPTE240M, false, 8",
    "BT2020, true, 12", "BT2020, false, 8"
  })
  void coloursAreConvertedAsTheSignalSays(ColourMatrix matrix, boolean fullRange, int depth) throws IOException {
    BufferedImage image = blocks(3, depth > 8 ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE);
    int[] pixels = image.getRaster().getPixels(0, 0, 32, 24, (int[]) null);
    SourceOptions options = new SourceOptions(false, depth, false, fullRange, matrix);
    StringBuilder ppm = new StringBuilder("P6\n32 24\n").append(depth > 8 ? 65_535 : 255).append('\n');
    for (Path file : List.of(png(image), pnm(ppm.toString(), depth > 8 ? 2 : 1, pixels))) {
      VideoSignal signal = signal(file, options);
      assertThat(signal.fullRange()).isEqualTo(fullRange);
      assertThat(signal.matrixCoefficients()).isEqualTo(matrix.matrixCoefficients());
      assertThat(signal.chromaSampleLocType()).isEqualTo(1);
      String format = depth > 8 ? "yuv420p" + depth + "le" : "yuv420p";
      OraclePicture picture = new OraclePicture(32, 24, format, planes(picture(file, options)));
      int[] shown = ColourOracle.rgb(picture, signal.matrixCoefficients(), fullRange, depth > 8);
      int tolerance = depth > 8 ? 2 * 257 : 3;
      for (int i = 0; i < shown.length; i++) {
        assertThat(shown[i]).as("pixel %d, channel %d", i / 3, i % 3).isBetween(pixels[i] - tolerance, pixels[i] + tolerance);
      }
    }
  }

  private static byte[][] planes(Picture picture) {
    PictureFormat format = picture.format();
    byte[] all = new byte[picture.croppedBytes()];
    picture.writeCropped(all, 0);
    int luma = all.length * 2 / 3;
    assertThat(format.width(0) * format.height(0) * (format.bitDepthLuma() > 8 ? 2 : 1)).isEqualTo(luma);
    return new byte[][] {
      Arrays.copyOf(all, luma), Arrays.copyOfRange(all, luma, luma * 5 / 4), Arrays.copyOfRange(all, luma * 5 / 4, all.length)
    };
  }

  @Test
  void imagesAreFullRangeAndBt601UnlessAskedFor() throws IOException {
    VideoSignal colours = VideoSignal.FULL_RANGE.withColours(1, 13, 5).withChromaSampleLocType(1);
    assertThat(signal(png(blocks(3, DataBuffer.TYPE_BYTE)), SourceOptions.DEFAULT)).isEqualTo(colours);
    assertThat(signal(png(blocks(3, DataBuffer.TYPE_BYTE)), MONOCHROME)).isEqualTo(colours.withChromaSampleLocType(null));
    assertThat(signal(png(blocks(1, DataBuffer.TYPE_BYTE)), SourceOptions.DEFAULT)).isEqualTo(VideoSignal.FULL_RANGE);
    assertThat(signal(pnm("P6 1 1 255\n", 1, 1, 2, 3), SourceOptions.DEFAULT)).isEqualTo(colours.withColours(2, 2, 5));
  }

  @Test
  void grayOfLimitedRangeIs16To235() throws IOException {
    Path file = pnm("P5 2 1 255\n", 1, 0, 255);
    assertThat(picture(file, new SourceOptions(true, 0, false, false, null)).samples(0)).startsWith((short) 16, (short) 235);
    assertThat(picture(file, new SourceOptions(true, 10, false, false, null)).samples(0)).startsWith((short) 64, (short) 940);
  }

  @Test
  void chunksOfAPngSayWhichColoursTheseAre() throws IOException {
    BufferedImage image = blocks(3, DataBuffer.TYPE_BYTE);
    byte[] displayP3 = chunk("cHRM", ints(31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000));
    byte[] linear = chunk("gAMA", ints(100_000));
    byte[] srgb = chunk("sRGB", (byte) 0);
    assertColours(png(image, srgb), 1, 13);
    assertColours(png(image, displayP3), 2, 13);
    assertColours(png(image, linear), 1, 2);
    assertColours(png(image, displayP3, linear), 2, 2);
    assertColours(png(image, displayP3, srgb, linear), 1, 13);
    assertColours(png(image, chunk("iCCP", (byte) 'x'), srgb), 2, 2);
    assertColours(png(image, srgb, chunk("cICP", (byte) 9, (byte) 16, (byte) 0, (byte) 1), displayP3), 9, 16);
  }

  private static void assertColours(Path file, int primaries, int transfer) throws IOException {
    VideoSignal signal = signal(file, SourceOptions.DEFAULT);
    assertThat(signal.colourPrimaries()).isEqualTo(primaries);
    assertThat(signal.transferCharacteristics()).isEqualTo(transfer);
  }

  /** The JDK's reader refuses an image for each of these where it is to read metadata; every viewer shows it. */
  @ParameterizedTest
  @ValueSource(strings = {"gAMA", "iCCP", "iTXt", "sRGB", "zTXt", "cHRM", "cICP", "bKGD"})
  void aDamagedChunkBesideTheSamplesDoesNotMatter(String type) throws IOException {
    BufferedImage image = blocks(3, DataBuffer.TYPE_BYTE);
    Picture expected = picture(png(image), SourceOptions.DEFAULT);
    assertThat(picture(png(image, chunk(type, (byte) 'x')), SourceOptions.DEFAULT).samples(0)).isEqualTo(expected.samples(0));
  }

  @Test
  void transparencyIsLeftOutAndThisIsTold() throws IOException {
    for (int type : new int[] {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT}) {
      for (int channels : new int[] {2, 4}) {
        BufferedImage image = blocks(channels, type);
        SourceOptions options = new SourceOptions(false, 8, false, null, null);
        assertThat(notes(png(image), options)).singleElement().asString().contains("transparency");
        int[] opaque = new int[32 * 24];
        Arrays.fill(opaque, type == DataBuffer.TYPE_BYTE ? 255 : 65_535);
        image.getRaster().setSamples(0, 0, 32, 24, channels - 1, opaque);
        assertThat(notes(png(image), options)).isEmpty();
      }
    }
  }

  /** Java's reader compares such samples with the value that tRNS names after it has spread them over 8 bits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void transparencyOfNarrowGrayIsToldToo(int bitDepth) throws IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(rows)) {
      deflater.write(new byte[8 * (1 + bitDepth)]);
    }
    byte[] ihdr = {0, 0, 0, 8, 0, 0, 0, 8, (byte) bitDepth, 0, 0, 0, 0};
    for (boolean transparent : new boolean[] {false, true}) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes("\u0089PNG\r\n\u001A\n".getBytes(StandardCharsets.ISO_8859_1));
      file.writeBytes(chunk("IHDR", ihdr));
      file.writeBytes(transparent ? chunk("tRNS", (byte) 0, (byte) 1) : new byte[0]);
      file.writeBytes(chunk("IDAT", rows.toByteArray()));
      file.writeBytes(chunk("IEND"));
      Path path = Files.write(folder.resolve("in.png"), file.toByteArray());
      assertThat(notes(path, SourceOptions.DEFAULT)).hasSize(transparent ? 1 : 0);
    }
  }

  @Test
  void losslessColoursAreToldToBe420() throws IOException {
    assertThat(notes(png(blocks(3, DataBuffer.TYPE_BYTE)), LOSSLESS)).singleElement().asString().contains("4:2:0");
    assertThat(notes(pnm("P6 1 1 255\n", 1, 5, 5, 5), LOSSLESS)).isEmpty();
    assertThat(notes(png(blocks(1, DataBuffer.TYPE_BYTE)), LOSSLESS)).isEmpty();
  }

  @Test
  void y4mHeadersSayWhatTheSignalIs() throws IOException {
    int[] frame = {1, 2, 3, 4, 5, 6};
    assertThat(signal(y4m("", frame), SourceOptions.DEFAULT)).isEqualTo(VideoSignal.UNKNOWN);
    assertThat(signal(y4m("F0:0 A0:0 C420", frame), SourceOptions.DEFAULT))
        .isEqualTo(VideoSignal.UNKNOWN.withChromaSampleLocType(1));
    VideoSignal all = new VideoSignal(false, 2, 2, 2, 0, new Ratio(32, 11), new Ratio(30_000, 1001));
    assertThat(signal(y4m("F30000:1001 Ip A32:11 C420mpeg2 XCOLORRANGE=LIMITED", frame), SourceOptions.DEFAULT)).isEqualTo(all);
    assertThat(signal(y4m("F60000:2002 A64:22 C420mpeg2 XCOLORRANGE=FULL XYSCSS=420", frame), SourceOptions.DEFAULT))
        .isEqualTo(all.withFullRange(true));
    assertThat(signal(y4m("XCOLORRANGE=FULL", frame), new SourceOptions(false, 0, false, false, ColourMatrix.BT709)))
        .isEqualTo(VideoSignal.UNKNOWN.withFullRange(false).withColours(2, 2, 1));
    assertThat(notes(y4m("It", frame), SourceOptions.DEFAULT)).singleElement().asString().contains("interlaced");
  }

  @ParameterizedTest
  @ValueSource(strings = {"XCOLORRANGE=full", "F25:x", "F-1:1", "A1:99999999999", "Fx"})
  void y4mHeadersThatSayNothingKnownAreRefused(String tag) throws IOException {
    Path file = y4m(tag, 1, 2, 3, 4, 5, 6);
    assertThatThrownBy(() -> PictureFiles.open(file, SourceOptions.DEFAULT))
        .isInstanceOf(IOException.class).hasMessageStartingWith(file + ": ").hasMessageContaining(tag);
  }

  /** White stays white, and flat chroma flat. */
  @Test
  void depthOfVideoFollowsItsRange() throws IOException {
    SourceOptions deep = new SourceOptions(false, 10, false, null, null);
    Picture full = picture(y4m("XCOLORRANGE=FULL", 255, 0, 100, 235, 128, 128), deep);
    assertThat(full.samples(0)).contains((short) 1023, (short) 0, (short) 401, (short) 943);
    assertThat(full.samples(1)[0]).isEqualTo((short) 512);
    Picture limited = picture(y4m("", 255, 0, 100, 235, 128, 128), deep);
    assertThat(limited.samples(0)).contains((short) 1020, (short) 0, (short) 400, (short) 940);
    assertThat(limited.samples(1)[0]).isEqualTo((short) 512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.y4m", "a.pgm", "a.ppm", "a.pnm"})
  void foreignFilesAreNamedSo(String name) throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a".repeat(64) + "\nsize 12345\n";
    for (String content : List.of(pointer, "", "\u0089PN", "P2 1 1 255 0", "GIF89a", "\0".repeat(2000))) {
      Path file = Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> PictureFiles.open(file, SourceOptions.DEFAULT))
          .isInstanceOf(IOException.class).hasMessageStartingWith(file + ": ").hasMessageNotContaining("\n");
    }
  }

  /** Found by fuzzing: words of the header went into messages as they were, with line ends and all. */
  @ParameterizedTest
  @ValueSource(strings = {"W4\r\u001b", "H2\u0007", "F2\r:1", "A1:\u001b[m", "C420\r", "XCOLORRANGE=\r"})
  void wordsOfAHeaderStayOnTheirLineInMessages(String word) throws IOException {
    Path file = y4m(word);
    assertThatThrownBy(() -> PictureFiles.open(file, SourceOptions.DEFAULT)).isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
  }
}
