package llm265.lm.token;

import static llm265.lm.token.TokenizerDescription.added;
import static llm265.lm.token.TokenizerDescription.part;
import static llm265.lm.token.TokenizerDescription.quoted;
import static llm265.lm.token.TokenizerDescription.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids and texts are those of the library {@code tokenizers}: every kind of every step, and steps at random. */
class ForeignTokenizerTest {
  private static final int RANDOM_TEXTS = 8;
  private static final int RANDOM_DESCRIPTIONS = 100;

  private static final String BYTES = TokenizerDescription.bytePairs(true);
  private static final String CHARACTERS = TokenizerDescription.characterPairs("", "", true, "byte_fallback", "true");
  private static final String WORDS = TokenizerDescription.wordLevel();

  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;

  @TempDir
  private Path folder;

  private static Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>();
    models.put("bytes", BYTES);
    models.put("bytes, whole words", TokenizerDescription.bytePairs(false, "ignore_merges", "true"));
    models.put("characters, bytes", CHARACTERS);
    models.put("characters, none unknown", TokenizerDescription.characterPairs("", "", false));
    models.put("characters, unknown", TokenizerDescription.characterPairs("", "", false, "unk_token", "\"<unk>\""));
    models.put("characters, fused",
        TokenizerDescription.characterPairs("", "", false, "unk_token", "\"<unk>\"", "fuse_unk", "true"));
    models.put("characters, bytes and unknown",
        TokenizerDescription.characterPairs("", "</w>", true, "unk_token", "\"<unk>\"", "byte_fallback", "true"));
    models.put("characters, prefix", TokenizerDescription.characterPairs("##", "", false, "unk_token", "\"<unk>\""));
    models.put("characters, prefix and suffix", TokenizerDescription.characterPairs("@", "</w>", false, "dropout", "0.0"));
    models.put("word pieces", TokenizerDescription.wordPiece("##", 100));
    models.put("word pieces, short", TokenizerDescription.wordPiece("", 7));
    models.put("words", WORDS);
    models.put("unigram", TokenizerDescription.unigram(false, false));
    models.put("unigram, bytes", TokenizerDescription.unigram(true, false));
    models.put("unigram, ties", TokenizerDescription.unigram(false, true));
    return models;
  }

  private static List<String> normalizers() {
    String spaces = part("Replace", "pattern", "{\"String\": \" \"}", "content", "\"▁\"");
    List<String> normalizers = new ArrayList<>();
    for (String type : List.of("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")) {
      normalizers.add(part(type));
    }
    for (int i = 0; i < 16; i++) {
      String strips = List.of("null", "true", "false").get(i % 3);
      normalizers.add(part("BertNormalizer", "clean_text", bit(i, 0), "handle_chinese_chars", bit(i, 1),
          "strip_accents", strips, "lowercase", bit(i, 2)));
    }
    for (int i = 1; i < 4; i++) {
      normalizers.add(part("Strip", "strip_left", bit(i, 0), "strip_right", bit(i, 1)));
    }
    normalizers.add(part("Prepend", "prepend", "\"▁\""));
    normalizers.add(spaces);
    for (String expression : List.of(" {2,}", "\\s+", "[aeiou]", "(?i:the)", "\\p{Mn}", "\\bfoo\\b", "(?<=a)b")) {
      normalizers.add(part("Replace", "pattern", "{\"Regex\": " + quoted(expression) + "}", "content", "\"▁é\""));
    }
    normalizers.add(part("Replace", "pattern", "{\"String\": \"..\"}", "content", "\"\""));
    Map<String, String> characters = Map.of("\n", " ", "\t", " ", "ﬁ", "fi", "é", "e\u0301", "e\u0301", "E", "\u0001", "",
        "㎏", "kg", "ｶ", "カ", "🇩", "D", "a", "aa");
    normalizers.add(part("Precompiled", "precompiled_charsmap", quoted(CharacterMap.of(characters))));
    normalizers.add(sequence("normalizers", part("NFD"), part("Lowercase"), part("StripAccents")));
    normalizers.add(sequence("normalizers", part("Prepend", "prepend", "\"▁\""), spaces));
    normalizers.add(sequence("normalizers", part("Nmt"), part("NFKC"), part("Strip", "strip_left", "true", "strip_right", "true"),
        part("Replace", "pattern", "{\"Regex\": \" {2,}\"}", "content", "\" \"")));
    normalizers.add(sequence("normalizers"));
    return normalizers;
  }

  private static String bit(int bits, int index) {
    return Boolean.toString(((bits >> index) & 1) == 1);
  }

  private static List<String> preTokenizers() {
    List<String> preTokenizers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      preTokenizers.add(part("ByteLevel", "add_prefix_space", bit(i, 0), "trim_offsets", "true", "use_regex", bit(i, 1)));
    }
    for (String scheme : List.of("\"first\"", "\"always\"", "\"never\"")) {
      for (String splits : List.of("true", "false")) {
        preTokenizers.add(part("Metaspace", "replacement", "\"▁\"", "prepend_scheme", scheme, "split", splits));
      }
    }
    preTokenizers.add(part("Metaspace", "replacement", "\"_\"", "add_prefix_space", "true"));
    for (String type : List.of("BertPreTokenizer", "Whitespace", "WhitespaceSplit")) {
      preTokenizers.add(part(type));
    }
    for (String behavior : List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")) {
      preTokenizers.add(part("Punctuation", "behavior", quoted(behavior)));
      for (String inverts : List.of("true", "false")) {
        for (String pattern : List.of(
            "{\"String\": \"a\"}", "{\"Regex\": \"\\\\s|[.,]+\"}", "{\"Regex\": " + quoted(QWEN) + "}")) {
          preTokenizers.add(part("Split", "pattern", pattern, "behavior", quoted(behavior), "invert", inverts));
        }
      }
    }
    for (String expression : expressions()) {
      preTokenizers.add(split(expression));
    }
    preTokenizers.add(part("Digits", "individual_digits", "true"));
    preTokenizers.add(part("Digits", "individual_digits", "false"));
    preTokenizers.add(part("CharDelimiterSplit", "delimiter", "\"e\""));
    preTokenizers.add(sequence("pretokenizers", split(QWEN),
        part("ByteLevel", "add_prefix_space", "false", "trim_offsets", "false", "use_regex", "false")));
    preTokenizers.add(sequence("pretokenizers", part("WhitespaceSplit"),
        part("Metaspace", "replacement", "\"▁\"", "prepend_scheme", "\"first\"")));
    preTokenizers.add(sequence("pretokenizers", part("Digits", "individual_digits", "true"), part("Punctuation"),
        part("ByteLevel", "add_prefix_space", "true", "trim_offsets", "true", "use_regex", "true")));
    return preTokenizers;
  }

  private static String split(String expression) {
    return part("Split", "pattern", "{\"Regex\": " + quoted(expression) + "}", "behavior", "\"Isolated\"", "invert", "false");
  }

  /** Those of known models, and what else expressions are made of. */
  private static List<String> expressions() {
    return List.of(
        QWEN.replace("|\\p{N}|", "|\\p{N}{1,3}|"),
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES,
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*" + SPACES,
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
            + "| ?[\\p{P}\\p{S}]+[\\r\\n]*" + SPACES,
        "[一-龥\u3040-ゟ゠-ヿ]+", "\\p{Han}+|\\P{Han}", "\\p{^Han}", "(?i)the|[^A-C]", "(?i:S|K|å)", "\\w+", "\\W", "\\d+|\\D",
        "\\h+|\\H", "[\\w'-]+", "[^\\S\\n]+", "[\\D]", "[a-z&&[^aeiou]]+", "[[:alpha:][:digit:]]+", "[[:^space:]]+",
        "[[:punct:]]", "\\b", "\\B.", "^.", ".$", "(?m:.+)", "\\A.|.\\z", "x{2,5}?|a{,2}b|l{2}", "(?:ab|c)+?", "(?>a+)b",
        "(a|b)(?=c)", "(?<!a)b|(?<=a)\\n", "\\R", "\\x41|\\x{1F600}|\\u00e9|\\t|\\v", "{|a{|}", "[-a]|[a-]|[\\-+]", "\\p{Emoji}",
        "\\p{Lowercase_Letter}+", "\\p{Cyrillic}+| \\p{hebrew}", "a||b", "", " ?\\N", "(?-i:a)");
  }

  private static List<String> decoders() {
    List<String> decoders = new ArrayList<>(List.of(
        part("ByteLevel", "add_prefix_space", "true", "trim_offsets", "true", "use_regex", "true"),
        part("Metaspace", "replacement", "\"▁\"", "prepend_scheme", "\"always\""),
        part("Metaspace", "replacement", "\"▁\"", "prepend_scheme", "\"never\""),
        part("WordPiece", "prefix", "\"##\"", "cleanup", "true"),
        part("WordPiece", "prefix", "\"##\"", "cleanup", "false"),
        part("ByteFallback"),
        part("Fuse"),
        part("Replace", "pattern", "{\"String\": \"▁\"}", "content", "\" \""),
        part("Replace", "pattern", "{\"Regex\": \"[aeiou]+\"}", "content", "\"-\""),
        part("CTC", "pad_token", "\"<unk>\"", "word_delimiter_token", "\"▁\"", "cleanup", "true"),
        part("CTC", "pad_token", "\"a\"", "word_delimiter_token", "\"▁\"", "cleanup", "false")));
    decoders.add(sequence("decoders", part("Replace", "pattern", "{\"String\": \"▁\"}", "content", "\" \""),
        part("ByteFallback"), part("Fuse"), part("Strip", "content", "\" \"", "start", "1", "stop", "0")));
    return decoders;
  }

  private static List<List<String>> addedTokens() {
    List<List<String>> sets = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      List<String> tokens = new ArrayList<>();
      for (String content : List.of(
          "foo", "<s>", "</s>", "[MASK]", "<|endoftext|>", "tok en", "é", "the", "foofoo", " a", "\n")) {
        int bits = i == 0 ? 0 : (31 * content.hashCode()) >> i;
        boolean isSpecial = content.startsWith("<") || content.startsWith("[");
        tokens.add(added(content, (bits & 1) == 1, (bits & 2) == 2, (bits & 4) == 4,
            (bits & 8) == 8 && !content.isBlank(), isSpecial));
      }
      sets.add(tokens);
    }
    return sets;
  }

  private static List<String> postProcessors() {
    String template = part("TemplateProcessing",
        "single", """
            [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "two", "type_id": 0}}]""",
        "pair", "[{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}]",
        "special_tokens", """
            {"[CLS]": {"id": "[CLS]", "ids": [5], "tokens": ["[CLS]"]},
            "two": {"id": "two", "ids": [6, 7], "tokens": ["x", "y"]}}""");
    String bytes = part("ByteLevel", "add_prefix_space", "true", "trim_offsets", "false", "use_regex", "true");
    return List.of(
        template,
        bytes,
        part("BertProcessing", "sep", "[\"[SEP]\", 9]", "cls", "[\"[CLS]\", 8]"),
        part("RobertaProcessing", "sep", "[\"</s>\", 9]", "cls", "[\"<s>\", 8]", "trim_offsets", "true",
            "add_prefix_space", "false"),
        sequence("processors", bytes, template));
  }

  static Stream<Named<TokenizerDescription>> tokenizers() {
    List<Named<TokenizerDescription>> all = new ArrayList<>();
    String metaspace = part("Metaspace", "replacement", "\"▁\"", "prepend_scheme", "\"always\"");
    TokenizerDescription bytes = TokenizerDescription.of(BYTES).preTokenizer(preTokenizers().get(2));
    TokenizerDescription characters = TokenizerDescription.of(CHARACTERS);
    Map<String, String> models = models();
    models.forEach((name, model) -> {
      all.add(Named.of(name, TokenizerDescription.of(model)));
      all.add(Named.of(name + ", split", TokenizerDescription.of(model).preTokenizer(part("WhitespaceSplit"))));
      all.add(Named.of(name + ", bytes", TokenizerDescription.of(model).preTokenizer(preTokenizers().get(3))));
      all.add(Named.of(name + ", marks", TokenizerDescription.of(model).preTokenizer(metaspace)));
    });
    for (String normalizer : normalizers()) {
      all.add(Named.of(normalizer, characters.normalizer(normalizer)));
      all.add(Named.of("first, " + normalizer, characters.normalizer(normalizer).preTokenizer(preTokenizers().get(4))));
    }
    for (String preTokenizer : preTokenizers()) {
      all.add(Named.of(preTokenizer, characters.preTokenizer(preTokenizer)));
      all.add(Named.of("words, " + preTokenizer, TokenizerDescription.of(WORDS).preTokenizer(preTokenizer)));
    }
    for (String decoder : decoders()) {
      all.add(Named.of(decoder, characters.preTokenizer(metaspace).decoder(decoder)));
      all.add(Named.of("bytes, " + decoder, bytes.decoder(decoder)));
    }
    for (List<String> tokens : addedTokens()) {
      all.add(Named.of(tokens.toString(), bytes.addedTokens(tokens)));
      all.add(Named.of("lower case, " + tokens, characters.normalizer(part("Lowercase")).addedTokens(tokens)));
    }
    postProcessors().forEach(processor -> all.add(Named.of(processor, bytes.postProcessor(processor))));
    all.addAll(randomDescriptions(List.copyOf(models.values())));
    return all.stream();
  }

  private static List<Named<TokenizerDescription>> randomDescriptions(List<String> models) {
    Random random = new Random(4);
    List<Named<TokenizerDescription>> all = new ArrayList<>();
    List<String> normalizers = normalizers();
    List<String> preTokenizers = preTokenizers();
    for (int i = 0; i < RANDOM_DESCRIPTIONS; i++) {
      TokenizerDescription description = TokenizerDescription.of(any(models, random))
          .normalizer(random.nextBoolean() ? null : sequence("normalizers", any(normalizers, random), any(normalizers, random)))
          .preTokenizer(sequence("pretokenizers", any(preTokenizers, random), any(preTokenizers, random)))
          .addedTokens(random.nextBoolean() ? List.of() : any(addedTokens(), random))
          .postProcessor(any(postProcessors(), random))
          .decoder(any(decoders(), random));
      all.add(Named.of("random " + i, description));
    }
    return all;
  }

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void idsAndTextsAreThose(TokenizerDescription description) throws IOException {
    assumeThat(ForeignTokenizer.isAvailable()).isTrue();
    description.write(folder);
    String json = description.json();
    Random random = new Random(json.hashCode());
    List<String> texts = new ArrayList<>(RandomText.hard());
    for (int i = 0; i < RANDOM_TEXTS; i++) {
      texts.add(RandomText.of(random, 4 << i % 4));
    }
    Tokenizer tokenizer = Tokenizer.open(folder);
    try (ForeignTokenizer foreign = ForeignTokenizer.open(folder)) {
      for (String text : texts) {
        int[] ids = foreign.encode(text, false);
        assertThat(tokenizer.encode(text)).as("%s by %s", quoted(text), json).isEqualTo(ids);
        if (description.postProcessor() != null) {
          assertThat(tokenizer.encodeWithSpecialTokens(text)).as(quoted(text)).isEqualTo(foreign.encode(text, true));
        }
        assertThat(tokenizer.decode(ids)).as(quoted(text)).isEqualTo(foreign.decode(ids));
      }
      int[] ids = random.ints(50, 0, tokenizer.vocabularySize() + 5).toArray();
      assertThat(tokenizer.decode(ids)).as("random ids").isEqualTo(foreign.decode(ids));
    }
  }
}
