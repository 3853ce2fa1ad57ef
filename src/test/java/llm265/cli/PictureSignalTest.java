package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import llm265.oracle.ColourOracle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How samples are meant, from file to stream, as FFmpeg reads it there, and back to a file. */
class PictureSignalTest {
  @TempDir private Path folder;

  private Path y4m(String tags) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(("YUV4MPEG2 W16 H16 " + tags + "\nFRAME\n").getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 16 * 16 * 3 / 2; i++) {
      file.write(i < 256 ? i : 128);
    }
    return Files.write(folder.resolve("in.y4m"), file.toByteArray());
  }

  private Path png(int type) throws IOException {
    BufferedImage image = new BufferedImage(16, 16, type);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, type == BufferedImage.TYPE_USHORT_GRAY ? 257 * i : i);
    }
    Path path = folder.resolve("in.png");
    ImageIO.write(image, "png", path.toFile());
    return path;
  }

  private Path encode(Path input, String... options) {
    Path stream = folder.resolve("out.264");
    Object[] arguments = new Object[options.length + 5];
    System.arraycopy(new Object[] {"h264", "encode", input, "-o", stream}, 0, arguments, 0, 5);
    System.arraycopy(options, 0, arguments, 5, options.length);
    CommandRun.succeed(arguments);
    return stream;
  }

  private byte[] decode(Path stream, String name) throws IOException {
    Path out = folder.resolve(name);
    CommandRun.succeed("h264", "decode", stream, "-o", out);
    return Files.readAllBytes(out);
  }

  @ParameterizedTest
  @CsvSource({
    "F24:1 C420jpeg, false, false, 24/1, 0/1, F24:1 Ip A0:0 C420jpeg",
    "F30000:1001 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED, true, false, 30000/1001, 1/1, "
        + "F30000:1001 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED",
    "F50:1 A64:45 C420paldv XCOLORRANGE=FULL, true, true, 50/1, 64/45, F50:1 Ip A64:45 C420paldv XCOLORRANGE=FULL",
    "F0:0, false, false, 0/1, 0/1, F25:1 Ip A0:0 C420mpeg2"
  })
  void whatAVideoSaysIsInTheStreamAndInTheVideoMadeOfIt(
      String tags, boolean rangeKnown, boolean fullRange, String rate, String shape, String again) throws IOException {
    Path input = y4m(tags);
    Path stream = encode(input, "--lossless");
    ColourOracle.Signal signal = ColourOracle.signal(Files.readAllBytes(stream));
    assertThat(signal.rangeKnown()).isEqualTo(rangeKnown);
    assertThat(signal.fullRange()).isEqualTo(fullRange);
    assertThat(signal.frameRate()).isEqualTo(rate);
    assertThat(signal.sampleAspectRatio()).isEqualTo(shape);
    assertThat(signal.matrix()).isEqualTo(2);
    String video = new String(decode(stream, "out.y4m"), StandardCharsets.ISO_8859_1);
    assertThat(video.lines().findFirst().orElseThrow()).isEqualTo("YUV4MPEG2 W16 H16 " + again);
    assertThat(video).endsWith(new String(Files.readAllBytes(input), StandardCharsets.ISO_8859_1).substring(20 + tags.length()));
  }

  @Test
  void rangeAndMatrixOfAVideoMayBeTold() throws IOException {
    Path stream = encode(y4m("F25:1 XCOLORRANGE=LIMITED"), "--qp", "20", "--range", "full", "--matrix", "bt709");
    ColourOracle.Signal signal = ColourOracle.signal(Files.readAllBytes(stream));
    assertThat(signal.fullRange()).isTrue();
    assertThat(signal.matrix()).isEqualTo(1);
  }

  @Test
  void imagesSayWhatTheyAreConvertedTo() throws IOException {
    ColourOracle.Signal byDefault = ColourOracle.signal(
        Files.readAllBytes(encode(png(BufferedImage.TYPE_INT_RGB), "--qp", "20")));
    assertThat(byDefault.fullRange()).isTrue();
    assertThat(byDefault.primaries()).isEqualTo(1);
    assertThat(byDefault.transfer()).isEqualTo(13);
    assertThat(byDefault.matrix()).isEqualTo(5);
    assertThat(byDefault.chromaSampleLocType()).isEqualTo(1);
    ColourOracle.Signal chosen = ColourOracle.signal(Files.readAllBytes(
        encode(png(BufferedImage.TYPE_INT_RGB), "--qp", "20", "--range", "limited", "--matrix", "bt2020")));
    assertThat(chosen.rangeKnown()).isTrue();
    assertThat(chosen.fullRange()).isFalse();
    assertThat(chosen.matrix()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "limited"})
  void grayComesBackFromEitherRange(String range) throws IOException {
    Path stream = encode(png(BufferedImage.TYPE_BYTE_GRAY), "--lossless", "--depth", "10", "--range", range);
    decode(stream, "out.png");
    BufferedImage deep = ImageIO.read(folder.resolve("out.png").toFile());
    byte[] pgm = decode(stream, "out.pgm");
    assertThat(new String(pgm, 0, 15, StandardCharsets.US_ASCII)).startsWith("P5\n16 16\n1023\n");
    for (int i = 0; i < 256; i++) {
      assertThat(Math.round(deep.getRaster().getSample(i % 16, i / 16, 0) / 257.0)).isEqualTo(i);
      int sample = ((pgm[14 + 2 * i] & 0xFF) << 8) | pgm[15 + 2 * i] & 0xFF;
      assertThat(Math.round(sample * 255.0 / 1023)).isEqualTo(i);
    }
  }

  @Test
  void imagesOf16BitsLoseNothingInSilence() throws IOException {
    Path input = png(BufferedImage.TYPE_USHORT_GRAY);
    Path stream = folder.resolve("out.264");
    assertThat(CommandRun.fail(2, "h264", "encode", input, "-o", stream, "--lossless")).contains("16 bits").contains("--depth");
    assertThat(stream).doesNotExist();
    CommandRun run = CommandRun.of("h264", "encode", input, "-o", stream, "--qp", "20");
    assertThat(run.err().lines()).singleElement().asString().startsWith("llm265: note: " + input + ": ").contains("16 bits");
    encode(input, "--lossless", "--depth", "14");
    decode(stream, "out.png");
    BufferedImage out = ImageIO.read(folder.resolve("out.png").toFile());
    for (int i = 0; i < 256; i++) {
      assertThat(out.getRaster().getSample(i % 16, i / 16, 0)).isBetween(257 * i - 2, 257 * i + 2);
    }
  }

  @Test
  void aPpmIsAnImageAndOtherKindsAreRefused() throws IOException {
    Path stream = encode(y4m("F25:1"), "--qp", "20");
    assertThat(new String(decode(stream, "out.ppm"), StandardCharsets.ISO_8859_1))
        .startsWith("P6\n16 16\n255\n").hasSize(13 + 768);
    for (String kind : new String[] {"jpg", "tiff", "mp4"}) {
      assertThat(CommandRun.fail(2, "h264", "decode", stream, "-o", folder.resolve("x." + kind)))
          .contains("." + kind + " file");
    }
    assertThat(SampleModel.files(folder)).containsExactly("in.y4m", "out.264", "out.ppm");
  }

  @Test
  void whatNeeds444IsRefused() throws IOException {
    Path input = png(BufferedImage.TYPE_INT_RGB);
    Path stream = folder.resolve("x.264");
    assertThat(CommandRun.fail(2, "h264", "encode", input, "-o", stream, "--qp", "9", "--matrix", "gbr")).contains("4:4:4");
  }
}
