package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a cluster against the commands of one machine. */
class ClusterCommandsTest {
  /** Less than the largest matrix has, so that several tasks share it: a task for each of its three tiles. */
  private static final String SPLIT = "65536";

  private static final int ROWS = 20_480;

  @TempDir Path folder;

  private TestCluster cluster;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    cluster = new TestCluster(Files.createDirectory(folder.resolve("logs")))
        // A store that is not of files of this machine, as far as the program can see.
        .with("spark.hadoop.fs.viewfs.mounttable.store.link./models=" + folder.resolve("store").toUri());
    model = TestModel.write(folder.resolve("store").resolve("m"), ROWS);
  }

  private static void assertSuccess(TestCluster.Ended run) {
    assertThat(run.status()).as(run.err()).isZero();
  }

  @Test
  void outputIsThatOfOneMachineInEveryStore() throws IOException, InterruptedException {
    Path alone = folder.resolve("alone");
    assertSuccess(cluster.runAlone(
        "compress", model.toString(), "-o", alone.toString(), "--effort", "fast", "--shard-size", "100KB"));
    TestCluster.Ended run = cluster.run(TestCluster.WORKERS,
        "compress", "viewfs://store/models/m", "-o", "viewfs://store/models/c", "--effort", "fast", "--shard-size", "100KB",
        "--split", SPLIT);
    assertSuccess(run);
    assertThat(run.out()).contains("6 of 8 tensors compressed", "tasks worked");
    assertThat(run.notes()).anyMatch(note -> note.contains("not copied") && note.contains(".hidden"));
    FolderContents.assertSame(folder.resolve("store/c"), alone);
    assertThat(FolderContents.names(folder.resolve("store"))).containsExactly("c", "m");

    TestCluster.Ended verified = cluster.run(TestCluster.THREADS, "verify", "viewfs://store/models/c");
    assertSuccess(verified);
    assertThat(verified.out()).contains("all 8 tensors are intact");

    TestCluster.Ended inspected = cluster.run(TestCluster.THREADS, "inspect", "viewfs://store/models/c", "--json");
    assertSuccess(inspected);
    assertThat(inspected.out()).isEqualTo(cluster.runAlone("inspect", alone.toString(), "--json").out());

    Path back = folder.resolve("back");
    assertSuccess(cluster.runAlone(
        "decompress", alone.toString(), "-o", back.toString(), "--dtype", "bf16", "--shard-size", "200KB"));
    assertSuccess(cluster.run(TestCluster.WORKERS, "decompress", "viewfs://store/models/c", "-o", "viewfs://store/models/b",
        "--dtype", "bf16", "--shard-size", "200KB"));
    FolderContents.assertSame(folder.resolve("store/b"), back);
    assertThat(Files.readString(back.resolve("config.json"))).contains("bfloat16");
  }

  @Test
  void everyTargetIsMetAsByOneMachine() throws IOException, InterruptedException {
    String[][] settings = {
        {"--codec", "trinity", "--bits", "2", "--allocate", "slope", "--sensitivity", sensitivity()},
        {"--lossless", "--codec", "auto"},
        {"--codec", "trinity", "--max-error", "0.01", "--exclude", "norm"}};
    for (String[] setting : settings) {
      String name = String.join("", setting).replaceAll("\\W", "");
      Path alone = folder.resolve(name + ".safetensors");
      Path file = folder.resolve("store").resolve(name + ".safetensors");
      assertSuccess(cluster.runAlone(with(setting, "compress", model.toString(), "-o", alone.toString())));
      assertSuccess(cluster.run(TestCluster.THREADS,
          with(setting, "compress", model.toUri().toString(), "-o", file.toString(), "--split", SPLIT)));
      assertThat(file).hasSameBinaryContentAs(alone);
    }
  }

  /** A file of weights for the inputs of a matrix. */
  private String sensitivity() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    float[] weights = new float[384];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + i % 17;
    }
    TensorView tensor = TensorView.copyOf("model.layers.0.mlp.down_proj.weight", new long[] {weights.length}, weights);
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, SafetensorsWriter.entryBytes(tensor.name(), tensor.rank()))) {
      writer.add(tensor);
      writer.commit(Map.of());
    }
    return file.toString();
  }

  private static String[] with(String[] more, String... first) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  /** Spark's pages show what its log of events has. */
  @Test
  void tasksSayWhatTheyDo() throws IOException, InterruptedException {
    Path events = Files.createDirectory(folder.resolve("events"));
    cluster.with("spark.eventLog.enabled=true").with("spark.eventLog.dir=" + events.toUri())
        .with("spark.eventLog.compress=false").with("spark.eventLog.rolling.enabled=false");
    assertSuccess(cluster.run(TestCluster.THREADS,
        "compress", model.toString(), "-o", folder.resolve("c").toString(), "--codec", "trinity"));
    String log = Files.readString(events.resolve(FolderContents.names(events).getLast()));
    assertThat(log).contains("measure 6 tensors", "code 6 tensors", "write 1 file");
    List<String> tasks = log.lines().filter(line -> line.contains("SparkListenerTaskEnd")).toList();
    assertThat(tasks).anyMatch(line -> line.contains("\"Name\":\"tensors\",\"Update\":\"model.embed_tokens.weight\""));
    assertThat(tasks).anyMatch(line -> line.contains("\"Name\":\"values\",\"Update\":\"" + ROWS * 128 + "\""));
    assertThat(tasks).anyMatch(line -> line.contains("\"Name\":\"bytes read\",\"Update\":\"" + 4 * ROWS * 128 + "\""));
    assertThat(tasks).anyMatch(line -> line.contains("\"Name\":\"bytes written\",\"Update\":\""));
  }

  @Test
  void whatIsThereIsNotReplaced() throws IOException, InterruptedException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Files.writeString(there.resolve("notes.txt"), "mine");
    TestCluster.Ended run = cluster.run(TestCluster.THREADS, "compress", model.toString(), "-o", there.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.notes()).singleElement().asString().endsWith("is there already, and is not replaced");
    assertThat(FolderContents.names(there)).containsExactly("notes.txt");
  }

  @Test
  void badInputGetsOneError() throws IOException, InterruptedException {
    TestCluster.Ended missing = cluster.run(TestCluster.THREADS, "inspect", "viewfs://store/models/none");
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.notes()).singleElement().asString().contains("none");

    Path shard = model.resolve("model-00001-of-00002.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    TestCluster.Ended damaged = cluster.run(
        TestCluster.THREADS, "compress", "viewfs://store/models/m", "-o", "viewfs://store/models/c");
    assertThat(damaged.status()).isEqualTo(2);
    assertThat(damaged.notes()).singleElement().asString()
        .startsWith("llm265: viewfs://store/models/m/model-00001-of-00002.safetensors: ").contains("beyond the file's");
    assertThat(FolderContents.names(folder.resolve("store"))).containsExactly("m");

    TestCluster.Ended pinned = cluster.run(
        TestCluster.THREADS, "compress", "viewfs://store/models/m/model-00002-of-00002.safetensors",
        "-o", "viewfs://store/models/c", "--protect", "weight=9", "--bits", "2");
    assertThat(pinned.status()).isEqualTo(2);
    assertThat(pinned.notes()).singleElement().asString().contains("every compressed tensor has its own rate");
    assertThat(FolderContents.names(folder.resolve("store"))).containsExactly("m");
  }

  @Test
  void damageIsFound() throws IOException, InterruptedException {
    Path file = folder.resolve("store").resolve("c.safetensors");
    assertSuccess(cluster.runAlone("compress", model.toString(), "-o", file.toString(), "--codec", "trinity"));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      int before = bytes.read();
      bytes.seek(bytes.length() / 2);
      bytes.write(before ^ 0x40);
    }
    TestCluster.Ended verified = cluster.run(TestCluster.THREADS, "verify", "viewfs://store/models/c.safetensors");
    assertThat(verified.status()).isEqualTo(1);
    assertThat(verified.notes()).singleElement().asString().startsWith("llm265: viewfs://store/models/c.safetensors: tensor ");
    TestCluster.Ended decoded = cluster.run(
        TestCluster.THREADS, "decompress", "viewfs://store/models/c.safetensors", "-o", "viewfs://store/models/b");
    assertThat(decoded.status()).isEqualTo(2);
    assertThat(decoded.notes()).singleElement().asString().startsWith("llm265: viewfs://store/models/c.safetensors: tensor ");
    assertThat(FolderContents.names(folder.resolve("store")))
        .filteredOn(name -> !name.endsWith(".crc")).containsExactly("c.safetensors", "m");
  }
}
