package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import llm265.oracle.FfmpegDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures in files through h264 encode and h264 decode. */
class H264CommandsTest {
  @TempDir private Path folder;

  /** Smooth samples with a little noise, which are coded at QP 0 with an error of one or two at most. */
  private static byte[] samples(int width, int height, int seed) {
    byte[] samples = new byte[width * height];
    Random random = new Random(seed);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (60 + seed * 7 % 50 + i % width * 2 + i / width + random.nextInt(4));
    }
    return samples;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A 4:2:0 or mono frame as in a .y4m file. */
  private static byte[] frame(int width, int height, boolean colour, int seed) {
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    byte[] luma = samples(width, height, seed);
    return colour
        ? join(luma, samples(chromaWidth, chromaHeight, seed + 1), samples(chromaWidth, chromaHeight, seed + 2))
        : luma;
  }

  private Path y4m(int width, int height, String colour, byte[]... frames) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(ascii("YUV4MPEG2 W" + width + " H" + height + " F30:1 Ip A1:1 C" + colour + " XTEST\n"));
    for (byte[] frame : frames) {
      file.writeBytes(ascii("FRAME\n"));
      file.writeBytes(frame);
    }
    return Files.write(folder.resolve("in.y4m"), file.toByteArray());
  }

  private Path encode(Path input, Object... options) {
    Path stream = folder.resolve("out.264");
    CommandRun.succeed(join(new Object[] {"h264", "encode", input, "-o", stream}, options));
    assertThat(CommandRun.succeed("verify", stream)).isEqualTo(stream + ": the stream is intact\n");
    return stream;
  }

  private static Object[] join(Object[] first, Object[] second) {
    Object[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private byte[] decode(Path stream, String name) throws IOException {
    Path out = folder.resolve(name);
    CommandRun.succeed("h264", "decode", stream, "-o", out);
    return Files.readAllBytes(out);
  }

  private static void assertClose(byte[] actual, byte[] expected, int tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i] & 0xFF).as("sample %d", i)
          .isBetween((expected[i] & 0xFF) - tolerance, (expected[i] & 0xFF) + tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"48,32,1", "34,18,1", "16,16,5", "2,2,3"})
  void videoOfEvenSizeComesBackFrameByFrame(int width, int height, int count) throws IOException {
    byte[][] frames = new byte[count][];
    Arrays.setAll(frames, i -> frame(width, height, true, 1 + 3 * i));
    Path stream = encode(y4m(width, height, "420mpeg2", frames), "--qp", "0", "--threads", "2");
    byte[] raw = decode(stream, "out.yuv");
    assertClose(raw, join(frames), 3);
    byte[] video = decode(stream, "out.y4m");
    assertThat(new String(video, StandardCharsets.ISO_8859_1)).startsWith("YUV4MPEG2 W" + width + " H" + height + " ");
    Path again = folder.resolve("again.264");
    CommandRun.succeed("h264", "encode", folder.resolve("out.y4m"), "-o", again, "--qp", "0", "--threads", "1");
    assertClose(decode(again, "again.yuv"), raw, 3);
  }

  @ParameterizedTest
  @CsvSource({"33,17", "1,1", "17,16", "16,17"})
  void monochromeKeepsOddSizes(int width, int height) throws IOException {
    byte[] frame = frame(width, height, false, 4);
    Path stream = encode(y4m(width, height, "mono", frame), "--qp", "0", "--monochrome");
    assertClose(decode(stream, "out.yuv"), frame, 2);
    assertThat(decode(stream, "out.pgm")).startsWith(ascii("P5\n" + width + " " + height + "\n255\n"));
    assertClose(
        decode(stream, "out.y4m"),
        join(ascii("YUV4MPEG2 W" + width + " H" + height + " F30:1 Ip A1:1 Cmono\nFRAME\n"), frame), 2);
  }

  /** Samples of two bytes, little-endian, that use all bits of a depth. */
  private static byte[] deepFrame(int samples, int bitDepth) {
    Random random = new Random(bitDepth);
    byte[] frame = new byte[2 * samples];
    for (int i = 0; i < samples; i++) {
      int sample = random.nextInt(8) == 0 ? random.nextInt(1 << bitDepth) : i % (1 << bitDepth);
      frame[2 * i] = (byte) sample;
      frame[2 * i + 1] = (byte) (sample >> 8);
    }
    return frame;
  }

  @ParameterizedTest
  @CsvSource({"420p9,9", "420p10,10", "420p12,12", "420p14,14", "mono10,10", "mono14,14"})
  void deepVideoComesBackWithoutLoss(String colour, int bitDepth) throws IOException {
    boolean mono = colour.startsWith("mono");
    byte[] frame = deepFrame(mono ? 34 * 18 : 34 * 18 * 3 / 2, bitDepth);
    Path file = y4m(34, 18, colour, frame, frame);
    Path stream = mono ? encode(file, "--lossless", "--monochrome") : encode(file, "--lossless");
    assertThat(decode(stream, "out.yuv")).isEqualTo(join(frame, frame));
    assertThat(CommandRun.succeed("inspect", stream))
        .containsPattern("profile_idc +244").containsPattern("constraint_set3_flag +1")
        .containsPattern("qpprime_y_zero_transform_bypass_flag +1");
    String video = new String(decode(stream, "out.y4m"), StandardCharsets.ISO_8859_1);
    assertThat(video).contains(" C" + colour);
    if (FfmpegDecoder.find().isPresent()) {
      assertThat(CommandRun.succeed("verify", stream, "--against", "ffmpeg")).contains("every sample as ffmpeg decodes it");
    }
  }

  @Test
  void losslessVideoOf8BitsComesBackAsItWas() throws IOException {
    byte[] frame = frame(34, 18, true, 3);
    Path stream = encode(y4m(34, 18, "420jpeg", frame), "--lossless", "--slices", "2");
    assertThat(decode(stream, "out.yuv")).isEqualTo(frame);
  }

  @Test
  void depthOfTheStreamMayBeAnotherThanThatOfTheFile() throws IOException {
    byte[] frame = frame(32, 32, true, 5);
    Path stream = encode(y4m(32, 32, "420jpeg", frame), "--depth", "10", "--qp", "-12");
    assertThat(CommandRun.succeed("inspect", stream)).containsPattern("profile_idc +110")
        .containsPattern("bit_depth_luma_minus8 +2");
    byte[] deep = decode(stream, "out.yuv");
    assertThat(deep).hasSize(2 * frame.length);
    for (int i = 0; i < frame.length; i++) {
      assertThat(deep[2 * i] & 0xFF | (deep[2 * i + 1] << 8)).isBetween(4 * (frame[i] & 0xFF) - 1, 4 * (frame[i] & 0xFF) + 1);
    }
    byte[] wide = deepFrame(32 * 32 * 3 / 2, 12);
    byte[] narrow = decode(encode(y4m(32, 32, "420p12", wide), "--depth", "8", "--lossless"), "narrow.yuv");
    for (int i = 0; i < narrow.length; i++) {
      int sample = wide[2 * i] & 0xFF | (wide[2 * i + 1] << 8);
      assertThat(narrow[i] & 0xFF).isEqualTo(Math.min((sample + 8) >> 4, 255));
    }
  }

  @Test
  void lumaOfAColourVideoIsTheSameWithAndWithoutMonochrome() throws IOException {
    byte[] frame = frame(32, 32, true, 2);
    Path stream = encode(y4m(32, 32, "420jpeg", frame), "--qp", "0", "--monochrome");
    assertClose(decode(stream, "out.yuv"), Arrays.copyOf(frame, 32 * 32), 2);
  }

  @Test
  void oddSizesBecomeEvenOnesByRepeatingTheEdgeAndThisIsTold() throws IOException {
    byte[] frame = frame(33, 17, true, 2);
    Path stream = folder.resolve("out.264");
    CommandRun run = CommandRun.of("h264", "encode", y4m(33, 17, "420jpeg", frame), "-o", stream, "--qp", "0");
    assertThat(run.status()).isZero();
    assertThat(run.err().lines()).singleElement().asString().startsWith("llm265: note: 33x17 becomes 34x18, ");
    byte[] raw = decode(stream, "out.yuv");
    assertThat(raw).hasSize(34 * 18 * 3 / 2);
    byte[] expected = new byte[34 * 18];
    for (int y = 0; y < 18; y++) {
      for (int x = 0; x < 34; x++) {
        expected[34 * y + x] = frame[33 * Math.min(y, 16) + Math.min(x, 32)];
      }
    }
    assertClose(Arrays.copyOf(raw, 34 * 18), expected, 3);
    assertClose(Arrays.copyOfRange(raw, 34 * 18, raw.length), Arrays.copyOfRange(frame, 33 * 17, frame.length), 3);
  }

  @Test
  void grayImagesHaveFlatChroma() throws IOException {
    byte[] gray = samples(20, 10, 3);
    Path pgm = Files.write(folder.resolve("in.pgm"), join(ascii("P5 # a comment\n20\n10 255\n"), gray));
    Path stream = encode(pgm, "--qp", "0");
    byte[] raw = decode(stream, "out.yuv");
    assertClose(Arrays.copyOf(raw, 200), gray, 2);
    assertThat(Arrays.copyOfRange(raw, 200, 300)).containsOnly((byte) 128);
    assertClose(decode(stream, "out.pgm"), join(ascii("P5\n20 10\n255\n"), Arrays.copyOf(raw, 200)), 0);
    decode(stream, "out.png");
    BufferedImage png = ImageIO.read(folder.resolve("out.png").toFile());
    assertThat(png.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    assertThat(png.getRaster().getSample(7, 3, 0)).isEqualTo(raw[67] & 0xFF);
  }

  @Test
  void samplesOfFewerBitsAreSpreadOverEight() throws IOException {
    byte[] gray = new byte[256];
    Arrays.fill(gray, 0, 128, (byte) 15);
    Path pgm = Files.write(folder.resolve("in.pgm"), join(ascii("P5 16 16 15\n"), gray));
    byte[] raw = decode(encode(pgm, "--qp", "0", "--monochrome"), "out.yuv");
    assertThat(raw[5] & 0xFF).isGreaterThan(252);
    assertThat(raw[250] & 0xFF).isLessThan(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ppm", "png"})
  void coloursComeBack(String kind) throws IOException {
    int[] colours = {0xFF0000, 0x00FF00, 0x0000FF, 0x808080, 0xFFFFFF, 0x123456};
    BufferedImage image = new BufferedImage(96, 16, BufferedImage.TYPE_INT_RGB);
    byte[] ppm = new byte[96 * 16 * 3];
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 96; x++) {
        int colour = colours[x / 16];
        image.setRGB(x, y, colour);
        for (int i = 0; i < 3; i++) {
          ppm[3 * (96 * y + x) + i] = (byte) (colour >> (16 - 8 * i));
        }
      }
    }
    Path input = folder.resolve("in." + kind);
    if (kind.equals("png")) {
      ImageIO.write(image, "png", input.toFile());
    } else {
      Files.write(input, join(ascii("P6\n96 16\n255\n"), ppm));
    }
    decode(encode(input, "--qp", "4"), "out.png");
    BufferedImage out = ImageIO.read(folder.resolve("out.png").toFile());
    for (int i = 0; i < colours.length; i++) {
      int actual = out.getRGB(16 * i + 8, 8);
      for (int shift = 0; shift < 24; shift += 8) {
        assertThat((actual >> shift) & 0xFF).as("%06x at %d", colours[i], shift)
            .isBetween(((colours[i] >> shift) & 0xFF) - 5, ((colours[i] >> shift) & 0xFF) + 5);
      }
    }
  }

  @Test
  void slicesAndDeblockingChangeTheStreamAndNotTheThreads() throws IOException {
    byte[] frame = frame(64, 64, true, 1);
    byte[] other = frame(64, 64, true, 9);
    Path input = y4m(64, 64, "420jpeg", frame, other, frame);
    byte[] plain = Files.readAllBytes(encode(input, "--qp", "35", "--threads", "1"));
    assertThat(Files.readAllBytes(encode(input, "--qp", "35", "--threads", "3"))).isEqualTo(plain);
    assertThat(Files.readAllBytes(encode(input, "--qp", "35", "--no-deblocking"))).isNotEqualTo(plain);
    Path sliced = encode(input, "--qp", "35", "--slices", "4");
    assertThat(CommandRun.succeed("inspect", sliced).lines().filter(line -> line.contains("nal_unit_type 5"))).hasSize(12);
    if (FfmpegDecoder.find().isPresent()) {
      assertThat(CommandRun.succeed("verify", sliced, "--against", "ffmpeg")).endsWith("every sample as ffmpeg decodes it\n");
    }
  }

  @Test
  void outputMayBeADevice() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/null")));
    Path input = y4m(16, 16, "420jpeg", frame(16, 16, true, 1));
    CommandRun.succeed("h264", "encode", input, "-o", "/dev/null", "--qp", "20");
    CommandRun.succeed("h264", "decode", encode(input, "--qp", "20"), "-o", "/dev/null");
    assertThat(Path.of("/dev/null")).satisfies(path -> assertThat(Files.isRegularFile(path)).isFalse());
  }

  @Test
  void onePngHoldsOnePicture() throws IOException {
    byte[] frame = frame(16, 16, true, 1);
    Path stream = encode(y4m(16, 16, "420jpeg", frame, frame), "--qp", "20");
    Path out = folder.resolve("out.png");
    assertThat(CommandRun.fail(2, "h264", "decode", stream, "-o", out)).contains("a .png file holds one");
    assertThat(SampleModel.files(folder)).containsExactly("in.y4m", "out.264");
  }

  @Test
  void aStreamWithAFaultInItsMiddleLeavesNoOutput() throws IOException {
    byte[] frame = frame(64, 64, true, 1);
    Path stream = encode(y4m(64, 64, "420jpeg", frame, frame, frame), "--qp", "20");
    byte[] bytes = Files.readAllBytes(stream);
    Path cut = Files.write(folder.resolve("cut.264"), Arrays.copyOf(bytes, bytes.length - 300));
    assertThat(CommandRun.fail(2, "h264", "decode", cut, "-o", folder.resolve("x.yuv"))).startsWith(cut + ": ");
    assertThat(SampleModel.files(folder)).containsExactly("cut.264", "in.y4m", "out.264");
  }
}
