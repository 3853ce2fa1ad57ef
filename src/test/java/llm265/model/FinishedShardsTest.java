package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedShardsTest {
  @TempDir private Path folder;

  private Path shard() throws IOException {
    return Files.write(folder.resolve("shard"), new byte[] {1, 2, 3});
  }

  @Test
  void whatWasToldOfAFileComesBackWhileItIsTheSame() throws IOException {
    Path records = Files.createDirectory(folder.resolve("records"));
    FinishedShards finished = new FinishedShards(records);
    assertThat(finished.find(shard())).isNull();
    finished.add(shard(), Map.of("w", 3L));
    assertThat(finished.find(shard())).containsExactly(Map.entry("w", 3L));
    Files.write(folder.resolve("shard"), new byte[] {1, 2, 4});
    assertThat(finished.find(folder.resolve("shard"))).isNull();
  }

  /** By its first bytes JSON may be UTF-32, whose characters can be out of range. */
  @Test
  void aRecordThatLooksLikeUtf32IsNoRecord() throws IOException {
    Path records = Files.createDirectory(folder.resolve("records"));
    FinishedShards finished = new FinishedShards(records);
    finished.add(shard(), Map.of());
    Files.write(records.resolve("shard.json"), new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF, 0x7F, 1, 2, 3});
    assertThat(finished.find(shard())).isNull();
  }
}
