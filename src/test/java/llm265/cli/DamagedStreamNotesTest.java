package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import llm265.oracle.StreamUnits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every command that takes a stream says of damage that no picture needs: one line, and that all is well. */
class DamagedStreamNotesTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30");
  private static final List<byte[]> SETS = StreamUnits.split(STREAM, StreamUnits::isParameterSet).subList(0, 2);
  private static final byte[] SHORT_SEI = {6, 5, (byte) 162, 1, 2, 3, (byte) 0x80};

  @TempDir private Path folder;

  private byte[] decode(Path input, String note, Object... options) throws IOException {
    Path out = folder.resolve("out.yuv");
    Object[] arguments = {"h264", "decode", input, "-o", out};
    Object[] all = Arrays.copyOf(arguments, arguments.length + options.length);
    System.arraycopy(options, 0, all, arguments.length, options.length);
    assertNoted(CommandRun.of(all), input, note);
    return Files.readAllBytes(out);
  }

  private static void assertNoted(CommandRun run, Path input, String note) {
    assertThat(run.status()).isZero();
    assertThat(run.err().lines()).hasSize(1).first().asString()
        .startsWith("llm265: note: " + input + ": skipped, since no picture needs it: ").contains(note);
  }

  @Test
  void aStreamOfACameraWithDamagedMessages() throws IOException {
    List<byte[]> slices = StreamUnits.split(STREAM, StreamUnits::isSlice);
    Path good = Files.write(folder.resolve("good.264"), StreamUnits.join(SETS, slices));
    Path out = folder.resolve("out.yuv");
    CommandRun.succeed("h264", "decode", good, "-o", out);
    byte[] expected = Files.readAllBytes(out);
    Path file = Files.write(folder.resolve("in.264"), StreamUnits.join(
        SETS, SHORT_SEI, slices.get(0), SHORT_SEI, slices.get(1), SHORT_SEI, slices.get(2)));
    String note = "payloadSize: 162 bytes are more than the 4 there are (clause 7.3.2.3.1; NAL unit 2, byte ";
    assertThat(decode(file, note)).isEqualTo(expected);
    assertThat(decode(file, "; and 2 more")).isEqualTo(expected);
    assertThat(decode(file, note, "--intra-only", "--threads", 3)).isEqualTo(expected);
    assertThat(decode(file, note, "--keep-going")).isEqualTo(expected);
    assertNoted(CommandRun.of("verify", file), file, note);
    assertNoted(CommandRun.of("verify", file, "--against", out), file, note);
    assertNoted(CommandRun.of("verify", file, "--against", good), file, note);
    assertThat(CommandRun.succeed("inspect", file)).contains("! payloadSize: 162 bytes");
    assertThat(CommandRun.succeed("inspect", file, "--json")).contains("\"fault\" : \"payloadSize: 162 bytes");
    assertThat(CommandRun.succeed("inspect", file, "--trace").lines()
        .filter(line -> line.startsWith("left_out payloadSize: 162"))).hasSize(3);
  }

  @Test
  void aFileWithBytesBehindItsBoxes() throws IOException {
    byte[] mux = Mp4Oracle.mux(STREAM, "mp4", true, Map.of());
    byte[] longer = Arrays.copyOf(mux, mux.length + 32);
    byte[] text = "GPS 0.0 0.0 and more text behind".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, longer, mux.length, 32);
    Path file = Files.write(folder.resolve("in.mp4"), longer);
    String note = "file: its last 32 bytes are not a box (clause 4.2 of ISO/IEC 14496-12; byte " + mux.length + ")";
    assertThat(decode(file, note)).hasSize(3 * 4608);
    assertNoted(CommandRun.of("verify", file), file, note);
    assertThat(CommandRun.succeed("inspect", file).lines()).contains("! " + note);
  }

  /** Where nothing is left the note is the reason. */
  @Test
  void aStreamWithoutPicturesIsToldWhatIsDamaged() throws IOException {
    Path file = Files.write(folder.resolve("in.264"), StreamUnits.join(SETS.get(0), SHORT_SEI));
    String problem = file
        + ": there is no picture in it; what cannot be read: payloadSize: 162 bytes are more than the 4 there are (clause";
    assertThat(CommandRun.fail(2, "h264", "decode", file, "-o", folder.resolve("x.yuv"))).startsWith(problem);
    assertThat(CommandRun.fail(1, "verify", file)).startsWith(problem);
    assertThat(folder.resolve("x.yuv")).doesNotExist();
  }
}
