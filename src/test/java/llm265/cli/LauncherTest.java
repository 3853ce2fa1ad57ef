package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code llm265}, with scripts in place of Java and of the system's locales. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeBuild() throws IOException {
    Files.copy(Path.of("llm265"), folder.resolve("llm265"));
    for (String directory : new String[] {"src/main", "target/lib", "jdk/bin", "bin"}) {
      Files.createDirectories(folder.resolve(directory));
    }
    Files.writeString(folder.resolve("pom.xml"), "");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(folder.resolve("pom.xml"), longAgo);
    Files.setLastModifiedTime(folder.resolve("src/main"), longAgo);
    Files.setLastModifiedTime(Files.writeString(folder.resolve("target/llm265.jar"), ""), FileTime.fromMillis(1_000_000));
    Files.writeString(folder.resolve("target/llm265.aot"), "");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    script("jdk/bin/javac", "");
    script("jdk/bin/java",
        "echo \"locale $LC_ALL\"; for last; do :; done; echo \"argument $last\"; { echo three >&3; } 2>/dev/null || :");
    script("bin/locale", "if [ \"$1\" = charmap ]; then echo \"$CHARMAP\"; else printf '%s\\n' $LOCALES; fi");
  }

  private void script(String name, String... commands) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + String.join("\n", commands) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run(String charmap, String locales, String locale) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "LLM265_JAVA_HOME", folder.resolve("jdk").toString(), "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"),
        "CHARMAP", charmap, "LOCALES", locales, "LC_ALL", locale, "JAVA_OPTS", "", "LLM265_OPTS", ""));
    ProgramRun run = ProgramRun.of(folder, environment, "sh", folder.resolve("llm265"), "inspect", "a b");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.text()).endsWith("argument a b\n");
    return run.text().lines().findFirst().orElseThrow().substring("locale ".length()).strip();
  }

  @Test
  void descriptorsOfTheCallersStayTheirs() throws IOException {
    ProgramRun run = ProgramRun.of(
        folder, Map.of("LLM265_JAVA_HOME", folder.resolve("jdk").toString(), "JAVA_OPTS", "", "LLM265_OPTS", ""),
        "sh", "-c", "sh ./llm265 compress m -o /dev/fd/3 3>three");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(folder.resolve("three")).hasContent("three\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANSI_X3.4-1968", "US-ASCII", "646", ""})
  void withoutCharactersBeyondAsciiJavaStartsUnderAUtf8Locale(String charmap) {
    assertThat(run(charmap, "C C.utf8 POSIX de_DE.utf8", "C")).isEqualTo("C.utf8");
    assertThat(run(charmap, "C POSIX en_US en_US.UTF-8", "")).isEqualTo("en_US.UTF-8");
    assertThat(run(charmap, "", "de_DE.UTF-8")).isEqualTo("C.UTF-8");
  }

  @Test
  void everyOtherLocaleStaysAsItIs() {
    assertThat(run("UTF-8", "C C.utf8", "de_DE.UTF-8")).isEqualTo("de_DE.UTF-8");
    assertThat(run("UTF-8", "C C.utf8", "")).isEmpty();
    assertThat(run("EUC-JP", "C C.utf8", "ja_JP.eucJP")).isEqualTo("ja_JP.eucJP");
  }

  private ProgramRun launch(String... arguments) {
    List<Object> command = new ArrayList<>(List.of("sh", folder.resolve("llm265")));
    command.addAll(List.of(arguments));
    return ProgramRun.of(
        folder, Map.of("LLM265_JAVA_HOME", folder.resolve("jdk").toString(), "JAVA_OPTS", "", "LLM265_OPTS", "",
            "OPENBLAS_NUM_THREADS", "", "PATH", folder.resolve("bin") + ":" + System.getenv("PATH")), command.toArray());
  }

  @Test
  void whatTrainsModelsIsFetchedOnceAndByNoOtherCommand() throws IOException {
    script("jdk/bin/java", "while [ \"$1\" != -cp ]; do shift; done; echo \"$2 with $OPENBLAS_NUM_THREADS\"");
    script("bin/mvn", "echo run >>mvn.log",
        "for argument; do case $argument in -Dtraining.libraries=*) mkdir -p \"${argument#*=}\" ;; esac; done");
    assertThat(launch("bench", "speed").text()).endsWith("llm265.jar with \n");
    assertThat(launch("bench", "gradients", "--help").text()).endsWith("llm265.jar with \n");
    assertThat(folder.resolve("mvn.log")).doesNotExist();

    ProgramRun first = launch("bench", "gradients", "--steps", "3");
    assertThat(first.text()).endsWith("llm265.jar:" + folder.resolve("target/lib-training") + "/* with 1\n");
    assertThat(first.err()).contains("llm265: fetching what trains models (once, 110 MB) ...");
    assertThat(launch("bench", "activations").text()).isEqualTo(first.text());
    assertThat(folder.resolve("mvn.log")).hasContent("run\n");
  }

  @Test
  void whatCannotBeFetchedIsToldInOneLine() throws IOException {
    script("bin/mvn", "echo '[INFO] trying'", "echo '[ERROR] no such host'", "echo '[ERROR] [Help 1]'", "exit 1");
    ProgramRun run = launch("bench", "gradients");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err().lines().skip(1)).singleElement().asString()
        .startsWith("llm265: what trains models could not be fetched: no such host; is this machine connected?");
    assertThat(folder.resolve("target/lib-training")).doesNotExist();
    assertThat(folder.resolve("target/.build-lock")).doesNotExist();
  }
}
