package llm265.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The kind of file that a command writes. A name that belongs to another format is refused, since people and programs would
 * take the file for that format. Names of unknown formats are accepted.
 */
enum OutputKind {
  SAFETENSORS("safetensors", List.of(".safetensors")),
  TENSORS("safetensors, .gguf or .npy", List.of(".safetensors", ".gguf", ".npy")),
  BYTE_STREAM("an H.264 byte stream", List.of(".264", ".h264", ".avc", ".h26l", ".jsv")),
  TRELLIS_STREAM("a tensor stream without pictures", List.of(".trinity")),
  DATA("a data file", List.of(".llm265")),
  PAGE("an HTML page", List.of(".html", ".htm")),
  KV_CACHE("a KV cache file", List.of(".kv")),
  PICTURES("pictures", List.of(".yuv", ".y4m", ".png", ".pgm", ".ppm", ".pnm"));

  private static final List<String> KNOWN = List.of(
      ".safetensors", ".npy", ".npz", ".onnx", ".json", ".gguf", ".pt", ".pth", ".pkl", ".h5", ".zip", ".gz", ".zst",
      ".264", ".h264", ".avc", ".265", ".hevc", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".ts", ".flv", ".avi",
      ".y4m", ".yuv", ".png", ".pgm", ".ppm", ".pnm", ".jpg", ".jpeg", ".bmp", ".gif", ".pam",
      ".tif", ".tiff", ".webp", ".csv", ".trinity", ".kv", ".html", ".htm");

  private final String sentence;
  private final List<String> suffixes;

  OutputKind(String sentence, List<String> suffixes) {
    this.sentence = sentence;
    this.suffixes = suffixes;
  }

  /** Whether a name is that of a file of some format. */
  static boolean hasKnownSuffix(Path output) {
    return KNOWN.stream().anyMatch(suffix -> Arguments.hasSuffix(output, suffix));
  }

  /** Refuses a name that belongs to a format which the command does not write. */
  void requireName(CommandSpec spec, Path output) {
    if (hasKnownSuffix(output)
        && suffixes.stream().noneMatch(suffix -> Arguments.hasSuffix(output, suffix))) {
      String name = output.getFileName().toString();
      String suffix = name.substring(name.lastIndexOf('.')).toLowerCase(Locale.ROOT);
      throw new ParameterException(
          spec.commandLine(), "-o " + output + ": " + spec.name() + " writes " + sentence + ", no " + suffix + " file; name it "
              + suffixes.getFirst());
    }
  }
}
