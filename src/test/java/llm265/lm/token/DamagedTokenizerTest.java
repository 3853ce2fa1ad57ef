package llm265.lm.token;

import static llm265.lm.token.TokenizerDescription.part;
import static llm265.lm.token.TokenizerDescription.quoted;
import static llm265.lm.token.TokenizerDescription.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are damaged are refused in one line, or read as other tokenizers; nothing else happens. */
class DamagedTokenizerTest {
  private static final int MUTATIONS = 1500;

  private static final String WORDS = "{\"type\": \"WordLevel\", \"unk_token\": \"?\", \"vocab\": {\"?\": 0}}";

  private static final TokenizerDescription DESCRIPTION = TokenizerDescription.of("""
      {"type": "BPE", "unk_token": "?", "fuse_unk": true, "byte_fallback": true, "continuing_subword_prefix": "#",
      "vocab": {"?": 0, "a": 1, "#b": 2, "ab": 3, "<0x41>": 4, "#c": 5}, "merges": ["a #b"]}""")
      .normalizer(sequence("normalizers", part("NFKC"), part("BertNormalizer"), part("Strip", "strip_left", "true"),
          part("Replace", "pattern", "{\"Regex\": \"[^a-z\\\\s]{2,5}?\"}", "content", "\"x\"")))
      .preTokenizer(sequence("pretokenizers", part("Metaspace", "replacement", "\"_\"", "prepend_scheme", "\"first\""),
          part("Split", "pattern", "{\"Regex\": " + quoted("(?i:'s|'t)|[^\\p{L}]?\\p{L}+|\\s+(?!\\S)") + "}", "behavior",
              "\"MergedWithNext\"", "invert", "true")))
      .postProcessor(part("TemplateProcessing",
          "single", "[{\"SpecialToken\": {\"id\": \"s\"}}, {\"Sequence\": {\"id\": \"A\"}}]", "special_tokens",
          "{\"s\": {\"ids\": [3]}}"))
      .decoder(sequence("decoders", part("ByteFallback"), part("Strip", "content", "\" \"", "start", "1", "stop", "0")))
      .addedTokens(List.of(TokenizerDescription.added("foo", true, true, true, true, true)));

  @TempDir
  private Path folder;

  @Test
  void damagedFilesAreRefusedOrReadAsOthers() throws IOException {
    Random random = new Random(5);
    byte[] whole = DESCRIPTION.json().getBytes(StandardCharsets.UTF_8);
    int read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = whole.clone();
      for (int damage = random.nextInt(3); damage >= 0; damage--) {
        damaged[random.nextInt(damaged.length)] =
            (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : "{}[]\",:0123456789-\\aA+*?()^".charAt(random.nextInt(27)));
      }
      Files.write(folder.resolve("tokenizer.json"), damaged);
      if (isRead()) {
        read++;
      }
    }

    assertThat(read).isBetween(MUTATIONS / 20, MUTATIONS * 19 / 20);
  }

  private boolean isRead() throws IOException {
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizer.open(folder);
    } catch (ModelFormatException e) {
      assertThat(e.getMessage()).doesNotContain("\n").startsWith(folder.toString());
      return false;
    }
    for (String text : List.of("", "abc foo ab's é", "AB \u0301\uD83D\uDE00 ab")) {
      try {
        tokenizer.decode(tokenizer.encodeWithSpecialTokens(text));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).doesNotContain("\n");
      }
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{}}", "nothing", "{\"model\": []}", "{\"model\": {\"vocab\": []}} {}"})
  void whatIsNoDescriptionIsRefused(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);

    assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(ModelFormatException.class);
  }

  @Test
  void filesNestedDeeplyAreRefused() throws IOException {
    String deep = "{\"type\": \"Sequence\", \"normalizers\": [".repeat(100_000);
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {}, \"normalizer\": " + deep);

    assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(ModelFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "(?=a", "[^a"})
  void expressionsNestedDeeplyAreRefused(String beginning) throws IOException {
    TokenizerDescription.of(WORDS).preTokenizer(split(beginning.repeat(100_000))).write(folder);

    assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(ModelFormatException.class);
  }

  @Test
  void damagedTablesOfCharactersAreRefusedOrReadAsOthers() throws IOException {
    Random random = new Random(6);
    byte[] whole = Base64.getDecoder().decode(CharacterMap.of(Map.of("a", "b", "é", "e", "ab", "c", "\uD83D\uDE00", ":)")));
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int damage = 0; damage < 40 && damaged.length > 0; damage++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      TokenizerDescription.of(WORDS)
          .normalizer(part("Precompiled", "precompiled_charsmap", quoted(Base64.getEncoder().encodeToString(damaged))))
          .write(folder);
      isRead();
    }
  }

  private static String split(String expression) {
    return part("Split", "pattern", "{\"Regex\": " + quoted(expression) + "}", "behavior", "\"Isolated\"");
  }

  @Test
  void textsThatAreTooLongForAnExpressionAreRefused() throws IOException {
    TokenizerDescription.of(WORDS).preTokenizer(split("(?:a|b(?=.))+")).write(folder);
    Tokenizer tokenizer = Tokenizer.open(folder);

    assertThat(tokenizer.encode("ab".repeat(100))).isNotEmpty();
    assertThatThrownBy(() -> tokenizer.encode("ab".repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("the text is too long for the pattern");
  }
}
