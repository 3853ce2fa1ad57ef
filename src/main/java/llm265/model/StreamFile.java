package llm265.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import llm265.checkpoint.file.Checksum;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.TensorView;
import llm265.tensor.EncodedTensor;
import llm265.tensor.WeightedError;

/**
 * The result of a job in a file of its own, which outlives the process: the stream, JSON text about it, and the text's number of
 * bytes as a big-endian int.
 */
public final class StreamFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TEXT = 1 << 16;

  private StreamFile() {}

  /** The name of a job's file in the folder of one input and one choice of settings. */
  public static String name(CodingJob job) {
    return job.tensor() + "-" + job.round() + ".stream";
  }

  /** Text that tells a job from others. */
  public static String text(TensorView tensor, CodingJob job) {
    return tensor + " round " + job.round() + " " + job.target();
  }

  /** A stream at the front of a file. */
  private record Stored(Path file, long size) implements CodingResult.StoredStream {
    @Override
    public MemorySegment map(Arena arena) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return size == 0 ? MemorySegment.NULL : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      }
    }

    int checksum() throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        return Checksum.crc32c(map(arena));
      }
    }
  }

  /**
   * Writes a result; the file appears whole.
   *
   * @param job text that tells the job from others
   * @return the same result, with its stream in the file
   */
  public static CodingResult write(Path file, String job, CodingResult result) throws IOException {
    try (OutputFile output = OutputFile.create(file); Arena arena = Arena.ofConfined()) {
      MemorySegment stream = result.stream().map(arena);
      output.write(stream);
      byte[] text = JSON.writeValueAsBytes(describe(job, result, Checksum.crc32c(stream)));
      output.write(MemorySegment.ofArray(text));
      int length = text.length;
      output.write(MemorySegment.ofArray(
          new byte[] {(byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length}));
      output.commit();
    }
    return new CodingResult(result.encoded(), new Stored(file, result.stream().size()), result.form(), result.raised());
  }

  private static ObjectNode describe(String job, CodingResult result, int checksum) {
    EncodedTensor encoded = result.encoded();
    ObjectNode node = JSON.createObjectNode();
    node.put("job", job).put("size", result.stream().size()).put("crc", checksum).put("form", result.form().name());
    node.put("raised", result.raised());
    // As text doubles come back bit for bit, those that are not finite too.
    node.put("values", encoded.values()).put("bytes", encoded.bytes()).put("snr", Double.toString(encoded.snr()));
    node.put("qp", encoded.qp()).put("outliers", encoded.outliers()).put("notFinite", encoded.notFinite());
    node.put("passes", encoded.passes()).put("lossless", encoded.isLossless());
    if (encoded.weighted() != null) {
      node.put("signal", Double.toString(encoded.weighted().signal()));
      node.put("error", Double.toString(encoded.weighted().error()));
    }
    return node;
  }

  /** Reads a result, if the file has that of the job and is intact. */
  public static Optional<CodingResult> read(Path file, String job) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonNode node;
    long end;
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      end = bytes.length() - Integer.BYTES;
      bytes.seek(Math.max(0, end));
      int length = end < 0 ? -1 : bytes.readInt();
      end -= length;
      if (length < 0 || length > MOST_TEXT || end < 0) {
        return Optional.empty();
      }
      byte[] text = new byte[length];
      bytes.seek(end);
      bytes.readFully(text);
      node = JSON.readTree(new String(text, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    Stored stream = new Stored(file, end);
    boolean isIntact = node.path("job").asText().equals(job) && node.path("size").asLong(-1) == end
        && node.path("crc").isInt() && node.path("crc").asInt() == stream.checksum();
    return isIntact
        ? Optional.of(new CodingResult(
            encoded(node), stream, CodingResult.Form.valueOf(node.path("form").asText()), node.path("raised").asBoolean()))
        : Optional.empty();
  }

  private static EncodedTensor encoded(JsonNode node) {
    WeightedError weighted = !node.has("signal") ? null : new WeightedError(
        Double.parseDouble(node.path("signal").asText()), Double.parseDouble(node.path("error").asText()));
    return new EncodedTensor(
        node.path("values").asLong(), node.path("bytes").asLong(), Double.parseDouble(node.path("snr").asText()),
        node.path("qp").asInt(), node.path("outliers").asLong(), node.path("notFinite").asLong(), node.path("passes").asInt(),
        weighted, node.path("lossless").asBoolean());
  }
}
