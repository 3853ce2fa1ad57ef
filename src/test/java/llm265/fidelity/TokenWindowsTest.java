package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import llm265.lm.token.Tokenizer;
import llm265.reference.lm.TinyTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenWindowsTest {
  private static final int VOCABULARY = 131;

  @TempDir
  private Path folder;

  private Tokenizer plain() throws IOException {
    TinyTokenizer.write(folder, VOCABULARY);
    return Tokenizer.open(folder);
  }

  private Tokenizer enclosing() throws IOException {
    TinyTokenizer.writeEnclosing(folder, VOCABULARY);
    return Tokenizer.open(folder);
  }

  /** Tokens 10, 11, 12 and so on. */
  private static String text(int count) {
    return TinyTokenizer.text(IntStream.range(10, 10 + count).toArray());
  }

  @Test
  void windowsFollowEachOtherAndARestIsLeftOut() throws IOException {
    TokenWindows windows = TokenWindows.of(plain(), text(11), 4, 100);

    assertThat(windows.windows()).containsExactly(new int[] {10, 11, 12, 13}, new int[] {14, 15, 16, 17});
    assertThat(windows.prefix()).isZero();
    assertThat(windows.predicted()).isEqualTo(6);
    assertThat(windows.tokens()).isEqualTo(8);
  }

  @Test
  void aShortTextIsOneWindow() throws IOException {
    assertThat(TokenWindows.of(plain(), text(3), 4, 100).windows()).containsExactly(new int[] {10, 11, 12});
  }

  @Test
  void someAreTakenFromAllOverTheText() throws IOException {
    assertThat(TokenWindows.of(plain(), text(22), 2, 3).windows())
        .containsExactly(new int[] {10, 11}, new int[] {20, 21}, new int[] {30, 31});
    assertThat(TokenWindows.of(plain(), text(22), 2, 1).windows()).containsExactly(new int[] {10, 11});
  }

  @Test
  void whatComesBeforeATextBeginsEachWindowAndIsNotPredicted() throws IOException {
    TokenWindows windows = TokenWindows.of(enclosing(), text(4), 3, 100);

    assertThat(windows.windows()).containsExactly(new int[] {1, 10, 11}, new int[] {1, 12, 13});
    assertThat(windows.prefix()).isEqualTo(1);
    assertThat(windows.suffix()).isZero();
    assertThat(windows.predicted()).isEqualTo(4);
  }

  @Test
  void enclosedWindowsEndWithWhatComesAfterAText() throws IOException {
    TokenWindows windows = TokenWindows.enclosed(enclosing(), text(5), 4, 100);

    assertThat(windows.windows()).containsExactly(new int[] {1, 10, 11, 2}, new int[] {1, 12, 13, 2});
    assertThat(windows.suffix()).isEqualTo(1);
    assertThat(windows.tokens()).isEqualTo(4);
  }

  @Test
  void tokensOfATextMayBeThoseThatTheTokenizerAdds() throws IOException {
    assertThat(TokenWindows.enclosed(enclosing(), "? w10 ?", 9, 1).windows()).containsExactly(new int[] {1, 0, 10, 0, 2});
  }

  @Test
  void noRoomIsAFault() throws IOException {
    Tokenizer tokenizer = enclosing();
    assertThatIllegalArgumentException().isThrownBy(() -> TokenWindows.of(tokenizer, "w10", 8, 1))
        .withMessage("the text has fewer than 2 tokens");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenWindows.enclosed(tokenizer, text(4), 2, 1))
        .withMessage("a window of 2 tokens has no room for one that is predicted");
    Tokenizer plain = plain();
    assertThatIllegalArgumentException().isThrownBy(() -> TokenWindows.of(plain, text(4), 1, 1));
  }
}
