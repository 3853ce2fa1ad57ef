package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

class AnnexBTest {
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

  /** A NAL unit of 3 bytes of start code, its header and some payload. */
  private void add(int payload, int... header) {
    stream.writeBytes(new byte[] {0, 0, 1});
    for (int b : header) {
      stream.write(b);
    }
    for (int i = 0; i < payload; i++) {
      stream.write(0x80);
    }
  }

  @Test
  void slicesAndTheFirstParameterSetsOfH264Count() {
    add(10, 0x67);
    add(4, 0x68);
    add(700, 0x06);
    add(100, 0x65);
    add(10, 0x67);
    add(4, 0x68);
    add(50, 0x41);
    assertThat(AnnexB.size(stream.toByteArray(), false)).isEqualTo(14 + 8 + 104 + 54);
  }

  @Test
  void slicesAndTheFirstParameterSetsOfHevcCount() {
    add(10, 32 << 1, 1);
    add(20, 33 << 1, 1);
    add(4, 34 << 1, 1);
    add(700, 39 << 1, 1);
    add(100, 19 << 1, 1);
    add(20, 33 << 1, 1);
    add(50, 20 << 1, 1);
    assertThat(AnnexB.size(stream.toByteArray(), true)).isEqualTo(15 + 25 + 9 + 105 + 55);
  }

  @Test
  void whatIsNoStreamIsEmpty() {
    assertThat(AnnexB.size(new byte[0], false)).isZero();
    assertThat(AnnexB.size(new byte[] {0, 0, 1}, false)).isZero();
    assertThat(AnnexB.size(new byte[] {5, 5, 5, 5, 5}, true)).isZero();
  }
}
