package llm265.lm.token;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** The kinds of decoders, and which of them a file names. */
final class TokenDecoders {
  private static final String REPLACEMENT = "\uFFFD";

  /** What tokenizers of English put spaces before, and what is written without them. */
  private static final String[][] CLEANED = {
    {" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"},
    {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}
  };

  private TokenDecoders() {}

  /** Reads the part "decoder" of a file, or one of the parts in it. */
  static TokenDecoder read(Part part) {
    return switch (part.type()) {
      case "Sequence" -> part.parts("decoders").stream().map(TokenDecoders::read).reduce(tokens -> tokens, TokenDecoder::then);
      case "ByteLevel" -> TokenDecoders::bytes;
      case "Metaspace" -> metaspace(Metaspace.read(part));
      case "WordPiece" -> wordPiece(part.text("prefix"), part.flag("cleanup", true));
      case "BPEDecoder" -> wordEnds(part.text("suffix"));
      case "ByteFallback" -> TokenDecoders::byteFallback;
      case "Fuse" -> tokens -> List.of(String.join("", tokens));
      case "Strip" -> strip(part.character("content"), part.count("start"), part.count("stop"));
      case "Replace" -> replace(OnigurumaPattern.read(part), part.text("content"));
      case "CTC" -> ctc(part.text("pad_token"), part.text("word_delimiter_token"), part.flag("cleanup", true));
      default -> throw part.unknown();
    };
  }

  private static TokenDecoder each(UnaryOperator<String> rewriting) {
    return tokens -> tokens.stream().map(rewriting).toList();
  }

  /** The tokens are bytes in {@link ByteAlphabet}, which together are UTF-8. */
  static List<String> bytes(List<String> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokens.forEach(token -> bytes.writeBytes(ByteAlphabet.bytes(token)));
    return List.of(bytes.toString(StandardCharsets.UTF_8));
  }

  private static TokenDecoder metaspace(Metaspace metaspace) {
    return tokens -> {
      List<String> decoded = new ArrayList<>();
      for (String token : tokens) {
        boolean isDropped = decoded.isEmpty() && metaspace.scheme() != Metaspace.Scheme.NEVER;
        decoded.add(token.replace(metaspace.mark(), isDropped ? "" : " "));
      }
      return decoded;
    };
  }

  /** Tokens without the prefix begin words. */
  static TokenDecoder wordPiece(String prefix, boolean cleans) {
    return tokens -> {
      List<String> decoded = new ArrayList<>();
      for (String token : tokens) {
        String text = token;
        if (!decoded.isEmpty()) {
          text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
        }
        decoded.add(cleans ? cleaned(text) : text);
      }
      return decoded;
    };
  }

  private static String cleaned(String text) {
    String cleaned = text;
    for (String[] replacement : CLEANED) {
      cleaned = cleaned.replace(replacement[0], replacement[1]);
    }
    return cleaned;
  }

  /** A suffix ends words. */
  private static TokenDecoder wordEnds(String suffix) {
    return tokens -> {
      List<String> decoded = new ArrayList<>();
      for (String token : tokens) {
        decoded.add(token.replace(suffix, decoded.size() == tokens.size() - 1 ? "" : " "));
      }
      return decoded;
    };
  }

  /** Tokens such as {@code <0x0A>} are bytes. Those that follow each other are UTF-8, or each is a replacement character. */
  private static List<String> byteFallback(List<String> tokens) {
    List<String> decoded = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      if (token.matches("<0x[0-9A-Fa-f]{2}>")) {
        bytes.write(Integer.parseInt(token.substring(3, 5), 16));
      } else {
        addText(bytes, decoded);
        decoded.add(token);
      }
    }
    addText(bytes, decoded);
    return decoded;
  }

  private static void addText(ByteArrayOutputStream bytes, List<String> decoded) {
    if (bytes.size() == 0) {
      return;
    }
    try {
      decoded.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString());
    } catch (CharacterCodingException e) {
      decoded.addAll(Collections.nCopies(bytes.size(), REPLACEMENT));
    }
    bytes.reset();
  }

  /** Takes a character away from the beginning and the end of each token, up to so many times. */
  private static TokenDecoder strip(int content, int start, int stop) {
    return each(token -> {
      int from = 0;
      for (int i = 0; i < start && from < token.length() && token.codePointAt(from) == content; i++) {
        from += Character.charCount(content);
      }
      int to = token.length();
      for (int i = 0; i < stop && to > from && token.codePointBefore(to) == content; i++) {
        to -= Character.charCount(content);
      }
      return token.substring(from, to);
    });
  }

  private static TokenDecoder replace(TextPattern pattern, String content) {
    return each(token -> NormalizedText.of(token).replaced(pattern, content).text());
  }

  /** Tokens of speech: repeated ones are one. */
  private static TokenDecoder ctc(String padding, String delimiter, boolean cleans) {
    return tokens -> {
      List<String> decoded = new ArrayList<>();
      String previous = null;
      for (String token : tokens) {
        if (!token.equals(previous)) {
          String text = token.replace(padding, "");
          text = cleans ? cleaned(text).replace(delimiter, " ") : text;
          if (!text.isEmpty()) {
            decoded.add(text);
          }
        }
        previous = token;
      }
      return decoded;
    };
  }
}
