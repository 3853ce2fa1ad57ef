package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import llm265.dtype.DType;
import llm265.h264.ChromaFormat;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of formats that are not read are named for what they are, by every command and whatever they are called. */
class ForeignFilesTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30");

  @TempDir private Path folder;

  private void assertNamed(Path file, String sentence) {
    Path out = folder.resolve("out");
    for (Object[] line : new Object[][] {
        {"inspect", file}, {"inspect", "--trace", file}, {"verify", file}, {"verify", file, "--intra-only"},
        {"verify", file, "--against", file}, {"h264", "decode", file, "-o", out},
        {"h264", "decode", "--keep-going", file, "-o", out}, {"compress", file, "-o", out}, {"decompress", file, "-o", out},
        {"decompress", file, "-o", folder.resolve("x.npy")}, {"compare", file, file},
        {"extract", file, "--tensor", "w", "-o", out}}) {
      assertThat(CommandRun.fail(2, line)).startsWith(file + ": " + sentence);
      assertThat(out).doesNotExist();
    }
  }

  /** FFmpeg's muxers wrote them. */
  @ParameterizedTest
  @CsvSource({"matroska, is a Matroska or WebM file: take", "mpegts, is an MPEG transport stream (.ts): take",
      "flv, is a Flash video (.flv): take", "avi, is an .avi file: take"})
  void otherContainers(String format, String sentence) throws IOException {
    byte[] bytes = Mp4Oracle.mux(STREAM, format, false, Map.of());
    for (String name : new String[] {"video", "video.bin", "video.264", "video.safetensors"}) {
      assertNamed(Files.write(folder.resolve(name), bytes), sentence);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.safetensors", "m.264", "m"})
  void answersInPlaceOfTheFile(String name) throws IOException {
    Path file = folder.resolve(name);
    assertNamed(Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 4\n"),
        "is a git-lfs pointer");
    assertNamed(Files.writeString(file, "\n<!doctype HTML>\n<title>Not found</title>"), "is a web page (HTML)");
  }

  @Test
  void streamsThatBeginInTheMiddleAreDecodedAsEver() throws IOException {
    Path whole = Files.write(folder.resolve("whole.264"), STREAM);
    byte[] shifted = new byte[STREAM.length + 3];
    System.arraycopy(STREAM, 0, shifted, 3, STREAM.length);
    shifted[0] = 0x47;
    Path late = Files.write(folder.resolve("late.264"), shifted);
    CommandRun.succeed("h264", "decode", whole, "-o", folder.resolve("whole.yuv"));
    CommandRun.succeed("h264", "decode", late, "-o", folder.resolve("late.yuv"));
    assertThat(folder.resolve("late.yuv")).hasSameBinaryContentAs(folder.resolve("whole.yuv"));
  }

  @Test
  void anMp4FileHoldsNoTensors() throws IOException {
    Path file = Files.write(folder.resolve("video.mp4"), Mp4Oracle.mux(STREAM, "mp4", false, Map.of()));
    assertThat(CommandRun.fail(2, "compress", file, "-o", folder.resolve("out"))).startsWith(file + ": is an .mp4 or .mov file");
  }

  @Test
  void aDamagedModelIsNotTakenForAnother() throws IOException {
    Path model = new SampleModel().gaussian("w", DType.F32, 64, 96).save(folder.resolve("m.safetensors"));
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(CommandRun.fail(2, "inspect", model)).startsWith(model + ": data_offsets ");
  }
}
