package llm265.lm.token;

import java.util.regex.Pattern;

/** The kinds of pre-tokenizers, and which of them a file names. */
final class PreTokenizers {
  private static final TextPattern WHITESPACE = TextPattern.of(CharacterClasses::isWhitespace);
  private static final TextPattern PUNCTUATION = TextPattern.of(CharacterClasses::isPunctuation);
  private static final TextPattern NUMBER = TextPattern.of(CharacterClasses::isNumber);

  /** What is not matched are the spaces between words; Java's classes are Unicode's here. */
  private static final TextPattern BETWEEN_WORDS =
      new OnigurumaPattern(Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS)).inverted();

  /** The pattern of GPT-2's tokenizer. */
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private PreTokenizers() {}

  /** Reads the part "pre_tokenizer" of a file, or one of the parts in it. */
  static PreTokenizer read(Part part) {
    return switch (part.type()) {
      case "Sequence" ->
          part.parts("pretokenizers").stream().map(PreTokenizers::read).reduce(PreTokenizer::then)
              .orElse((piece, pieces) -> pieces.accept(piece));
      case "ByteLevel" -> byteLevel(part.flag("add_prefix_space", true), part.flag("use_regex", true));
      case "Split" -> split(part);
      case "Metaspace" -> Metaspace.read(part);
      case "BertPreTokenizer" -> bert();
      case "Whitespace" -> PreTokenizer.of(BETWEEN_WORDS, SplitBehavior.REMOVED);
      case "WhitespaceSplit" -> PreTokenizer.of(WHITESPACE, SplitBehavior.REMOVED);
      case "Digits" ->
          PreTokenizer.of(NUMBER, part.flag("individual_digits", false) ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS);
      case "Punctuation" -> PreTokenizer.of(PUNCTUATION, SplitBehavior.read(part, "Isolated"));
      case "CharDelimiterSplit" -> {
        int delimiter = part.character("delimiter");
        yield PreTokenizer.of(TextPattern.of(codePoint -> codePoint == delimiter), SplitBehavior.REMOVED);
      }
      default -> throw part.unknown();
    };
  }

  /** That of BERT. */
  static PreTokenizer bert() {
    return PreTokenizer.of(WHITESPACE, SplitBehavior.REMOVED).then(PreTokenizer.of(PUNCTUATION, SplitBehavior.ISOLATED));
  }

  /** That of GPT-2, whose pieces are bytes, written as {@link ByteAlphabet} does. */
  static PreTokenizer byteLevel(boolean addsPrefixSpace, boolean splits) {
    PreTokenizer bytes = (piece, pieces) -> pieces.accept(piece.rewritten(ByteAlphabet::append));
    PreTokenizer words =
        splits ? PreTokenizer.of(OnigurumaPattern.compile(GPT2), SplitBehavior.ISOLATED).then(bytes) : bytes;
    if (!addsPrefixSpace) {
      return words;
    }
    return (piece, pieces) -> words.split(piece.text().startsWith(" ") ? piece : piece.prepended(" "), pieces);
  }

  private static PreTokenizer split(Part part) {
    TextPattern pattern = OnigurumaPattern.read(part);
    SplitBehavior behavior = SplitBehavior.read(part, "");
    return PreTokenizer.of(part.flag("invert", false) ? pattern.inverted() : pattern, behavior);
  }
}
