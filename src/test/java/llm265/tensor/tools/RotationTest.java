package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import llm265.h264.MalformedStreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import org.junit.jupiter.api.Test;

class RotationTest {
  private final Random random = new Random(1);

  private Rotation rotation(int reflections, int n) {
    short[][] vectors = new short[reflections][n];
    for (short[] vector : vectors) {
      for (int i = 0; i < n; i++) {
        vector[i] = (short) Math.round(12 * random.nextGaussian());
      }
      vector[random.nextInt(n)] = (short) (random.nextInt(2 * Rotation.GREATEST + 1) - Rotation.GREATEST);
    }
    return new Rotation(vectors);
  }

  @Test
  void inverseTakesForwardBackAndKeepsLengths() {
    int n = 70;
    int stride = 160;
    int columns = 150;
    Rotation rotation = rotation(9, n);
    float[] plane = new float[n * stride];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (float) random.nextGaussian();
    }
    float[] before = plane.clone();
    rotation.forward(plane, stride, columns);
    for (int x : new int[] {0, 63, 64, 149}) {
      assertThat(square(plane, x, stride)).isCloseTo(square(before, x, stride), within(1e-3));
      assertThat(plane[x]).isNotEqualTo(before[x]);
    }
    for (int y = 0; y < n; y++) {
      assertThat(plane[y * stride + columns]).isEqualTo(before[y * stride + columns]);
    }
    rotation.inverse(plane, stride, columns);
    for (int i = 0; i < plane.length; i++) {
      assertThat(plane[i]).isCloseTo(before[i], within(1e-5f));
    }
  }

  private static double square(float[] plane, int x, int stride) {
    double sum = 0;
    for (int at = x; at < plane.length; at += stride) {
      sum += plane[at] * plane[at];
    }
    return sum;
  }

  @Test
  void reflectionIsThatOfTheSpecification() {
    // v = (1, 2): x - v 2 (v'x) / 5 takes (5, 0) to (3, -4).
    float[] plane = {5, 0};
    new Rotation(new short[][] {{1, 2}}).inverse(plane, 1, 1);
    float factor = 0.4f;
    assertThat(plane).containsExactly(5 - 5 * factor, -2 * (5 * factor));
  }

  @Test
  void vectorsComeBackAsTheyWereWritten() {
    for (int reflections : new int[] {0, 1, 5, 40}) {
      Rotation rotation = rotation(reflections, 33);
      PayloadWriter out = new PayloadWriter();
      rotation.write(out);
      byte[] bytes = out.toByteArray();
      assertThat(rotation.byteSize()).isEqualTo(bytes.length);
      PayloadReader in = new PayloadReader(bytes, 0, bytes.length);
      assertThat(Rotation.read(in, 33)).isEqualTo(rotation);
      in.requireEnd("rotation");
    }
  }

  @Test
  void damagedVectorsAreRefused() {
    byte[][] damaged = {{}, {1}, {1, 16, 0, 0}, {1, 0, 0}, {1, 0, (byte) 0xFF}, {(byte) 0x81, 2}, {3, 0, 0x40},
        {1, 0, (byte) 0x81}};
    for (byte[] bytes : damaged) {
      assertThatThrownBy(() -> Rotation.read(new PayloadReader(bytes, 0, bytes.length), 2))
          .isInstanceOf(MalformedStreamException.class);
    }
  }
}
