package llm265.oracle.suite;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Locale;

/** Checks what one decoder makes of streams. */
public abstract class StreamCheck {
  /** What the decoder is called in messages. */
  abstract String decoder();

  /** Checks a stream that is what its manifest says. */
  abstract SuiteResult check(SuiteStream stream, MemorySegment bytes) throws IOException;

  /**
   * Checks a stream.
   *
   * @throws IOException if the decoder cannot be run at all
   */
  final SuiteResult check(SuiteStream stream) throws IOException {
    long start = System.nanoTime();
    if (!Files.isRegularFile(stream.file())) {
      return SuiteResult.failed(stream, "there is no such file");
    }
    try (Arena arena = Arena.ofShared();
        FileChannel channel = FileChannel.open(stream.file(), StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      SuiteResult result = isTheOneNamed(stream, bytes) ? check(stream, bytes)
          : SuiteResult.failed(stream, "the file is not the one of the manifest: its SHA-256 is another");
      return result.withSeconds((System.nanoTime() - start) * 1e-9);
    }
  }

  private static boolean isTheOneNamed(SuiteStream stream, MemorySegment bytes) {
    if (stream.sha256().isEmpty()) {
      return true;
    }
    var digest = SampleDigest.digest(ExpectedSamples.SHA_256);
    digest.update(bytes.asByteBuffer());
    return HexFormat.of().formatHex(digest.digest()).equals(stream.sha256().toLowerCase(Locale.ROOT));
  }
}
