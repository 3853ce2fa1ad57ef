package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.program.FakePrograms;
import llm265.program.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchedFfmpegTest {
  private static final String ENTRY = "ws/schild/jave/nativebin/ffmpeg-amd64";

  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();

  private FetchedFfmpeg ffmpeg() throws IOException {
    return new FetchedFfmpeg(folder.resolve("programs"), FetchedFfmpeg.Platform.of("Linux", "amd64"));
  }

  private Path unpack(String entry, String content, boolean local, boolean offline) throws IOException {
    Path jar = FakePrograms.jar(folder.resolve("a.jar"), entry, content);
    Path maven = FakePrograms.maven(folder.resolve("mvn"), jar, local);
    return ffmpeg().unpack(FakePrograms.mavenAt(maven), offline, told::add);
  }

  private void assertNothingIsLeft() throws IOException {
    try (var files = Files.list(folder.resolve("programs"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theProgramIsFetchedAndUnpackedOnce() throws IOException {
    Path program = unpack(ENTRY, "#!/bin/sh\necho it runs\n", false, false);
    assertThat(told).containsExactly(
        "fetching an ffmpeg program through Maven (ws.schild:jave-nativebin-linux64:3.5.0, 28 MB) ...");
    assertThat(Program.output(List.of(program.toString()))).isEqualTo("it runs\n");
    try (var files = Files.list(folder.resolve("programs"))) {
      assertThat(files).containsExactly(program);
    }
    // Neither a Maven nor a network is asked any more.
    assertThat(ffmpeg().program(true, told::add)).isEqualTo(program);
    assertThat(told).hasSize(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void offlineTheLocalRepositoryWillDo() throws IOException {
    assertThat(unpack(ENTRY, "#!/bin/sh\n", true, true)).isExecutable();
    assertThat(told).isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void offlineNothingIsFetched() throws IOException {
    assertThatIOException().isThrownBy(() -> unpack(ENTRY, "#!/bin/sh\n", false, true))
        .withMessageContaining("local Maven repository");
    assertThat(told).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProgramThatDoesNotRunHereIsNotKept() throws IOException {
    assertThatIOException().isThrownBy(() -> unpack(ENTRY, "#!/bin/sh\necho no libraries >&2; exit 127\n", true, false))
        .withMessageEndingWith("failed: no libraries");
    assertNothingIsLeft();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aJarWithoutTheProgramIsRefused() throws IOException {
    assertThatIOException().isThrownBy(() -> unpack("other", "", true, false))
        .withMessageEndingWith("holds no program ffmpeg-amd64");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux64, ffmpeg-amd64", "Linux, aarch64, linux-arm64, ffmpeg-aarch64",
    "Mac OS X, x86_64, osx64, ffmpeg-x86_64-osx", "Mac OS X, aarch64, osxm1, ffmpeg-aarch64-osx", "Windows 11, amd64, win64, ffmpeg-amd64.exe"})
  void everyPlatformHasItsJar(String system, String architecture, String jar, String entry) throws IOException {
    FetchedFfmpeg.Platform platform = FetchedFfmpeg.Platform.of(system, architecture);
    assertThat(platform.jar()).isEqualTo("jave-nativebin-" + jar);
    assertThat(platform.entry()).isEqualTo(entry);
  }

  @Test
  void otherPlatformsHaveNone() {
    assertThatIOException().isThrownBy(() -> FetchedFfmpeg.Platform.of("Linux", "riscv64"))
        .withMessage("no ffmpeg can be fetched for Linux on riscv64");
    assertThatIOException().isThrownBy(() -> FetchedFfmpeg.Platform.of("SunOS", "amd64"));
  }

  @ParameterizedTest
  @CsvSource({"'libavutil      56. 70.100 / 56. 70.100', -vsync", "'libavutil      57. 28.100 / 57. 28.100', -vsync",
    "'libavutil      58.  2.100 / 58.  2.100', -fps_mode", "'libavutil      60. 26.102 / 60. 26.102', -fps_mode",
    "something else, -fps_mode"})
  void everyVersionIsGivenTheOptionThatItKnows(String versions, String option) {
    assertThat(FfmpegDecoder.passthrough("ffmpeg version N-1\n" + versions + "\n")).isEqualTo(option);
  }
}
