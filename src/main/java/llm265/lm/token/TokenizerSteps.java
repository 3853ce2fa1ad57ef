package llm265.lm.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;

/**
 * The steps of a tokenizer, as the files in a folder describe them.
 *
 * @param added what is cut out of a text first; it normalizes the rest
 * @param preTokenizer cuts text into pieces
 * @param model turns pieces into ids
 * @param postProcessor puts special tokens around ids
 * @param decoder goes back to text
 */
record TokenizerSteps(
    AddedTokens added, PreTokenizer preTokenizer, TokenModel model, PostProcessor postProcessor, TokenDecoder decoder) {
  private static final String WHOLE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String GPT2_VOCABULARY = "vocab.json";
  private static final String GPT2_MERGES = "merges.txt";
  private static final String BERT_VOCABULARY = "vocab.txt";

  /** Larger files are no tokenizers: the largest that are known have 40 MB. */
  private static final long MAX_BYTES = 256 << 20;

  private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Normalizer UNCHANGED = text -> text;
  private static final PreTokenizer UNDIVIDED = (piece, pieces) -> pieces.accept(piece);

  /**
   * Reads the files of a folder.
   *
   * @throws ModelFormatException if there are none, or they are damaged or not known
   */
  static TokenizerSteps read(Path folder) throws IOException {
    if (Files.exists(folder.resolve(WHOLE))) {
      return whole(json(folder.resolve(WHOLE)));
    }
    if (Files.exists(folder.resolve(GPT2_VOCABULARY)) && Files.exists(folder.resolve(GPT2_MERGES))) {
      return gpt2(folder);
    }
    if (Files.exists(folder.resolve(BERT_VOCABULARY))) {
      return bert(folder.resolve(BERT_VOCABULARY));
    }
    throw new ModelFormatException(folder, "has no tokenizer: no " + WHOLE + ", no " + GPT2_VOCABULARY + " with " + GPT2_MERGES
        + ", no " + BERT_VOCABULARY);
  }

  /** Reads one file: a whole description if it is named .json, and otherwise a vocabulary of BERT's. */
  static TokenizerSteps readFile(Path file) throws IOException {
    return file.toString().endsWith(".json") ? whole(json(file)) : bert(file);
  }

  /** Whether a folder has files that {@link #read} takes. */
  static boolean areIn(Path folder) {
    return Files.exists(folder.resolve(WHOLE)) || Files.exists(folder.resolve(BERT_VOCABULARY))
        || Files.exists(folder.resolve(GPT2_VOCABULARY)) && Files.exists(folder.resolve(GPT2_MERGES));
  }

  private static TokenizerSteps whole(Part file) {
    List<AddedTokens.Token> tokens = new ArrayList<>();
    if (file.has("added_tokens")) {
      file.parts("added_tokens").forEach(token -> tokens.add(AddedTokens.Token.read(token)));
    }
    TokenModel model = TokenModels.read(file.requiredPart("model"));
    Normalizer normalizer = file.part("normalizer").map(Normalizers::read).orElse(UNCHANGED);
    return new TokenizerSteps(
        new AddedTokens(tokens, model.vocabulary(), normalizer),
        file.part("pre_tokenizer").map(PreTokenizers::read).orElse(UNDIVIDED),
        model,
        file.part("post_processor").map(PostProcessors::read).orElse((ids, adds) -> ids),
        file.part("decoder").map(TokenDecoders::read).orElse(decoded -> List.of(String.join(" ", decoded))));
  }

  /** A folder of GPT-2's tokenizer. */
  private static TokenizerSteps gpt2(Path folder) throws IOException {
    ObjectNode description = JSON.createObjectNode();
    description.set("vocab", json(folder.resolve(GPT2_VOCABULARY)).node());
    Path merges = folder.resolve(GPT2_MERGES);
    text(merges).lines().filter(line -> !line.isEmpty()).forEach(description.putArray("merges")::add);
    TokenModel model = BytePairModel.read(new Part(merges, "", description));
    boolean addsPrefixSpace = config(folder).flag("add_prefix_space", false);
    return new TokenizerSteps(
        new AddedTokens(special(model, "<|endoftext|>"), model.vocabulary(), UNCHANGED),
        PreTokenizers.byteLevel(addsPrefixSpace, true),
        model,
        (ids, adds) -> ids,
        TokenDecoders::bytes);
  }

  /** A vocabulary of BERT's tokenizer; its folder may have a configuration. */
  private static TokenizerSteps bert(Path file) throws IOException {
    Vocabulary vocabulary = new Vocabulary();
    int count = 0;
    for (String line : text(file).lines().toList()) {
      vocabulary.put(line.stripTrailing(), count++);
    }
    Part config = config(file.toAbsolutePath().getParent());
    boolean lowercases = config.flag("do_lower_case", true);
    Normalizer normalizer = new BertNormalizer(
        true, config.flag("tokenize_chinese_chars", true), config.flag("strip_accents", lowercases), lowercases);
    TokenModel model =
        new WordPieceModel(vocabulary, WordPieceModel.UNKNOWN, WordPieceModel.PREFIX, WordPieceModel.MAX_LENGTH);
    int before = vocabulary.id("[CLS]");
    int after = vocabulary.id("[SEP]");
    if (before == Vocabulary.NONE || after == Vocabulary.NONE) {
      throw new ModelFormatException(file, "has no tokens [CLS] and [SEP]");
    }
    return new TokenizerSteps(
        new AddedTokens(special(model, "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), vocabulary, normalizer),
        PreTokenizers.bert(),
        model,
        PostProcessors.around(before, after),
        TokenDecoders.wordPiece(WordPieceModel.PREFIX, true).then(tokens -> List.of(String.join("", tokens))));
  }

  /** Those of the tokens that the model has. */
  private static List<AddedTokens.Token> special(TokenModel model, String... tokens) {
    return List.of(tokens).stream()
        .filter(token -> model.vocabulary().id(token) != Vocabulary.NONE)
        .map(AddedTokens.Token::special)
        .toList();
  }

  private static Part config(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    return Files.exists(file) ? json(file) : new Part(file, "", JSON.createObjectNode());
  }

  private static Part json(Path file) throws IOException {
    try {
      JsonNode node = JSON.readTree(text(file));
      if (!node.isObject()) {
        throw new ModelFormatException(file, "the file is not an object");
      }
      return new Part(file, "", node);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(file, "the file is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new ModelFormatException(file, "the file is too large for a tokenizer");
    }
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file, "the file is not UTF-8", e);
    }
  }
}
