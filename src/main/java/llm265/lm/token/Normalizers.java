package llm265.lm.token;

import java.text.Normalizer.Form;

/** The kinds of normalizers, and which of them a file names. */
final class Normalizers {
  private Normalizers() {}

  /** Reads the part "normalizer" of a file, or one of the parts in it. */
  static Normalizer read(Part part) {
    return switch (part.type()) {
      case "Sequence" -> part.parts("normalizers").stream().map(Normalizers::read).reduce(text -> text, Normalizer::then);
      case "NFC" -> UnicodeText.form(Form.NFC);
      case "NFD" -> UnicodeText.form(Form.NFD);
      case "NFKC" -> UnicodeText.form(Form.NFKC);
      case "NFKD" -> UnicodeText.form(Form.NFKD);
      case "Lowercase" -> UnicodeText::lowercase;
      case "StripAccents" -> text -> text.filtered(codePoint -> !CharacterClasses.isMark(codePoint));
      case "Strip" -> strip(part.flag("strip_left", true), part.flag("strip_right", true));
      case "BertNormalizer" -> BertNormalizer.read(part);
      case "Prepend" -> prepend(part.text("prepend"));
      case "Replace" -> replace(OnigurumaPattern.read(part), part.text("content"));
      case "Nmt" -> Normalizers::nmt;
      case "Precompiled" -> PrecompiledNormalizer.read(part);
      case "ByteLevel" -> text -> text.rewritten(ByteAlphabet::append);
      default -> throw part.unknown();
    };
  }

  private static Normalizer strip(boolean left, boolean right) {
    return piece -> {
      String text = piece.text();
      int start = 0;
      int end = text.length();
      while (left && start < end && CharacterClasses.isWhitespace(text.charAt(start))) {
        start++;
      }
      while (right && start < end && CharacterClasses.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      return piece.slice(start, end);
    };
  }

  private static Normalizer prepend(String prefix) {
    return text -> text.prepended(prefix);
  }

  private static Normalizer replace(TextPattern pattern, String content) {
    return text -> text.replaced(pattern, content);
  }

  /** The rules of the NMT toolkit: most controls go, other separators become spaces. */
  private static NormalizedText nmt(NormalizedText text) {
    return text.rewritten((codePoint, written) -> {
      switch (codePoint) {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD ->
            written.append(' ');
        case 0x0B, 0x7F, 0x8F, 0x9F -> { }
        default -> {
          if (codePoint == 0 || codePoint >= ' ') {
            written.appendCodePoint(codePoint);
          }
        }
      }
    });
  }
}
