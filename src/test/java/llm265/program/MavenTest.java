package llm265.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class MavenTest {
  private static final Maven.Artifact ARTIFACT = new Maven.Artifact("org.example", "thing", "1.2");

  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();

  private Path copy(Path program, boolean offline) throws IOException {
    Path target = Files.createDirectories(folder.resolve("target"));
    return FakePrograms.mavenAt(program).copy(ARTIFACT, target, offline, () -> told.add("fetching"));
  }

  private Path jar() {
    return FakePrograms.jar(folder.resolve("a.jar"), "entry", "content");
  }

  @Test
  void whatTheLocalRepositoryHasIsNotFetched() throws IOException {
    Path maven = FakePrograms.maven(folder.resolve("mvn"), jar(), true);
    Path copied = copy(maven, false);
    assertThat(copied).isEqualTo(folder.resolve("target/thing-1.2.jar")).hasSameBinaryContentAs(folder.resolve("a.jar"));
    assertThat(told).isEmpty();
    assertThat(Files.readString(Path.of(maven + ".log"))).startsWith("-o ")
        .contains("-Dartifact=org.example:thing:1.2 ").hasLineCount(1);
  }

  @Test
  void whatItHasNotIsFetchedAndSaidSoBefore() throws IOException {
    Path maven = FakePrograms.maven(folder.resolve("mvn"), jar(), false);
    assertThat(copy(maven, false)).exists();
    assertThat(told).containsExactly("fetching");
    assertThat(FakePrograms.runs(maven)).isEqualTo(2);
  }

  @Test
  void offlineNothingIsFetched() {
    Path maven = FakePrograms.maven(folder.resolve("mvn"), jar(), false);
    assertThatIOException().isThrownBy(() -> copy(maven, true))
        .withMessage("the local Maven repository does not have org.example:thing:1.2");
    assertThat(told).isEmpty();
    assertThat(FakePrograms.runs(maven)).isEqualTo(1);
  }

  @Test
  void aFailureIsToldByMavensFirstError() {
    Path maven = FakePrograms.maven(folder.resolve("mvn"), folder.resolve("nothing"), false);
    assertThatIOException().isThrownBy(() -> copy(maven, false))
        .withMessage("mvn could not fetch org.example:thing:1.2; is this machine connected? no such host");
  }

  @Test
  void aMavenThatLeavesNothingIsNoSuccess() {
    Path maven = FakePrograms.script(folder.resolve("mvn"), "exit 0");
    assertThatIOException().isThrownBy(() -> copy(maven, false)).withMessageContaining("has not left");
  }
}
