package llm265.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureSinkTest {
  private static Picture picture(ChromaFormat chroma, int bitDepth) {
    Picture picture = new Picture(PictureFormat.of8Bit(16, 2, chroma).withBitDepth(bitDepth));
    picture.fill(0, 0x35 << bitDepth - 8 | bitDepth - 8);
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      picture.fill(plane, 1 << bitDepth - 1);
    }
    return picture;
  }

  private static byte[] write(String name, Picture picture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PictureSink.of(name, out).write(picture, true);
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "MONOCHROME, 8, Cmono", "MONOCHROME, 10, Cmono10 ", "YUV420, 8, C420jpeg ", "YUV420, 10, C420p10 ",
    "YUV422, 8, C422 ", "YUV422, 10, C422p10 ", "YUV444, 8, C444 ", "YUV444, 14, C444p14 "
  })
  void y4mHeadersNameTheFormat(ChromaFormat chroma, int bitDepth, String colour) throws IOException {
    byte[] file = write("a.y4m", picture(chroma, bitDepth));
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).startsWith("YUV4MPEG2 W16 H2 ").contains(" " + colour + " XCOLORRANGE");
  }

  @Test
  void y4mCannotHaveTwoDepths() {
    Picture picture = new Picture(new PictureFormat(1, 1, ChromaFormat.YUV420, 8, 9, 0, 0, 0, 0));
    assertThatThrownBy(() -> write("a.y4m", picture)).isInstanceOf(IOException.class).hasMessageContaining("bit depths");
  }

  @Test
  void deepPgmHasItsLargestValueAndTheHighByteFirst() throws IOException {
    byte[] file = write("a.pgm", picture(ChromaFormat.YUV420, 10));
    assertThat(new String(file, 0, 13, StandardCharsets.US_ASCII)).isEqualTo("P5\n16 2\n1023\n");
    assertThat(file).hasSize(13 + 2 * 32).endsWith(0, 0x35 << 2 | 2);
  }

  @ParameterizedTest
  @CsvSource({"YUV422, 10", "YUV444, 8", "YUV420, 12", "MONOCHROME, 9"})
  void pngHasTheMostSignificantBits(ChromaFormat chroma, int bitDepth) throws IOException {
    Picture picture = picture(chroma, bitDepth);
    assertThat(ImageIO.read(new ByteArrayInputStream(write("a.png", picture))).getRaster().getSample(15, 1, 0)).isEqualTo(0x35);
    if (picture.format().planes() > 1) {
      picture.samples(2)[0] = 0;
      // Without Cr there is little red, and the last column is not touched by it.
      int[] pixels = ImageIO.read(new ByteArrayInputStream(write("a.png", picture))).getRGB(0, 0, 16, 1, null, 0, 16);
      assertThat(pixels[0] >> 16 & 0xFF).isZero();
      assertThat(pixels[15] >> 16 & 0xFF).isEqualTo(0x35);
    }
  }
}
