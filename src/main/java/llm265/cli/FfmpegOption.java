package llm265.cli;

import java.io.IOException;
import java.util.function.Consumer;
import llm265.cli.output.ErrorLine;
import llm265.oracle.FfmpegDecoder;
import picocli.CommandLine.Option;

/** {@code --offline}, for commands that check against ffmpeg. */
final class FfmpegOption {
  @Option(
      names = "--offline",
      description = "Fetch nothing: what is neither on this machine nor in the local Maven repository is missing then")
  boolean offline;

  /**
   * The program on the PATH, or the one that Maven fetches.
   *
   * @param fetching receives a line about what is fetched, before it is
   * @throws IOException if there is none, with the reason and a remedy
   */
  FfmpegDecoder find(Consumer<String> fetching) throws IOException {
    try {
      return FfmpegDecoder.findOrFetch(offline, fetching);
    } catch (IOException e) {
      throw new IOException("not checked against ffmpeg: the PATH has none, and " + (offline
          ? "--offline fetches none (" + ErrorLine.of(e) + ")"
          : "none could be fetched: " + ErrorLine.of(e) + "; install the package ffmpeg"), e);
    }
  }
}
