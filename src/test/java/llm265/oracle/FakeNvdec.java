package llm265.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.oracle.suite.SmallSuite;
import llm265.program.FakePrograms;

/**
 * A script in place of an ffmpeg that reaches NVDEC: it knows some streams and their samples in NV12, and has no driver for
 * others.
 */
public final class FakeNvdec {
  private final Path folder;
  private final Path program;

  /**
   * Writes the script.
   *
   * @param program where to
   * @param engines what it lists: h264_cuvid, cuda, both or neither
   */
  public FakeNvdec(Path program, String engines) {
    this.program = program;
    try {
      folder = Files.createDirectories(program.resolveSibling("known"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    FakePrograms.script(program,
        "PATH=/usr/bin:/bin",
        "echo \"$*\" >>'" + folder + "/commands'",
        "case \"$*\" in",
        "  -version) echo 'libavutil      59. 39.100'; exit 0 ;;",
        "  *-decoders|*-hwaccels) for e in " + engines + "; do echo \" V..... $e\"; done; exit 0 ;;",
        "esac",
        "while [ $# -gt 1 ]; do [ \"$1\" = -i ] && in=$2; shift; done",
        "t='" + folder + "'/input.$$",
        "if [ \"$in\" = pipe:0 ]; then cat >$t; else cp \"$in\" $t; fi",
        "for f in '" + folder + "'/*.264; do",
        "  if cmp -s \"$f\" $t; then",
        "    rm $t",
        "    case $1 in pipe:1) cat \"${f%.264}.nv12\" ;; -) ;; *) cp \"${f%.264}.nv12\" \"$1\" ;; esac",
        "    exit 0",
        "  fi",
        "done",
        "mv $t '" + folder + "/unknown'",
        "echo 'Cannot load libcuda.so.1' >&2",
        "exit 1");
  }

  public Path program() {
    return program;
  }

  /** Tells it what a stream of pictures of one size in 4:2:0 decodes to. */
  public void knows(byte[] stream, byte[] planar, int width, int height) {
    int luma = width * height;
    byte[] nv12 = planar.clone();
    for (int at = 0; at + luma * 3 / 2 <= planar.length; at += luma * 3 / 2) {
      for (int i = 0; i < luma / 4; i++) {
        nv12[at + luma + 2 * i] = planar[at + luma + i];
        nv12[at + luma + 2 * i + 1] = planar[at + luma * 5 / 4 + i];
      }
    }
    try {
      String name = SmallSuite.hash("MD5", stream);
      Files.write(folder.resolve(name + ".264"), stream);
      Files.write(folder.resolve(name + ".nv12"), nv12);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells it the samples of the stream that it did not know: that of the trial. */
  public void learnsTheTrial() throws IOException {
    byte[] stream = Files.readAllBytes(folder.resolve("unknown"));
    knows(stream, SmallSuite.samples(stream), 64, 64);
  }

  /** The command lines that it was run with. */
  public String commands() throws IOException {
    return Files.readString(folder.resolve("commands"));
  }
}
