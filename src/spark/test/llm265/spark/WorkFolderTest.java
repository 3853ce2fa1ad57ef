package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir Path folder;

  private WorkFolder work(String... facts) throws IOException {
    return WorkFolder.of(Store.of(folder.resolve("c").toString(), CONFIGURATION), List.of(facts));
  }

  private static void write(WorkFolder work, String name, String text) throws IOException {
    work.output(name, CONFIGURATION).write(
        work.temporary(CONFIGURATION), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void anOutputAppearsWhole() throws IOException {
    WorkFolder work = work("a");
    assertThat(work.begin(CONFIGURATION)).isEqualTo(WorkFolder.Before.NONE);
    write(work, "x", "1");
    write(work, "sub/y", "2");
    assertThat(folder.resolve("c")).doesNotExist();
    work.commit(null, CONFIGURATION);
    assertThat(FolderContents.files(folder)).containsExactly(Path.of("c/sub/y"), Path.of("c/x"));
  }

  @Test
  void aFileIsAnOutputToo() throws IOException {
    WorkFolder work = work("a");
    work.begin(CONFIGURATION);
    write(work, "c", "1");
    work.commit("c", CONFIGURATION);
    assertThat(folder.resolve("c")).hasContent("1");
    assertThat(FolderContents.names(folder)).containsExactly("c");
  }

  @Test
  void theSameWorkGoesOnAndOtherWorkIsGone() throws IOException {
    work("a").begin(CONFIGURATION);
    write(work("a"), "x", "1");
    work("a").save("found", new ArrayList<>(List.of(3)), CONFIGURATION);
    assertThat(work("a").begin(CONFIGURATION)).isEqualTo(WorkFolder.Before.SAME);
    assertThat(work("a").output("x", CONFIGURATION).exists()).isTrue();
    assertThat(work("a").load("found", CONFIGURATION)).contains(List.of(3));

    assertThat(work("b").begin(CONFIGURATION)).isEqualTo(WorkFolder.Before.OTHER);
    assertThat(work("a").output("x", CONFIGURATION).exists()).isFalse();
    assertThat(work("b").load("found", CONFIGURATION)).isEmpty();
  }

  @Test
  void whatWasBeingWrittenIsGone() throws IOException {
    work("a").begin(CONFIGURATION);
    Store half = work("a").temporary(CONFIGURATION);
    assertThatThrownBy(() -> work("a").output("x", CONFIGURATION).write(half, out -> {
      out.write(1);
      throw new IOException("lost");
    })).hasMessage("lost");
    assertThat(half.exists()).isFalse();
    assertThat(work("a").output("x", CONFIGURATION).exists()).isFalse();

    Files.createDirectories(Path.of(half.parent().local().toUri()));
    Files.writeString(half.local(), "of a process that was killed");
    work("a").begin(CONFIGURATION);
    assertThat(half.exists()).isFalse();
  }

  @Test
  void whatIsThereIsNotReplaced() throws IOException {
    Files.createDirectory(folder.resolve("c"));
    assertThat(work("a").begin(CONFIGURATION)).isEqualTo(WorkFolder.Before.NONE);
    write(work("a"), "x", "1");
    work("a").commit(null, CONFIGURATION);
    assertThat(FolderContents.names(folder.resolve("c"))).containsExactly("x");
    assertThatThrownBy(() -> work("b").begin(CONFIGURATION)).isInstanceOf(IOException.class).hasMessageContaining("not replaced");
  }
}
