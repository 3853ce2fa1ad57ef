package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "lm_head.weight", "编码器.权重", "modèle \\ \"x\" é", "\ud83d\ude00", "\u05d0\u0627"})
  void whatCanBeSeenStays(String text) {
    assertThat(PrintableText.of(text)).isSameAs(text);
  }

  @Test
  void whatEndsLinesSteersOrTurnsIsEscaped() {
    for (int c = 0; c < 0x10000; c++) {
      boolean hidden = c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029
          || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c >= 0xd800 && c < 0xe000 || c == 0xfeff;
      String printable = PrintableText.of("a" + (char) c + "b");
      if (hidden) {
        assertThat(printable).isEqualTo(String.format("a\\u%04xb", c));
      } else {
        assertThat(printable).isIn("a" + (char) c + "b", String.format("a\\u%04xb", c));
      }
    }
    assertThat(PrintableText.of("tag \udb40\udc41 \ude00\ud83d")).isEqualTo("tag \\udb40\\udc41 \\ude00\\ud83d");
  }

  @Test
  void jsonKeepsItsLines() {
    assertThat(PrintableText.ofJson("{\r\n  \"\u009b\u202e\": 1\n}\n")).isEqualTo("{\r\n  \"\\u009b\\u202e\": 1\n}\n");
  }

  @Test
  void aCutLeavesNoHalfCharacter() {
    assertThat(PrintableText.cut("abc", 3)).isEqualTo("abc");
    assertThat(PrintableText.cut("abc\ud83d\ude00d", 4)).isEqualTo("abc...");
    assertThat(PrintableText.cut("abc\ud83d\ude00d", 5)).isEqualTo("abc\ud83d\ude00...");
  }

  @Test
  void aFaultOfACheckpointIsOneLineWhateverNamesAreInIt() {
    ModelFormatException fault = new ModelFormatException(Path.of("m"), "tensor \"a\nall\u001b[2J\" is damaged");
    assertThat(fault).hasMessage("m: tensor \"a\\u000aall\\u001b[2J\" is damaged");
    assertThat(fault.problem()).isEqualTo("tensor \"a\\u000aall\\u001b[2J\" is damaged");
  }
}
