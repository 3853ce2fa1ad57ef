package llm265.fidelity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.TensorView;
import llm265.lm.weights.ModelFolder;

/** What tells a model and a text from others: SHA-256 of the configuration, of all tensors' checksums, and of the tokens. */
final class CalibrationDigest {
  private CalibrationDigest() {}

  static String of(ModelFolder folder, TokenWindows text) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    digest.update(Files.readAllBytes(folder.config().path()));
    for (TensorView tensor : folder.checkpoint().tensors()) {
      digest.update((tensor + " " + Checksum.crc32c(tensor.data()) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    for (int[] window : text.windows()) {
      ByteBuffer bytes = ByteBuffer.allocate((window.length + 1) * Integer.BYTES).putInt(window.length);
      bytes.asIntBuffer().put(window);
      digest.update(bytes.array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
