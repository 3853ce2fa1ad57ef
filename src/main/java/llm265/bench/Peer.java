package llm265.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import llm265.program.Program;

/**
 * Runs another encoder as a program, with the settings that suit tensors best: intra pictures without chroma, constant QP, its
 * slowest preset, no psychovisual tuning. Its own program is preferred; FFmpeg with its library makes the same pictures.
 */
public enum Peer {
  X264("x264"),
  X265("x265");

  private static final String FFMPEG = "ffmpeg";
  private static final int GREATEST_CTU = 64;

  private final String program;

  Peer(String program) {
    this.program = program;
  }

  /** Whether it can run: its own program, or an FFmpeg that has it, is on the PATH. */
  public boolean isThere() {
    return Program.isOnPath(program) || isInFfmpeg();
  }

  private boolean isInFfmpeg() {
    if (!Program.isOnPath(FFMPEG)) {
      return false;
    }
    try {
      return Program.output(List.of(FFMPEG, "-hide_banner", "-encoders")).contains(" lib" + program + " ");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The result of coding all frames.
   *
   * @param bytes size of the streams, without SEI messages, which no decoder needs
   * @param squaredError sum over all values
   * @param seconds time that the program took
   */
  record Result(long bytes, double squaredError, double seconds) {}

  /**
   * Codes frames at a QP.
   *
   * @param threads number of frames that are coded at once; the result does not depend on it
   */
  Result encode(ClippedFrames frames, int qp, int threads) throws IOException {
    return encode(frames, qp, threads, Program.isOnPath(program));
  }

  Result encode(ClippedFrames frames, int qp, int threads, boolean byOwnProgram) throws IOException {
    Path folder = Files.createTempDirectory("llm265-bench");
    Path input = folder.resolve("in.yuv");
    Path stream = folder.resolve("stream");
    Path output = folder.resolve("out.yuv");
    try {
      write(frames, input);
      List<String> command = byOwnProgram
          ? command(frames, qp, threads, input, stream, output) : ffmpegCommand(frames, qp, threads, input, stream);
      long start = System.nanoTime();
      Program.output(command);
      double seconds = (System.nanoTime() - start) * 1e-9;
      if (!byOwnProgram) {
        // Not through a pixel format: FFmpeg would stretch the range of luma from one to the other.
        Program.output(List.of(FFMPEG, "-v", "error", "-f", ffmpegFormat(), "-i", stream.toString(), "-fps_mode",
            "passthrough", "-vf", "extractplanes=y", "-f", "rawvideo", "-pix_fmt", "gray", output.toString()));
      }
      return new Result(AnnexB.size(Files.readAllBytes(stream), this == X265), squaredError(frames, output), seconds);
    } finally {
      for (Path file : List.of(input, stream, output)) {
        Files.deleteIfExists(file);
      }
      Files.delete(folder);
    }
  }

  private static void write(ClippedFrames frames, Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < frames.count(); i++) {
        out.write(frames.frame(i));
      }
    }
  }

  private double squaredError(ClippedFrames frames, Path file) throws IOException {
    double error = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int i = 0; i < frames.count(); i++) {
        byte[] decoded = in.readNBytes(frames.width() * frames.height());
        if (decoded.length < frames.width() * frames.height()) {
          throw new EOFException(program + " has coded " + i + " of " + frames.count() + " frames");
        }
        error += frames.squaredError(i, decoded);
      }
      if (in.read() >= 0) {
        throw new IOException(program + " has coded more than " + frames.count() + " frames");
      }
    }
    return error;
  }

  private List<String> command(ClippedFrames frames, int qp, int threads, Path input, Path stream, Path output) {
    String size = frames.width() + "x" + frames.height();
    List<String> command = new ArrayList<>(List.of(
        program, "--preset", "veryslow", "--keyint", "1", "--no-deblock", "--aq-mode", "0", "--qp", Integer.toString(qp),
        "--ipratio", "1", "--fps", "1", "--input-res", size, "--input-csp", "i400"));
    if (this == X264) {
      // Without chroma, in 4:0:0, it takes fewer bits than with flat chroma planes.
      command.addAll(List.of("--demuxer", "raw", "--muxer", "raw", "--output-csp", "i400", "--no-psy", "--trellis", "2",
          "--threads", Integer.toString(threads), "--dump-yuv", output.toString(), "-o", stream.toString(), input.toString()));
    } else {
      // Rows in parallel would each begin with new contexts, and cost bits.
      command.addAll(List.of("--ctu", Integer.toString(ctu(frames)), "--no-sao", "--psy-rd", "0", "--psy-rdoq", "0",
          "--rdoq-level", "2", "--no-info", "--no-wpp", "--pools", "none", "--frame-threads", Integer.toString(threads),
          "--recon", output.toString(), "-o", stream.toString(), "--input", input.toString()));
    }
    return command;
  }

  private List<String> ffmpegCommand(ClippedFrames frames, int qp, int threads, Path input, Path stream) {
    String options = this == X264
        ? "keyint=1:no-deblock=1:aq-mode=0:ipratio=1:psy=0:trellis=2:qp=" + qp + ":threads=" + threads
        : "keyint=1:no-deblock=1:aq-mode=0:ipratio=1:no-sao=1:psy-rd=0:psy-rdoq=0:rdoq-level=2:info=0:wpp=0:pools=none"
            + ":log-level=error:qp=" + qp + ":ctu=" + ctu(frames) + ":frame-threads=" + threads;
    return List.of(FFMPEG, "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-video_size",
        frames.width() + "x" + frames.height(), "-framerate", "1", "-i", input.toString(), "-c:v", "lib" + program, "-preset",
        "veryslow", "-qp", Integer.toString(qp), "-" + program + "-params", options, "-f", ffmpegFormat(), stream.toString());
  }

  private String ffmpegFormat() {
    return this == X264 ? "h264" : "hevc";
  }

  /** x265 takes no picture smaller than a coding tree block. */
  private static int ctu(ClippedFrames frames) {
    return Math.min(GREATEST_CTU, Integer.highestOneBit(Math.min(frames.width(), frames.height())));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
