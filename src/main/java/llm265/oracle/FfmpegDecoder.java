package llm265.oracle;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.OutputFrames;

/** The {@code ffmpeg} program as a second opinion: decodes a stream beside us, sample by sample. */
public final class FfmpegDecoder {
  private final Path program;

  private FfmpegDecoder(Path program) {
    this.program = program;
  }

  /** The program on the PATH, if there is one. */
  public static Optional<FfmpegDecoder> find() {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      for (String name : List.of("ffmpeg", "ffmpeg.exe")) {
        Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
        if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
          return Optional.of(new FfmpegDecoder(candidate));
        }
      }
    }
    return Optional.empty();
  }

  /** As the one below, of a stream of our own, which has nothing to be noted. */
  public Optional<StreamComparison.Difference> difference(MemorySegment stream, DecodingMode mode, int threads) throws IOException {
    return difference(stream, mode, threads, new StreamNotes());
  }

  /**
   * Compares FFmpeg's samples of a stream with ours.
   *
   * @param mode strict, or intra-only, where FFmpeg decodes all and the same pictures are chosen
   * @param threads of our decoder
   * @param notes takes what of the stream no picture needs
   * @return what differs, or nothing
   * @throws IOException if the program cannot be run
   */
  public Optional<StreamComparison.Difference> difference(
      MemorySegment stream, DecodingMode mode, int threads, StreamNotes notes) throws IOException {
    try (FfmpegRun all = new FfmpegRun(program, FfmpegInput.partsOf(stream), mode.intraOnly())) {
      FrameSelection chosen = mode.intraOnly() ? new FrameSelection(all, OutputFrames.of(stream, DecoderLimits.DEFAULT)) : null;
      Optional<StreamComparison.Difference> difference =
          StreamComparison.of(stream, mode, chosen == null ? all : chosen, "ffmpeg's", threads, notes);
      if (chosen != null && !chosen.isExact()) {
        return Optional.of(new StreamComparison.Difference("ffmpeg's output is not the stream's " + chosen.frames()
            + " frames, so that it does not tell which of them are the I pictures"));
      }
      if (difference.isPresent()) {
        return difference;
      }
      String complaint = all.complaint();
      // Of pictures that are not compared, and of what we pass over too, it may say anything.
      boolean mayComplain = mode.intraOnly() || !notes.isEmpty();
      return complaint.isEmpty() || mayComplain && !all.hasFailed()
          ? Optional.empty() : Optional.of(new StreamComparison.Difference("ffmpeg reports: " + complaint));
    }
  }
}
