package llm265.lm.token;

import static llm265.lm.token.TokenizerDescription.added;
import static llm265.lm.token.TokenizerDescription.part;
import static llm265.lm.token.TokenizerDescription.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
  private static final String SMALL = """
      {"type": "BPE", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "bc": 5, "abc": 6, "Ġ": 9},
      "merges": ["b c", "a b", "a bc"]}""";

  @TempDir
  private Path folder;

  private Tokenizer open(TokenizerDescription description) throws IOException {
    description.write(folder);
    return Tokenizer.open(folder);
  }

  @Test
  void mergesOfLowerRankGoFirst() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(SMALL));

    assertThat(tokenizer.encode("abcabxb")).containsExactly(6, 4, 0, 2);
  }

  @Test
  void addedTokensGetTheNextIds() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(SMALL).addedTokens(List.of(
        added("<s>", false, false, false, false, true), added("ab", false, false, false, false, false))));

    // There are 8 tokens, though one of them has the id 9.
    assertThat(tokenizer.encode("ab<s>c")).containsExactly(4, 8, 3);
    assertThat(tokenizer.id("<s>")).hasValue(8);
    assertThat(tokenizer.token(8)).isEqualTo("<s>");
    assertThat(tokenizer.id("Ġ")).hasValue(9);
    assertThat(tokenizer.id("x")).isEmpty();
    assertThat(tokenizer.vocabularySize()).isEqualTo(10);
    assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.token(7)).withMessage("no token has the id 7");
  }

  @Test
  void idsThatNoTokenHasAreSkipped() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(SMALL).decoder(part("Fuse")));

    assertThat(tokenizer.decode(new int[] {6, 7, 1000, -1, 2})).isEqualTo("abcb");
  }

  @Test
  void loneSurrogatesAreReplacementCharacters() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(
        "{\"type\": \"WordLevel\", \"unk_token\": \"?\", \"vocab\": {\"?\": 0, \"a\uFFFDb\": 1, \"\uFFFD\": 2}}"));

    assertThat(tokenizer.encode("a\uD800b")).containsExactly(1);
    assertThat(tokenizer.encode("\uDC00")).containsExactly(2);
  }

  @Test
  void whatIsUnknownNeedsAToken() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(
        "{\"type\": \"WordLevel\", \"unk_token\": \"?\", \"vocab\": {\"a\": 0}}"));

    assertThat(tokenizer.encode("a")).containsExactly(0);
    assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.encode("b")).withMessageContaining("no token ?");
  }

  @Test
  void longWordsAreNoBurden() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(SMALL));

    assertThat(tokenizer.encode("abc".repeat(200_000))).hasSize(200_000).containsOnly(6);
  }

  @Test
  void manyThreadsMayUseIt() throws IOException {
    Tokenizer tokenizer = open(TokenizerDescription.of(TokenizerDescription.characterPairs("", "", true, "byte_fallback", "true"))
        .preTokenizer(part("WhitespaceSplit")));
    Random random = new Random(1);
    List<String> texts = IntStream.range(0, 50).mapToObj(i -> RandomText.of(random, 40)).toList();
    List<int[]> expected = texts.stream().map(tokenizer::encode).toList();
    ConcurrentMap<Integer, String> wrong = new ConcurrentHashMap<>();

    IntStream.range(0, 2000).parallel().forEach(i -> {
      int text = i % texts.size();
      if (!Arrays.equals(tokenizer.encode(texts.get(text)), expected.get(text))) {
        wrong.put(i, texts.get(text));
      }
    });

    assertThat(wrong).isEmpty();
  }

  /** Older files of the same tokenizers: what they leave out is what the library writes for them. */
  @Test
  void bytePairFoldersAreRead() throws IOException {
    assumeThat(ForeignTokenizer.isAvailable()).isTrue();
    String model = TokenizerDescription.bytePairs(false);
    JsonNode description = new ObjectMapper().readTree(model);
    List<String> merges = new ArrayList<>(List.of("#version: 0.2"));
    description.get("merges").forEach(merge -> merges.add(merge.textValue()));
    Files.writeString(folder.resolve("vocab.json"), description.get("vocab").toString());
    Files.write(folder.resolve("merges.txt"), merges);
    Tokenizer tokenizer = Tokenizer.open(folder);
    String bytes = part("ByteLevel", "add_prefix_space", "false", "trim_offsets", "true", "use_regex", "true");

    assertSame(tokenizer, TokenizerDescription.of(model).preTokenizer(bytes).decoder(bytes)
        .addedTokens(List.of(added("<|endoftext|>", false, false, false, false, true))));
  }

  @Test
  void wordPieceFoldersAreRead() throws IOException {
    assumeThat(ForeignTokenizer.isAvailable()).isTrue();
    String model = TokenizerDescription.wordPiece("##", 100);
    List<String> vocabulary = new ArrayList<>();
    new ObjectMapper().readTree(model).get("vocab").fieldNames().forEachRemaining(vocabulary::add);
    vocabulary.removeIf(token -> !token.strip().equals(token) || token.codePoints().anyMatch(CharacterClasses::isWhitespace));
    StringBuilder ids = new StringBuilder();
    vocabulary.forEach(token -> ids.append(ids.isEmpty() ? "" : ", ").append(quoted(token)).append(": ")
        .append(vocabulary.indexOf(token)));
    Files.write(folder.resolve("vocab.txt"), vocabulary);
    Tokenizer tokenizer = Tokenizer.open(folder);

    assertSame(tokenizer, TokenizerDescription
        .of(part("WordPiece", "unk_token", "\"[UNK]\"", "continuing_subword_prefix", "\"##\"", "max_input_chars_per_word", "100",
            "vocab", "{" + ids + "}"))
        .normalizer(part("BertNormalizer", "clean_text", "true", "handle_chinese_chars", "true", "strip_accents", "null",
            "lowercase", "true"))
        .preTokenizer(part("BertPreTokenizer"))
        .postProcessor(part("BertProcessing", "cls", "[\"[CLS]\", 1]", "sep", "[\"[SEP]\", 2]"))
        .decoder(part("WordPiece", "prefix", "\"##\"", "cleanup", "true"))
        .addedTokens(List.of("[UNK]", "[CLS]", "[SEP]").stream()
            .map(token -> added(token, false, false, false, false, true)).toList()));
  }

  private void assertSame(Tokenizer tokenizer, TokenizerDescription description) throws IOException {
    description.write(folder);
    try (ForeignTokenizer foreign = ForeignTokenizer.open(folder)) {
      for (String text : RandomText.hard()) {
        int[] ids = foreign.encode(text, true);
        assertThat(tokenizer.encodeWithSpecialTokens(text)).as(quoted(text)).isEqualTo(ids);
        assertThat(tokenizer.decode(ids)).as(quoted(text)).isEqualTo(foreign.decode(ids));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
      model; {"type": "Neural"}; model has the type "Neural", which this program does not know
      normalizer; {"type": "Rot13"}; normalizer has the type "Rot13", which this program does not know
      normalizer; {"type": "Sequence", "normalizers": [{"type": "NFC"}, {}]}; normalizer.normalizers[1] has no type
      pre_tokenizer; {"type": "Scripts"}; pre_tokenizer has the type "Scripts", which this program does not know
      post_processor; {"type": "Pair"}; post_processor has the type "Pair", which this program does not know
      decoder; {"type": "Z"}; decoder has the type "Z", which this program does not know
      decoder; {"type": "Strip", "content": "ab", "start": 0, "stop": 0}; decoder needs one character as content
      pre_tokenizer; {"type": "Punctuation", "behavior": "Eaten"}; pre_tokenizer has the unknown behavior "Eaten"
      pre_tokenizer; {"type": "Metaspace", "prepend_scheme": 1}; pre_tokenizer needs text as prepend_scheme
      normalizer; {"type": "Precompiled", "precompiled_charsmap": "AA=="}; normalizer has a precompiled_charsmap that is cut
      model; {"vocab": {"a": 0}, "merges": ["a b"]}; model has a merge whose tokens are not in its vocabulary: "a b"
      model; {"type": "BPE", "vocab": {"a": -1}}; model needs a number from 0 to 2^31 - 1 as an id in vocab
      model; {"type": "BPE", "dropout": 0.1}; model has a dropout, so that its ids would be random
      model; {"vocab": [["a", 1]], "unk_id": 1}; model has an unk_id beyond its vocabulary
      post_processor; {"type": "BertProcessing", "cls": ["a", 1]}; post_processor has no sep
      added_tokens; [{"id": 1}]; added_tokens[0] has no content
      model; null; the file has no model
      """)
  void whatIsNotKnownIsNamed(String member, String value, String problem) throws IOException {
    String json = TokenizerDescription.of(SMALL).json();
    // The first of equal members does not count.
    Files.writeString(folder.resolve("tokenizer.json"),
        json.substring(0, json.length() - 1) + ", \"" + member + "\": " + value + "}");

    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(folder.resolve("tokenizer.json") + ": " + problem);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
      (a)\\1; \\1 is not supported
      (?<x>a); a group of its kind is not supported
      a(?i)b|c; a group of its kind is not supported
      a**; what is repeated is repeated again
      *; nothing is repeated by *
      (a; a group is not ended
      a); there is an unmatched )
      [a; a set is not ended
      [a-\\d]; a range has no end
      \\p{Runes}; the property Runes is not known
      \\X; \\X is not supported
      (?i:ss); without regard to case, several characters are the same as one
      \\; it ends in a backslash
      """)
  void expressionsThatAreNotUnderstoodAreNamed(String expression, String problem) throws IOException {
    TokenizerDescription.of(SMALL).preTokenizer(part("Split", "pattern", "{\"Regex\": " + quoted(expression) + "}",
        "behavior", "\"Isolated\"", "invert", "false")).write(folder);

    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageEndingWith("has an expression that is not understood, " + problem + ": \"" + expression + '"');
  }

  @Test
  void foldersWithoutTokenizerAreNamed() {
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(ModelFormatException.class).hasMessageStartingWith(folder + ": has no tokenizer");
  }
}
