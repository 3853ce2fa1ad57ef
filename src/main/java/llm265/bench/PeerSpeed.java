package llm265.bench;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.program.Program;

/**
 * Measures FFmpeg's decoder and x264 as programs, by how much longer they take for several times the same data. So the time to
 * start them does not count.
 */
final class PeerSpeed implements Closeable {
  static final String FFMPEG = "ffmpeg";
  static final String X264 = "x264";

  /** Copies of the data in the longer of two runs. */
  private static final int COPIES = 5;

  /** Number of runs; the fastest counts. */
  private static final int RUNS = 3;

  private final Path folder;
  private final Path stream;
  private final Path frames;

  PeerSpeed() throws IOException {
    folder = Files.createTempDirectory("llm265-bench");
    stream = folder.resolve("stream.264");
    frames = folder.resolve("frames.yuv");
  }

  static boolean isThere(String program) {
    return Program.isOnPath(program);
  }

  /**
   * A stream of x264.
   *
   * @param stream stream of the frames
   * @param seconds time that x264 takes for them
   */
  record Encoded(byte[] stream, double seconds) {}

  /**
   * Codes frames as intra pictures with CABAC, without chroma, deblocking, adaptive quantization and psychovisual tuning.
   *
   * @param preset preset of x264
   */
  Encoded encode(ClippedFrames source, int qp, String preset, int threads) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(frames))) {
      for (int copy = 0; copy < COPIES; copy++) {
        for (int i = 0; i < source.count(); i++) {
          out.write(source.frame(i));
        }
      }
    }
    double seconds = slope(copies -> List.of(X264, "--preset", preset, "--cabac", "--keyint", "1", "--no-deblock", "--aq-mode",
        "0", "--no-psy", "--qp", Integer.toString(qp), "--ipratio", "1", "--fps", "1", "--input-res",
        source.width() + "x" + source.height(), "--input-csp", "i400", "--output-csp", "i400", "--demuxer", "raw", "--muxer",
        "raw", "--threads", Integer.toString(threads), "--frames", Integer.toString(copies * source.count()), "-o",
        stream.toString(),
        frames.toString()));
    // The last run coded a single copy.
    return new Encoded(Files.readAllBytes(stream), seconds);
  }

  /** Time in seconds in which FFmpeg decodes a stream and drops its pictures. */
  double decode(byte[] annexB, int threads) throws IOException {
    Path longer = folder.resolve("longer.264");
    Files.write(stream, annexB);
    try (OutputStream out = Files.newOutputStream(longer)) {
      for (int copy = 0; copy < COPIES; copy++) {
        out.write(annexB);
      }
    }
    return slope(copies -> List.of(FFMPEG, "-v", "error", "-threads", Integer.toString(threads), "-f", "h264", "-i",
        (copies == 1 ? stream : longer).toString(), "-fps_mode", "passthrough", "-f", "null", "-"));
  }

  private interface Commands {
    List<String> of(int copies);
  }

  private static double slope(Commands commands) throws IOException {
    double longer = fastest(commands.of(COPIES));
    double once = fastest(commands.of(1));
    return (longer - once) / (COPIES - 1);
  }

  private static double fastest(List<String> command) throws IOException {
    double fastest = Double.POSITIVE_INFINITY;
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      Program.output(command);
      fastest = Math.min(fastest, (System.nanoTime() - start) * 1e-9);
    }
    return fastest;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
