package llm265.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import llm265.checkpoint.file.Checksum;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.OutputFile;

/** A record of files that are written, in a folder that outlives the process: size, checksum, and what was told about each. */
final class FinishedShards {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  FinishedShards(Path folder) {
    this.folder = folder;
  }

  private Path record(Path shard) {
    return folder.resolve(shard.getFileName() + ".json");
  }

  private static ObjectNode describe(Path shard) throws IOException {
    try (MappedFile file = MappedFile.open(shard)) {
      return JSON.createObjectNode().put("bytes", file.bytes().byteSize()).put("crc", Checksum.crc32c(file.bytes()));
    }
  }

  /**
   * Records a file.
   *
   * @param overflows how many values of tensors became infinite
   */
  void add(Path shard, Map<String, Long> overflows) throws IOException {
    ObjectNode node = describe(shard);
    ObjectNode counts = node.putObject("overflows");
    overflows.forEach(counts::put);
    try (OutputFile file = OutputFile.create(record(shard))) {
      file.write(MemorySegment.ofArray(JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8)));
      file.commit();
    }
  }

  /** What was recorded with a file; null if it is not recorded, or is not as it was then. */
  Map<String, Long> find(Path shard) throws IOException {
    if (!Files.isRegularFile(shard) || !Files.isRegularFile(record(shard))) {
      return null;
    }
    JsonNode node;
    try {
      node = JSON.readTree(new String(Files.readAllBytes(record(shard)), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return null;
    }
    ObjectNode now = describe(shard);
    if (node.path("bytes").asLong(-1) != now.path("bytes").asLong() || node.path("crc").asLong() != now.path("crc").asLong()) {
      return null;
    }
    Map<String, Long> overflows = new LinkedHashMap<>();
    node.path("overflows").properties().forEach(entry -> overflows.put(entry.getKey(), entry.getValue().asLong()));
    return overflows;
  }
}
