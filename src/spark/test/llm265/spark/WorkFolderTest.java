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
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
  private static final SerializableConfiguration HADOOP = new SerializableConfiguration(new Configuration());

  @TempDir Path folder;

  private WorkFolder work(String... facts) throws IOException {
    return WorkFolder.of(Store.of(folder.resolve("c").toString(), HADOOP.value()), List.of(facts), HADOOP);
  }

  private static void write(WorkFolder work, String name, String text) throws IOException {
    work.write(work.output(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void anOutputAppearsWhole() throws IOException {
    WorkFolder work = work("a");
    assertThat(work.begin()).isEqualTo(WorkFolder.Before.NONE);
    write(work, "x", "1");
    write(work, "sub/y", "2");
    assertThat(folder.resolve("c")).doesNotExist();
    work.commit(null);
    assertThat(FolderContents.files(folder)).containsExactly(Path.of("c/sub/y"), Path.of("c/x"));
  }

  @Test
  void aFileIsAnOutputToo() throws IOException {
    WorkFolder work = work("a");
    work.begin();
    write(work, "c", "1");
    work.commit("c");
    assertThat(folder.resolve("c")).hasContent("1");
    assertThat(FolderContents.names(folder)).containsExactly("c");
  }

  @Test
  void theSameWorkGoesOnAndOtherWorkIsGone() throws IOException {
    work("a").begin();
    write(work("a"), "x", "1");
    work("a").save("found", new ArrayList<>(List.of(3)));
    assertThat(work("a").begin()).isEqualTo(WorkFolder.Before.SAME);
    assertThat(work("a").output("x").exists()).isTrue();
    assertThat(work("a").load("found")).contains(List.of(3));

    assertThat(work("b").begin()).isEqualTo(WorkFolder.Before.OTHER);
    assertThat(work("a").output("x").exists()).isFalse();
    assertThat(work("b").load("found")).isEmpty();
  }

  @Test
  void whatWasBeingWrittenIsGone() throws IOException {
    work("a").begin();
    Store half = work("a").file("temporary").resolve("half");
    assertThatThrownBy(() -> work("a").output("x").write(half, out -> {
      out.write(1);
      throw new IOException("lost");
    })).hasMessage("lost");
    assertThat(half.exists()).isFalse();
    assertThat(work("a").output("x").exists()).isFalse();

    Files.createDirectories(Path.of(half.parent().local().toUri()));
    Files.writeString(half.local(), "of a process that was killed");
    work("a").begin();
    assertThat(half.exists()).isFalse();
  }

  @Test
  void whatIsThereIsNotReplaced() throws IOException {
    Files.createDirectory(folder.resolve("c"));
    assertThat(work("a").begin()).isEqualTo(WorkFolder.Before.NONE);
    write(work("a"), "x", "1");
    work("a").commit(null);
    assertThat(FolderContents.names(folder.resolve("c"))).containsExactly("x");
    assertThatThrownBy(() -> work("b").begin()).isInstanceOf(IOException.class).hasMessageContaining("not replaced");
  }
}
