package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandTemplateTest {
  private static final Path IN = Path.of("/a b/in.264");
  private static final Path OUT = Path.of("/tmp/out");

  @Test
  void namesStayOneArgumentWhateverIsInThem() {
    assertThat(CommandTemplate.of("  dec -i {in}\t--to={out}  ").fill(IN, OUT))
        .containsExactly("dec", "-i", "/a b/in.264", "--to=/tmp/out");
  }

  @Test
  void quotationMarksHoldAnArgumentTogether() {
    assertThat(CommandTemplate.of("'my dec' \"it's\" '' a'b c'd 'say \"x\"' c:\\x {in}").fill(IN, OUT))
        .containsExactly("my dec", "it's", "", "ab cd", "say \"x\"", "c:\\x", "/a b/in.264");
  }

  @Test
  void withoutOutTheSamplesAreStandardOutput() {
    assertThat(CommandTemplate.of("dec {in}").writesToStandardOutput()).isTrue();
    assertThat(CommandTemplate.of("dec {in} -o{out}").writesToStandardOutput()).isFalse();
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> CommandTemplate.of("dec {out}")).withMessageContaining("no {in}");
    assertThatIllegalArgumentException().isThrownBy(() -> CommandTemplate.of("")).withMessageContaining("no {in}");
    assertThatIllegalArgumentException().isThrownBy(() -> CommandTemplate.of("dec '{in}")).withMessageContaining("no second one");
  }
}
