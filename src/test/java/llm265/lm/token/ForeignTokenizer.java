package llm265.lm.token;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The library {@code tokenizers}, which is written in Rust and comes with DJL. It takes nothing from the network. */
final class ForeignTokenizer implements AutoCloseable {
  static {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("RUST_FLAVOR", "cpu");
    // Its library is unpacked there.
    System.setProperty("ENGINE_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
  }

  private static final Map<String, String> OPTIONS = Map.of("truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer tokenizer;

  private ForeignTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Whether there is such a library for this machine. */
  static boolean isAvailable() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean isArm = System.getProperty("os.arch").equals("aarch64");
    return system.startsWith("linux") || system.startsWith("mac") && isArm || system.startsWith("win") && !isArm;
  }

  static ForeignTokenizer open(Path folder) throws IOException {
    return new ForeignTokenizer(HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"), OPTIONS));
  }

  int[] encode(String text, boolean addsSpecialTokens) {
    return Arrays.stream(tokenizer.encode(text, addsSpecialTokens, false).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  String decode(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
