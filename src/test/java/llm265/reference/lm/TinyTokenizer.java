package llm265.reference.lm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A tokenizer for tiny models: {@code w5} is token 5. */
public final class TinyTokenizer {
  public static final int UNKNOWN = 0;
  public static final int CLS = 1;
  public static final int SEP = 2;
  public static final int MASK = 3;
  /** The token of a full stop. */
  public static final int STOP = 4;
  /** The first token that has a word. */
  public static final int FIRST = 5;

  private TinyTokenizer() {}

  /** Writes a tokenizer that adds nothing to a text. */
  public static void write(Path folder, int vocabulary) {
    write(folder, vocabulary, null);
  }

  /** Writes a tokenizer that puts [CLS] before a text and [SEP] after it. */
  public static void writeEnclosing(Path folder, int vocabulary) {
    write(folder, vocabulary, "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1]}");
  }

  private static void write(Path folder, int vocabulary, String postProcessor) {
    ObjectNode words = new ObjectMapper().createObjectNode();
    words.put("?", UNKNOWN).put("[CLS]", CLS).put("[SEP]", SEP).put("[MASK]", MASK).put(".", STOP);
    for (int token = FIRST; token < vocabulary; token++) {
      words.put("w" + token, token);
    }
    String json = """
        {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":%s,
        "decoder":null,"model":{"type":"WordLevel","unk_token":"?","vocab":%s}}""".formatted(postProcessor, words);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("tokenizer.json"), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of words. */
  public static String text(int... tokens) {
    return Arrays.stream(tokens).mapToObj(token -> token == STOP ? "." : "w" + token).collect(Collectors.joining(" "));
  }
}
