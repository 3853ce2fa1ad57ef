package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import llm265.h264.MalformedStreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ScaleClassesTest {
  private static ScaleClasses read(byte[] bytes, int lines) {
    return ScaleClasses.read(new PayloadReader(bytes, 0, bytes.length), lines);
  }

  @Property(tries = 200)
  void classesComeBackAsTheyWereWritten(@ForAll byte[] any) {
    byte[] classes = any.clone();
    for (int i = 0; i < classes.length; i++) {
      classes[i] &= ScaleClasses.GREATEST;
    }
    ScaleClasses written = new ScaleClasses(classes);
    PayloadWriter out = new PayloadWriter();
    written.write(out);

    assertThat(read(out.toByteArray(), classes.length)).isEqualTo(written);
  }

  @Test
  void equalClassesTakeTwoBytes() {
    PayloadWriter out = new PayloadWriter();
    new ScaleClasses(new byte[] {7, 7, 7, 7}).write(out);

    assertThat(out.toByteArray()).containsExactly(7, -1);
  }

  @Test
  void bytesAreThoseOfTheSpecification() {
    PayloadWriter out = new PayloadWriter();
    // Middle 3; differences 0, 0, -1, 2 are the numbers 0, 0, 1, 4; with k = 0: 0 0 10 11110.
    new ScaleClasses(new byte[] {3, 3, 2, 5}).write(out);

    assertThat(out.toByteArray()).containsExactly(3, 0, 0b0010_1111, 0b0000_0000);
  }

  @Test
  void linesAreRankedByClassThenByPlace() {
    assertThat(new ScaleClasses(new byte[] {5, 0, 5, 1, 0}).ranks()).containsExactly(3, 0, 4, 2, 1);
  }

  @Test
  void sixClassesHalveTheScale() {
    for (int k = 0; k <= 2 * ScaleClasses.GREATEST; k++) {
      assertThat((double) ScaleClasses.factor(k)).isCloseTo(Math.pow(2, -k / 6.0), within(1e-7 * Math.pow(2, -k / 6.0)));
    }
    assertThat(ScaleClasses.factor(6)).isEqualTo(0.5f);
    assertThat(Float.floatToRawIntBits(ScaleClasses.factor(1))).isEqualTo(0x3F6411F0);
    assertThat(ScaleClasses.factor(61)).isEqualTo(ScaleClasses.factor(1) / 1024);
  }

  @Test
  void damagedClassesAreRefused() {
    byte[][] damaged = {{}, {64, -1}, {3}, {3, 8, 0, 0}, {3, 0}, {3, 0, -1, -1, -1, -1}, {0, 0, (byte) 0x80, 0},
        {63, 0, (byte) 0xC0, 0}};
    for (byte[] bytes : damaged) {
      assertThatThrownBy(() -> read(bytes, 4)).isInstanceOf(MalformedStreamException.class);
    }
  }
}
