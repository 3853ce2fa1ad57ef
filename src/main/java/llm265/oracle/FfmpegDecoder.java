package llm265.oracle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.OutputFrames;
import llm265.oracle.FfmpegCommand.Engine;
import llm265.parallel.Workers;
import llm265.program.Program;

/** The {@code ffmpeg} program, or NVDEC through it, as a second opinion: every sample that it decodes must equal ours. */
public final class FfmpegDecoder {
  private static final Pattern LIBAVUTIL = Pattern.compile("libavutil +([0-9]{1,4})\\.");

  /** Major version of libavutil in FFmpeg 6. */
  private static final int FIRST_WITH_FPS_MODE = 58;

  private final Path program;
  private final Engine engine;
  private volatile FfmpegCommand command;

  private FfmpegDecoder(Path program) {
    this(program, Engine.SOFTWARE);
  }

  FfmpegDecoder(Path program, Engine engine) {
    this.program = program;
    this.engine = engine;
  }

  /** The program on the PATH, if there is one. */
  public static Optional<FfmpegDecoder> find() {
    return Program.find("ffmpeg").map(FfmpegDecoder::new);
  }

  /**
   * The program on the PATH; otherwise the one that Maven fetches, or has fetched before.
   *
   * @param offline whether nothing may be fetched
   * @param fetching receives a line about what is fetched and how large it is, before it is
   * @throws IOException if there is no program, with the reason
   */
  public static FfmpegDecoder findOrFetch(boolean offline, Consumer<String> fetching) throws IOException {
    Optional<FfmpegDecoder> found = find();
    return found.isPresent() ? found.get() : new FfmpegDecoder(FetchedFfmpeg.ofThisMachine().program(offline, fetching));
  }

  Path program() {
    return program;
  }

  /** Whether NVDEC decodes, by the program. */
  public boolean isNvdec() {
    return engine.isNvdec();
  }

  /** What it is called in messages. */
  public String name() {
    return engine.isNvdec() ? "NVDEC" : "ffmpeg";
  }

  /**
   * Its command lines.
   *
   * @throws IOException if the program does not run
   */
  public FfmpegCommand command() throws IOException {
    if (command == null) {
      command = new FfmpegCommand(program, passthrough(Program.output(List.of(program.toString(), "-version"))), engine);
    }
    return command;
  }

  /**
   * The option that stops FFmpeg from repeating and dropping frames, by the output of {@code -version}: FFmpeg 8 lacks the old
   * one, FFmpeg 5.0 the new one.
   */
  static String passthrough(String versions) {
    Matcher version = LIBAVUTIL.matcher(versions);
    return version.find() && Integer.parseInt(version.group(1)) < FIRST_WITH_FPS_MODE ? "-vsync" : "-fps_mode";
  }

  /** Like the method below, on the calling thread, for a stream of our own, which leaves nothing to note. */
  public Optional<StreamComparison.Difference> difference(MemorySegment stream) throws IOException {
    return difference(stream, DecodingMode.STRICT, Workers.CALLER, new StreamNotes());
  }

  /**
   * Compares FFmpeg's samples of a stream with ours.
   *
   * @param mode strict, or intra-only, where FFmpeg decodes everything and the same pictures are chosen
   * @param workers threads of our decoder
   * @param notes receives faults in what no picture needs
   * @return what differs, or nothing
   * @throws IOException if the program cannot run
   */
  public Optional<StreamComparison.Difference> difference(
      MemorySegment stream, DecodingMode mode, Workers workers, StreamNotes notes) throws IOException {
    try (FfmpegRun all = new FfmpegRun(command(), FfmpegInput.partsOf(stream), mode.intraOnly())) {
      FrameSelection chosen = mode.intraOnly() ? new FrameSelection(all, OutputFrames.of(stream, DecoderLimits.DEFAULT)) : null;
      Optional<StreamComparison.Difference> difference =
          StreamComparison.of(stream, mode, chosen == null ? all : chosen, name() + "'s", workers, notes);
      if (chosen != null && !chosen.isExact()) {
        return Optional.of(new StreamComparison.Difference(name() + "'s output is not the stream's " + chosen.frames()
            + " frames, so that it does not tell which of them are the I pictures"));
      }
      if (difference.isPresent()) {
        return difference;
      }
      String complaint = all.complaint();
      // It may complain about pictures that are not compared, and about what we skip.
      boolean mayComplain = mode.intraOnly() || !notes.isEmpty();
      return complaint.isEmpty() || mayComplain && !all.hasFailed()
          ? Optional.empty() : Optional.of(new StreamComparison.Difference(name() + " reports: " + complaint));
    }
  }
}
