package llm265.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.lm.token.Tokenizer;

/** Files tokenizer.json, and some texts for the tokenizers that they describe. */
final class TokenizerTarget extends FileTarget {
  private static final String BYTE_PAIRS = """
      {"version": "1.0", "added_tokens": [{"id": 4, "content": "<s>", "special": true, "lstrip": true, "normalized": false}],
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"},
        {"type": "Replace", "pattern": {"Regex": "[^a-z\\\\s]{2,5}?"}, "content": "x"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex":
        "(?i:'s|'t)|[^\\\\p{L}]?\\\\p{L}+|\\\\s+(?!\\\\S)"}, "behavior": "Isolated", "invert": false},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
       "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [4],
        "tokens": ["<s>"]}}},
       "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "unk_token": null, "fuse_unk": false, "byte_fallback": false,
        "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3, "<s>": 4}, "merges": ["a b"]}}
      """;
  private static final String WORD_PIECES = """
      {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
        "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##",
        "cleanup": true}, "model": {"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": {"?": 0, "a": 1, "##b": 2}}}
      """;
  private static final String UNIGRAM = """
      {"normalizer": {"type": "NFKC"}, "pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"},
       "decoder": {"type": "Metaspace", "replacement": "_"}, "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true,
        "vocab": [["<unk>", 0.0], ["a", -1.5], ["_", -2.0], ["ab", -1.0], ["<0x41>", -3.0]]}}
      """;

  TokenizerTarget() {
    super("tokenizer", "tokenizer.json");
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(bytes(BYTE_PAIRS), bytes(WORD_PIECES), bytes(UNIGRAM));
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  void read(Path file) throws IOException {
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizer.openFile(file);
    } catch (ModelFormatException e) {
      Refusals.check(e);
      return;
    }
    for (String text : List.of("", "abc <s> ab's \u00e9", "AB \u0301\ud83d\ude00 ab")) {
      try {
        tokenizer.decode(tokenizer.encodeWithSpecialTokens(text));
      } catch (IllegalArgumentException e) {
        Refusals.checkLine(e);
      }
    }
  }
}
