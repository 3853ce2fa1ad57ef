package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams in .mp4 and .mov files, by every command that takes a stream. */
class ContainerCommandsTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");

  @TempDir private Path folder;

  private byte[] decode(Path input, String... options) throws IOException {
    Path out = folder.resolve("out.yuv");
    Object[] arguments = {"h264", "decode", input, "-o", out};
    Object[] all = Arrays.copyOf(arguments, arguments.length + options.length);
    System.arraycopy(options, 0, all, arguments.length, options.length);
    assertThat(CommandRun.of(all).status()).isZero();
    return Files.readAllBytes(out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mov"})
  void contentTellsTheFormatWhateverTheName(String format) throws IOException {
    Path stream = Files.write(folder.resolve("in.264"), STREAM);
    byte[] expected = decode(stream);
    for (String name : new String[] {"in.mp4", "in.bin", "in2.264"}) {
      Path file = Files.write(folder.resolve(name), Mp4Oracle.mux(STREAM, format, true, Map.of()));
      assertThat(decode(file)).isEqualTo(expected);
      assertThat(decode(file, "--threads", "3")).isEqualTo(expected);
      assertThat(CommandRun.succeed("verify", file)).isEqualTo(file + ": the stream is intact\n");
      assertThat(CommandRun.succeed("verify", file, "--against", folder.resolve("out.yuv"))).contains("every sample");
      assertThat(CommandRun.succeed("verify", stream, "--against", file)).contains("every sample");
      assertThat(CommandRun.succeed("inspect", file)).startsWith("NAL unit 0 at byte ").contains("profile_idc ", "slice_type ");
      assertThat(CommandRun.succeed("inspect", "--json", file)).contains("\"nalUnits\"", "slice_qp_delta");
    }
  }

  @Test
  void intraPicturesOfAVideoComeOut() throws IOException {
    byte[] video = StreamCorpus.video(true);
    byte[] expected = decode(Files.write(folder.resolve("in.264"), video), "--intra-only");
    assertThat(decode(Files.write(folder.resolve("in.mp4"), Mp4Oracle.mux(video, "mp4", false, Map.of())), "--intra-only"))
        .isEqualTo(expected);
  }

  @Test
  void ffmpegIsGivenTheSameSamples() throws IOException {
    assumeTrue(FfmpegDecoder.find().isPresent());
    Path file = Files.write(folder.resolve("in.mp4"), Mp4Oracle.mux(STREAM, "mp4", true, Map.of()));
    assertThat(CommandRun.succeed("verify", file, "--against", "ffmpeg")).endsWith("every sample as ffmpeg decodes it\n");
  }

  @Test
  void aFileWithoutSuchAStreamIsNamed() throws IOException {
    Path file = folder.resolve("in.mp4");
    Files.write(file, Mp4Oracle.mux(STREAM, "mov", false, Map.of("movflags", "empty_moov+frag_every_frame")));
    byte[] segment = Files.readAllBytes(file);
    int moof = new String(segment, StandardCharsets.ISO_8859_1).indexOf("moof") - 4;
    Files.write(file, Arrays.copyOfRange(segment, moof, segment.length));
    String fragments = file + ": moov box: there is none, the end of the file may be missing (clause ";
    assertThat(CommandRun.fail(2, "h264", "decode", file, "-o", folder.resolve("x.yuv"))).startsWith(fragments);
    assertThat(CommandRun.fail(2, "inspect", file)).startsWith(fragments);
    assertThat(CommandRun.fail(1, "verify", file)).startsWith(fragments);
    byte[] mux = Mp4Oracle.mux(STREAM, "mp4", false, Map.of());
    Files.write(file, Arrays.copyOf(mux, mux.length / 2));
    assertThat(CommandRun.fail(2, "h264", "decode", file, "-o", folder.resolve("x.yuv"))).contains(": moov box: ");
    assertThat(folder.resolve("x.yuv")).doesNotExist();
  }

  /** A damaged file comes to what its samples are worth, or to one line: never to an internal error. */
  @Test
  void damagedFilesAreDecodedOrRefused() throws IOException {
    byte[] mux = Mp4Oracle.mux(STREAM, "mp4", true, Map.of());
    Random random = new Random(8);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = mux.clone();
      for (int k = 0; k < 3; k++) {
        damaged[random.nextInt(3) == 0 ? random.nextInt(damaged.length) : damaged.length - 1 - random.nextInt(900)] =
            (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("in.mp4"), damaged);
      for (Object[] line : new Object[][] {
          {"h264", "decode", file, "-o", folder.resolve("x.yuv"), "--keep-going"}, {"inspect", file}, {"verify", file}}) {
        CommandRun run = CommandRun.of(line);
        assertThat(run.status()).isBetween(0, 2);
        assertThat(run.err()).doesNotContain("internal error");
        if (run.status() == 0) {
          assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(1).allMatch(said -> said.startsWith("llm265: note: "));
        } else {
          assertThat(run.err()).isNotEmpty();
        }
      }
    }
  }
}
