package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CharacterTextTest {
  /** Symbols rise with the place: 0, 1, ... 199. */
  private static String rising() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.appendCodePoint(0x1F300 + i);
    }
    return text.toString();
  }

  @Test
  void eachCharacterIsASymbolBeyondThePlaneOfSixteenBitsToo() {
    CharacterText text = new CharacterText("ba\uD83D\uDE00cba\uD83D\uDE00cba\uD83D\uDE00cba\uD83D\uDE00cba\uD83D\uDE00c", 1);
    assertThat(text.vocabulary()).isEqualTo(4);
    assertThat(text.validation(1, 1, 1).getFirst()[0]).containsExactly(3, 2);
  }

  @Test
  void trainingDoesNotSeeWhatValidates() {
    CharacterText text = new CharacterText(rising(), 8);
    for (int step = 0; step < 50; step++) {
      assertThat(List.of(text.training(1, step, 0, 8, 8))).allSatisfy(window -> {
        assertThat(window).hasSize(9);
        assertThat(window[8]).isEqualTo(window[0] + 8).isLessThan(180);
      });
    }
    List<int[][]> validation = text.validation(3, 2, 8);
    assertThat(validation).hasSize(3);
    assertThat(validation.getFirst()[0][0]).isEqualTo(180);
    assertThat(validation.getLast()[1][8]).isEqualTo(199);
  }

  @Test
  void windowsDependOnSeedStepAndWorkerAlone() {
    CharacterText text = new CharacterText(rising(), 8);
    int[][] windows = text.training(1, 2, 3, 4, 8);
    assertThat(Arrays.deepToString(text.training(1, 2, 3, 4, 8))).isEqualTo(Arrays.deepToString(windows));
    assertThat(Arrays.deepToString(text.training(2, 2, 3, 4, 8))).isNotEqualTo(Arrays.deepToString(windows));
    assertThat(Arrays.deepToString(text.training(1, 3, 3, 4, 8))).isNotEqualTo(Arrays.deepToString(windows));
    assertThat(Arrays.deepToString(text.training(1, 2, 0, 4, 8))).isNotEqualTo(Arrays.deepToString(windows));
  }

  @Test
  void textsThatAreTooShortAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new CharacterText("abcabcabcabc", 8))
        .withMessageContaining("too short");
    assertThatIllegalArgumentException().isThrownBy(() -> new CharacterText("", 8)).withMessageContaining("too short");
  }

  @Test
  void textsAreToldApart() {
    assertThat(new CharacterText(rising(), 8).fingerprint()).hasSize(8)
        .isNotEqualTo(new CharacterText(rising() + "a", 8).fingerprint());
  }
}
