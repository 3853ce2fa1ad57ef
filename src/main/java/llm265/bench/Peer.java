package llm265.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import llm265.tensor.ClippedFrames;

/** Another encoder, run as a program at what suits tensors best: intra pictures, constant QP, its slowest preset, nothing for the eye. */
public enum Peer {
  X264("x264"),
  X265("x265");

  /** Lesser pictures are padded: x265 takes none lower than its smallest coding tree block. */
  private static final int LEAST_HEIGHT = 32;

  private final String program;

  Peer(String program) {
    this.program = program;
  }

  /** Name of the program. */
  public String program() {
    return program;
  }

  /** Whether its program is on the PATH. */
  public boolean isThere() {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(java.io.File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, program)));
  }

  /**
   * What coding all frames came to.
   *
   * @param bytes of the streams
   * @param squaredError sum over all values
   * @param seconds spent
   */
  record Result(long bytes, double squaredError, double seconds) {}

  /** Codes frames at a QP. */
  Result encode(ClippedFrames frames, int qp) throws IOException {
    Path folder = Files.createTempDirectory("llm265-bench");
    try {
      long bytes = 0;
      double error = 0;
      long start = System.nanoTime();
      for (int i = 0; i < frames.count(); i++) {
        Path stream = folder.resolve("stream." + program.substring(1));
        byte[] decoded = encode(frames.frame(i), frames.width(), frames.height(), qp, folder, stream);
        bytes += Files.size(stream);
        error += frames.squaredError(i, decoded);
      }
      return new Result(bytes, error, (System.nanoTime() - start) * 1e-9);
    } finally {
      for (String name : new String[] {"in.yuv", "out.yuv", "log", "stream.264", "stream.265"}) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }

  private byte[] encode(byte[] samples, int width, int height, int qp, Path folder, Path stream) throws IOException {
    int coded = Math.max(height, LEAST_HEIGHT);
    boolean chroma = this == X264;
    byte[] picture = new byte[width * coded * (chroma ? 3 : 2) / 2];
    Arrays.fill(picture, (byte) 128);
    System.arraycopy(samples, 0, picture, 0, samples.length);
    Path input = folder.resolve("in.yuv");
    Files.write(input, chroma ? picture : Arrays.copyOf(picture, width * coded));
    Path output = folder.resolve("out.yuv");
    run(command(width + "x" + coded, qp, input, stream, output), folder.resolve("log"));
    return Arrays.copyOf(Files.readAllBytes(output), samples.length);
  }

  private List<String> command(String size, int qp, Path input, Path stream, Path output) {
    List<String> command = new ArrayList<>(List.of(
        program, "--preset", "veryslow", "--keyint", "1", "--no-deblock", "--aq-mode", "0", "--qp", Integer.toString(qp),
        "--ipratio", "1", "--fps", "1", "--input-res", size, "-o", stream.toString()));
    if (this == X264) {
      command.addAll(List.of("--demuxer", "raw", "--input-csp", "i420", "--no-psy", "--trellis", "2", "--dump-yuv",
          output.toString(), input.toString()));
    } else {
      command.addAll(List.of("--input-csp", "i400", "--no-sao", "--psy-rd", "0", "--psy-rdoq", "0", "--rdoq-level", "2",
          "--no-info", "--recon", output.toString(), "--input", input.toString()));
    }
    return command;
  }

  private static void run(List<String> command, Path log) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(1, TimeUnit.HOURS) || process.exitValue() != 0) {
        process.destroyForcibly();
        String said = Files.readString(log).strip();
        throw new IOException(command.getFirst() + " failed: " + said.lines().reduce((a, b) -> b).orElse("it says nothing"));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(command.getFirst() + " was interrupted", e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
