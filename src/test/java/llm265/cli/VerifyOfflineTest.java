package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.program.FakePrograms;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** verify --against ffmpeg where the PATH has no ffmpeg, with scripts in place of Maven and of the program that it fetches. */
@EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "x86_64"})
class VerifyOfflineTest {
  private static final Path STREAM = Path.of("golden-vectors/enc-10-bits.264").toAbsolutePath();

  @TempDir private Path folder;

  @BeforeEach
  void makePath() throws IOException {
    Files.createDirectories(folder.resolve("bin"));
  }

  private ProgramRun verify(Object... options) {
    List<Object> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java"), "-XX:TieredStopAtLevel=1", "-Dllm265.kernels=scalar",
        "-Duser.home=" + folder.resolve("home"), "-cp", System.getProperty("java.class.path"), Main.class.getName(),
        "verify", STREAM, "--against", "ffmpeg"));
    command.addAll(Arrays.asList(options));
    return ProgramRun.of(folder, Map.of("PATH", folder.resolve("bin").toString()), command.toArray());
  }

  /** A Maven whose jar holds a program that decodes every stream to the same samples. */
  private Path maven(byte[] samples, boolean local) throws IOException {
    Path file = Files.write(folder.resolve("samples.yuv"), samples);
    Path jar = FakePrograms.jar(folder.resolve("a.jar"), "ws/schild/jave/nativebin/ffmpeg-amd64",
        "#!/bin/sh\n[ \"$1\" = -version ] || exec /bin/cat '" + file + "'\n");
    return FakePrograms.maven(folder.resolve("bin/mvn"), jar, local);
  }

  private static byte[] samples() throws IOException {
    byte[] stream = Files.readAllBytes(STREAM);
    ByteArrayOutputStream samples = new ByteArrayOutputStream();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, PictureReceiver.passing(decoded -> {
      byte[] picture = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(picture, 0);
      samples.writeBytes(picture);
    }));
    return samples.toByteArray();
  }

  private static void assertRefused(ProgramRun run, String message) {
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("llm265: not checked against ffmpeg: the PATH has none, and " + message + "\n");
  }

  @Test
  void theProgramThatMavenFetchesChecksTheSamples() throws IOException {
    Path maven = maven(samples(), false);
    ProgramRun run = verify();
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).isEqualTo(
        "llm265: note: fetching an ffmpeg program through Maven (ws.schild:jave-nativebin-linux64:3.5.0, 28 MB) ...\n");
    assertThat(run.text()).isEqualTo(STREAM + ": the stream is intact, every sample as ffmpeg decodes it\n");

    Files.delete(maven);
    ProgramRun again = verify("--offline");
    assertThat(again.err()).isEmpty();
    assertThat(again.text()).isEqualTo(run.text());
  }

  @Test
  void aSampleThatDiffersIsFound() throws IOException {
    byte[] samples = samples();
    samples[0] ^= 1;
    maven(samples, true);
    ProgramRun run = verify("--offline");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("luma sample 0,0");
  }

  @Test
  void offlineSaysThatNothingWasChecked() throws IOException {
    maven(samples(), false);
    assertRefused(verify("--offline"),
        "--offline fetches none (the local Maven repository does not have ws.schild:jave-nativebin-linux64:3.5.0)");
  }

  @Test
  void aFailingFetchSaysThatNothingWasChecked() {
    FakePrograms.maven(folder.resolve("bin/mvn"), folder.resolve("nothing"), false);
    ProgramRun run = verify();
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().toList()).hasSize(2).last().asString().isEqualTo(
        "llm265: not checked against ffmpeg: the PATH has none, and none could be fetched: mvn could not fetch "
            + "ws.schild:jave-nativebin-linux64:3.5.0; is this machine connected? no such host; install the package ffmpeg");
  }

  @Test
  void withoutMavenNothingWasChecked() {
    assertRefused(verify(),
        "none could be fetched: the program mvn of Apache Maven is not on the PATH; install the package ffmpeg");
  }
}
