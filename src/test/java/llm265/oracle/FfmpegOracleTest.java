package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import org.junit.jupiter.api.Test;

class FfmpegOracleTest {
  private static Picture picture(int width, int height, ChromaFormat chroma, int seed) {
    return RandomPictures.of(Content.EDGES, width, height, chroma, seed);
  }

  @Test
  void picturesComeInOrderAndCropped() {
    List<Picture> sources = List.of(
        picture(50, 38, ChromaFormat.YUV420, 1), picture(50, 38, ChromaFormat.YUV420, 2),
        picture(50, 38, ChromaFormat.YUV420, 3));
    List<OraclePicture> decoded = FfmpegOracle.decode(X264Oracle.encode(sources, "qp=1"));
    assertThat(decoded).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(decoded.get(i).width()).isEqualTo(50);
      assertThat(decoded.get(i).height()).isEqualTo(38);
      assertThat(decoded.get(i).pixelFormat()).isEqualTo("yuv420p");
      assertThat(largestError(decoded.get(i), sources.get(i))).isLessThan(6);
    }
  }

  private static int largestError(OraclePicture decoded, Picture source) {
    int largest = 0;
    for (int plane = 0; plane < source.format().planes(); plane++) {
      byte[] wanted = OraclePicture.plane(source, plane);
      for (int i = 0; i < wanted.length; i++) {
        largest = Math.max(largest, Math.abs((wanted[i] & 0xFF) - (decoded.planes()[plane][i] & 0xFF)));
      }
    }
    return largest;
  }

  @Test
  void monochromeIsDecoded() {
    Picture source = picture(32, 48, ChromaFormat.MONOCHROME, 4);
    List<OraclePicture> decoded = FfmpegOracle.decode(X264Oracle.encode(List.of(source), "qp=1"));
    assertThat(largestError(decoded.getFirst(), source)).isLessThan(6);
  }

  @Test
  void damageIsAnError() {
    byte[] stream = X264Oracle.encode(List.of(picture(64, 64, ChromaFormat.YUV420, 5)), "qp=20");
    byte[] cut = Arrays.copyOf(stream, stream.length - stream.length / 8);
    assertThatThrownBy(() -> FfmpegOracle.decode(cut)).isInstanceOf(OracleException.class);
  }

  @Test
  void optionsReachX264() {
    Picture source = picture(64, 64, ChromaFormat.YUV420, 6);
    byte[] one = X264Oracle.encode(List.of(source), "qp=30");
    assertThat(X264Oracle.encode(List.of(source), "qp=30:cqm=jvt")).isNotEqualTo(one);
    assertThat(X264Oracle.encode(List.of(source), "qp=10")).hasSizeGreaterThan(one.length);
    assertThatThrownBy(() -> X264Oracle.encode(List.of(source), "qp=ten")).isInstanceOf(OracleException.class);
  }

  @Test
  void differencesAreNamedByTheirPlace() {
    Picture source = picture(32, 32, ChromaFormat.YUV420, 7);
    byte[][] planes = {
        OraclePicture.plane(source, 0), OraclePicture.plane(source, 1), OraclePicture.plane(source, 2)
    };
    assertThat(new OraclePicture(32, 32, "yuv420p", planes).firstDifferenceFrom(source)).isEmpty();
    planes[2][16 * 3 + 5]++;
    assertThat(new OraclePicture(32, 32, "yuv420p", planes).firstDifferenceFrom(source)).startsWith("plane 2 x 5 y 3: ");
    assertThat(new OraclePicture(32, 30, "yuv420p", planes).firstDifferenceFrom(source)).contains("32x30");
  }
}
