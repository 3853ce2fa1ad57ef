package llm265.lm.token;

import java.util.List;
import java.util.random.RandomGenerator;

/** Texts in which much can go wrong: odd spaces, marks, cases, scripts, emoji, controls, and what looks like tokens. */
final class RandomText {
  private static final List<List<String>> KINDS = List.of(
      List.of("the", "and", "Whale", "sea", "ISHMAEL", "years", "ago", "never", "mind", "hello", "Hello",
          "a", "ab", "abc", "don"),
      List.of("'s", "'S", "'t", "'LL", "'ll", "'Ve", "'re", "'d", "'M", "'", "’s", "'\u017F", "n't", " 's", " 'm"),
      List.of(" ", " ", " ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", " \n ", "\u00A0", "\u3000", "\u2028", "\u0085", "\u000B",
          "\f", "\u2003", "\u1680", "        ", " \t\r\n "),
      List.of("0", "1", "7", "42", "1234", "1234567", "3.14", "٣", "४", "½", "Ⅷ", "²", "①"),
      List.of(".", ",", "!", "?", "-", "--", "...", "(", ")", "[", "]", "{", "}", "\"", "#", "##", "$", "+", "<", ">", "|", "~",
          "`", "_", "@", "/", "\\", "*", "«", "»", "—", "…", "“", "”", "¿", "、", "。", "「", "€", "×"),
      List.of("中", "文字", "龍", "豈", "𠀀", "日本語", "カタカナ", "ひらがな", "ｶﾞ", "한국어", "각", "\u1112\u1161\u11AB"),
      List.of("é", "e\u0301", "\u0301", "\u0327\u0301", "a\u0323\u0307", "ñ", "Å", "\u212B", "ﬁ", "ǅ", "İ", "ı", "ß", "ς", "Σ",
          "ΣΑΣ", "ΐ", "ẞ", "Ω", "µ", "K", "ｆｕｌｌ", "№", "㎏", "ö̈"),
      List.of("Привет", "мир", "ёлка", "שלום", "שָׁ", "مرحبا", "مُ", "नमस्ते", "क्षि", "ไทย", "กำ", "ქართული", "Ελλάδα"),
      List.of("😀", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "𝒳", "𝟘", "\uD83E\uDD26"),
      List.of("\u0000", "\u0001", "\u001F", "\u007F", "\u0080", "\u008F", "\u200B", "\u200C", "\u200D", "\u200E", "\uFEFF",
          "\uFFFD", "\u00AD", "\uE000"),
      List.of("<s>", "</s>", "[MASK]", "[mask]", "<|endoftext|>", "foo", "Foo", " foo ", "foofoo", "<pad", "tok en", "▁", "▁the",
          "Ġ", "##s", "</w>", "<0x41>", "<unk>"));

  private static final List<String> HARD = List.of(
      "", " ", "a", "\n", "  a", "a  ", "   \n\n\n   x", "\u0301a", "a\u0301\u0301\u0301", "I'm can't WON'T they'LL we'Re o'd",
      " ".repeat(300), "a" + " ".repeat(257) + "b", "\t".repeat(40) + "\r\n" + "\n".repeat(9), "x".repeat(150), "ab".repeat(200),
      "é".repeat(120), "1234567890".repeat(12), "中".repeat(60), "👍".repeat(33), "foo<s>foo</s> [MASK] <|endoftext|>foo",
      "[MASK][MASK]  [MASK]  .", "foo foo,foo.foofoo Foo FOO", "<s", "<<s>>", "</s></s>", "▁▁a▁", " ▁ a", "\u0000\u0000",
      "Hello, y'all! How are you 😁 ?", "2023年10月、東京。", "İIıi ΑΣ ὈΔΥΣΣΕΎΣ", "don't do not 's 've .", "a\u00A0b\u2003c\u3000d");

  private RandomText() {}

  /** Texts that are hard by themselves. */
  static List<String> hard() {
    return HARD;
  }

  /** A text of up to so many words, marks and spaces. */
  static String of(RandomGenerator random, int maxParts) {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(maxParts + 1);
    List<String> kind = KINDS.getFirst();
    for (int i = 0; i < parts; i++) {
      if (random.nextInt(3) > 0) {
        kind = KINDS.get(random.nextInt(4) > 0 ? random.nextInt(KINDS.size()) : random.nextInt(4));
      }
      text.append(kind.get(random.nextInt(kind.size())));
      if (random.nextInt(3) == 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }
}
