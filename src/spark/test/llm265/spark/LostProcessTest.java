package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors and drivers that are killed in the middle of the work. */
class LostProcessTest {
  private static final int POLL_MILLIS = 20;

  @TempDir Path folder;

  private TestCluster cluster;
  private Path model;
  private Path alone;
  private Path output;
  private String[] arguments;

  @BeforeEach
  void compressAlone() throws IOException, InterruptedException {
    cluster = new TestCluster(Files.createDirectory(folder.resolve("logs")));
    model = TestModel.write(folder.resolve("m"), 16_384);
    alone = folder.resolve("alone");
    Files.createDirectory(folder.resolve("outputs"));
    output = folder.resolve("outputs").resolve("c");
    TestCluster.Ended run = cluster.runAlone("compress", model.toString(), "-o", alone.toString(), "--effort", "best");
    assertThat(run.status()).as(run.err()).isZero();
    arguments = new String[] {
        "compress", model.toString(), "-o", output.toString(), "--effort", "best", "--split", "65536"};
  }

  /** Files of the work folder whose paths have a text in them. */
  private List<Path> waiting(String part) throws IOException {
    Path work = output.resolveSibling(".c.llm265-part");
    try (Stream<Path> all = Files.exists(work) ? Files.walk(work) : Stream.empty()) {
      return all.filter(Files::isRegularFile).filter(file -> file.toString().contains(part)).toList();
    } catch (UncheckedIOException e) {
      // Files come and go.
      return List.of();
    }
  }

  private void await(TestCluster.Running run, String part, int count) throws IOException, InterruptedException {
    while (waiting(part).size() < count) {
      assertThat(run.process().isAlive()).as("still running: " + Files.readString(run.err())).isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }

  @Test
  void aLostExecutorChangesNothing() throws IOException, InterruptedException {
    TestCluster.Running run = cluster.begin(TestCluster.WORKERS, arguments);
    await(run, "/tiles/", 3);
    List<ProcessHandle> executors = run.executors();
    assertThat(executors).hasSize(2);
    executors.getFirst().destroyForcibly();
    TestCluster.Ended ended = run.end();
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("Lost executor");
    FolderContents.assertSame(output, alone);
    assertThat(FolderContents.names(output.getParent())).containsExactly("c");
  }

  @Test
  void aLostDriverIsFollowedByAnother() throws IOException, InterruptedException {
    TestCluster.Running run = cluster.begin(TestCluster.THREADS, arguments);
    await(run, "/streams/", 2);
    run.process().destroyForcibly().waitFor();
    assertThat(output).doesNotExist();
    Map<Path, FileTime> done = new HashMap<>();
    for (Path file : waiting("/streams/")) {
      done.put(file, Files.getLastModifiedTime(file));
    }
    assertThat(done).hasSizeGreaterThanOrEqualTo(2);

    TestCluster.Running next = cluster.begin(TestCluster.THREADS, arguments);
    await(next, "/streams/", done.size() + 1);
    for (Map.Entry<Path, FileTime> file : done.entrySet()) {
      assertThat(Files.getLastModifiedTime(file.getKey())).isEqualTo(file.getValue());
    }
    TestCluster.Ended ended = next.end();
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.notes()).anyMatch(note -> note.endsWith("goes on where an earlier run has stopped"));
    FolderContents.assertSame(output, alone);
    assertThat(FolderContents.names(output.getParent())).containsExactly("c");
  }

  @Test
  void otherSettingsBeginAnew() throws IOException, InterruptedException {
    TestCluster.Running run = cluster.begin(TestCluster.THREADS, arguments);
    await(run, "/tiles/", 1);
    run.process().destroyForcibly().waitFor();
    TestCluster.Ended other = cluster.run(
        TestCluster.THREADS, "compress", model.toString(), "-o", output.toString(), "--qp", "30", "--codec", "trinity");
    assertThat(other.status()).as(other.err()).isZero();
    assertThat(other.notes()).anyMatch(note -> note.contains("begins anew"));
    Path expected = folder.resolve("expected");
    cluster.runAlone("compress", model.toString(), "-o", expected.toString(), "--qp", "30", "--codec", "trinity");
    FolderContents.assertSame(output, expected);
    assertThat(FolderContents.names(output.getParent())).containsExactly("c");
  }
}
