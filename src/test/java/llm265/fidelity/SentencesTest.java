package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import llm265.lm.token.Tokenizer;
import llm265.reference.lm.TinyTokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencesTest {
  @TempDir
  private Path folder;

  private Tokenizer tokenizer;

  @BeforeEach
  void open() throws IOException {
    TinyTokenizer.writeEnclosing(folder, 131);
    tokenizer = Tokenizer.open(folder);
  }

  @Test
  void stopsQuotationMarksAndEmptyLinesEndSentences() throws IOException {
    String text = "w10 w11. w12\nw13!\" w14\n\nw15? \n";
    assertThat(Sentences.of(tokenizer, text, 100, 100).sentences()).containsExactly(
        new int[] {1, 10, 11, 4, 2}, new int[] {1, 12, 13, 0, 2}, new int[] {1, 14, 2}, new int[] {1, 15, 0, 2});
  }

  @Test
  void longOnesAreCutAndManyAreThinnedOut() {
    Sentences sentences = Sentences.of(tokenizer, "w10 w11 w12. w13. w14. w15.", 4, 2);
    assertThat(sentences.sentences()).containsExactly(new int[] {1, 10, 11, 2}, new int[] {1, 14, 4, 2});
    assertThat(sentences.tokens()).isEqualTo(8);
  }

  @Test
  void theSampleTextHasManySentences() throws IOException {
    assertThat(Sentences.of(tokenizer, SampleText.read(), 100, 1000).sentences().size()).isBetween(50, 90);
    assertThat(SampleText.read().split("\\s+").length).isBetween(500, 600);
  }

  @Test
  void noneIsAFault() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sentences.of(tokenizer, " \n\n", 100, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> Sentences.of(tokenizer, "w10.", 2, 2));
  }
}
