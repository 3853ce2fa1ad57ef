package llm265.runtime.training;

import java.util.SplittableRandom;

/** A text whose next symbol depends on the one before. */
public final class SampleText {
  private static final String ALPHABET = "abcdefgh";

  private SampleText() {}

  public static String of(int length) {
    SplittableRandom random = new SplittableRandom(5);
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int i = 0; i < length; i++) {
      at = (random.nextInt(4) > 0 ? 3 * at + 1 : random.nextInt(ALPHABET.length())) % ALPHABET.length();
      text.append(ALPHABET.charAt(at));
    }
    return text.toString();
  }
}
