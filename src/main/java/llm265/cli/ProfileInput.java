package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import llm265.cli.output.Progress;
import llm265.fidelity.TokenWindows;
import llm265.fidelity.kv.KvProfiler;
import llm265.fidelity.kv.WrittenWindows;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.runtime.transform.KvProfile;

/**
 * Where a profile of keys and values comes from: a file, a text to learn it on, or what the model writes itself.
 *
 * @param file of a profile; null for none
 * @param text to learn on; null for none
 * @param length tokens of a window to learn on
 * @param windows greatest number of them
 */
record ProfileInput(ModelFolder folder, LanguageModel model, Path file, Path text, int length, int windows) {
  private static final String BEGIN = "bos_token_id";

  KvProfile profile() throws IOException {
    if (file != null) {
      return KvProfile.read(file);
    }
    String name = folder.path().toAbsolutePath().normalize().getFileName().toString();
    TokenWindows read = text == null ? written()
        : TextInput.windows(folder.path(), model.contextLength(), text, length, windows);
    try (Progress progress = new Progress("profile", read.tokens(), "tokens")) {
      return new KvProfiler(model, folder.weights()).learn(name, read, progress::step);
    }
  }

  private TokenWindows written() {
    int[] begins = folder.config().ids(BEGIN);
    int begin = begins.length > 0 ? begins[0] : 0;
    try (Progress progress = new Progress("write", (long) windows * (length - 1), "tokens")) {
      return WrittenWindows.of(model, begin, windows, length, progress::step);
    }
  }
}
