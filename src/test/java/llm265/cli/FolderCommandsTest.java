package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder with all that such folders have, through compress, inspect, verify, extract, decompress and compare. */
class FolderCommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CONFIG = "{\"architectures\": [\"X\"],\n \"torch_dtype\": \"float32\"}\n";

  @TempDir private static Path shared;
  private static Path model;
  private static Path compressed;
  private static CommandRun run;

  @TempDir private Path folder;

  @BeforeAll
  static void compress() throws IOException {
    model = Files.createDirectory(shared.resolve("model"));
    new SampleModel().metadata("format", "pt")
        .gaussian("model.embed.weight", DType.F32, 128, 64)
        .bits("model.scales", DType.F8_E8M0, 64)
        .save(model.resolve("model-00001-of-00002.safetensors"));
    new SampleModel().metadata("format", "pt")
        .gaussian("model.layers.0.weight", DType.BF16, 64, 96)
        .bits("model.codes", DType.F4, 2, 64)
        .bits("model.fp8", DType.F8_E4M3, 32, 32)
        .floats("model.scalar", DType.F32, new float[] {3})
        .floats("model.empty", DType.F16, new float[0], 0, 7)
        .gaussian("model.norm", DType.F32, 64)
        .save(model.resolve("model-00002-of-00002.safetensors"));
    Files.writeString(model.resolve("model.safetensors.index.json"), """
        {"metadata": {"total_size": 1}, "weight_map": {"model.embed.weight": "model-00001-of-00002.safetensors",
         "model.norm": "model-00002-of-00002.safetensors"}}""");
    Files.writeString(model.resolve("config.json"), CONFIG);
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    Files.createDirectory(model.resolve("1_Pooling"));
    Files.writeString(model.resolve("1_Pooling/config.json"), "{\"dim\": 1}");
    Files.writeString(model.resolve(".gitattributes"), "hidden");
    Files.writeString(model.resolve("pytorch_model.bin"), "the same weights");
    compressed = shared.resolve("compressed");
    run = CommandRun.of("compress", model, "-o", compressed, "--bits", "6", "--codec", "trinity", "--shard-size", "8kB");
  }

  /** The files of a folder and of those below, by their names, as text. */
  private static Map<String, String> texts(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(folder.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return texts;
  }

  /** The header of a safetensors file as its format describes it, read without our reader. */
  private static JsonNode header(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int size = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    JsonNode header = MAPPER.readTree(new String(bytes, 8, size, StandardCharsets.UTF_8));
    long end = 0;
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        assertThat(entry.getValue().get("data_offsets").get(0).longValue()).as(entry.getKey()).isEqualTo(end);
        end = entry.getValue().get("data_offsets").get(1).longValue();
      }
    }
    assertThat(8 + size + end).isEqualTo(bytes.length);
    assertThat(size % 8).isZero();
    return header;
  }

  private static List<String> entries(Path file) throws IOException {
    List<String> entries = new ArrayList<>();
    header(file).properties().forEach(entry -> entries.add(
        entry.getKey() + (entry.getValue().has("dtype") ? " " + entry.getValue().get("dtype").textValue() + " "
            + entry.getValue().get("shape") : entry.getValue())));
    return entries;
  }

  @Test
  void compressTellsWhatItLeavesOut() {
    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith(compressed + ": 2 of 8 tensors compressed, ");
    assertThat(run.err()).contains("llm265: note: " + model
        + ": not copied, being hidden, for other programs or the same weights: .gitattributes, pytorch_model.bin\n");
  }

  @Test
  void allOtherFilesAreCopied() throws IOException {
    Map<String, String> texts = texts(compressed);
    assertThat(texts.keySet()).containsExactly("1_Pooling/config.json", "config.json", "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json");
    assertThat(texts).containsEntry("config.json", CONFIG).containsEntry("1_Pooling/config.json", "{\"dim\": 1}");
    assertThat(shared).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void decompressGivesAFolderThatLibrariesRead() throws IOException {
    Path back = folder.resolve("back");
    assertThat(CommandRun.succeed("decompress", compressed, "-o", back, "--shard-size", "40kB")).isEmpty();
    assertThat(entries(back.resolve("model-00001-of-00002.safetensors"))).containsExactly(
        "__metadata__{\"format\":\"pt\"}", "model.embed.weight F32 [128,64]", "model.scales F8_E8M0 [64]");
    assertThat(entries(back.resolve("model-00002-of-00002.safetensors"))).containsExactly(
        "__metadata__{\"format\":\"pt\"}", "model.layers.0.weight BF16 [64,96]", "model.codes F4 [2,64]",
        "model.fp8 F8_E4M3 [32,32]", "model.scalar F32 []", "model.empty F16 [0,7]", "model.norm F32 [64]");
    JsonNode index = MAPPER.readTree(back.resolve("model.safetensors.index.json").toFile());
    assertThat(index.get("metadata").get("total_size").longValue())
        .isEqualTo(4 * 128 * 64 + 64 + 2 * 64 * 96 + 64 + 32 * 32 + 4 + 4 * 64);
    assertThat(index.get("weight_map")).hasSize(8);
    assertThat(index.get("weight_map").get("model.fp8").textValue()).isEqualTo("model-00002-of-00002.safetensors");
    for (String name : List.of("model.scales", "model.codes", "model.fp8", "model.norm", "model.scalar")) {
      assertThat(SampleModel.bytes(back, name)).isEqualTo(SampleModel.bytes(model, name));
    }
    assertThat(texts(back)).containsEntry("config.json", CONFIG).containsEntry("tokenizer.json", "{}");
  }

  @Test
  void anotherTypeIsStatedInTheConfiguration() throws IOException {
    Path back = folder.resolve("back");
    CommandRun.succeed("decompress", compressed, "-o", back + "/", "--dtype", "bf16");
    assertThat(back.resolve("config.json")).hasContent(CONFIG.replace("float32", "bfloat16"));
    assertThat(entries(back.resolve("model.safetensors"))).contains("model.embed.weight BF16 [128,64]", "model.norm BF16 [64]");
  }

  @Test
  void oneFileHoldsTheSame() throws IOException {
    Path file = folder.resolve("one.safetensors");
    CommandRun.of("compress", model, "-o", file, "--bits", "6", "--codec", "trinity");
    Path whole = folder.resolve("whole");
    CommandRun.of("compress", model, "-o", whole, "--bits", "6", "--codec", "trinity");
    assertThat(file).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    Path fromFolder = folder.resolve("a.safetensors");
    CommandRun.succeed("decompress", whole, "-o", fromFolder);
    CommandRun.succeed("decompress", file, "-o", folder.resolve("b") + "/");
    assertThat(folder.resolve("b/model.safetensors")).hasSameBinaryContentAs(fromFolder);
    assertThat(folder.resolve("b")).isDirectoryNotContaining("glob:**/config.json");
  }

  @Test
  void otherCommandsTakeFolders() throws IOException {
    assertThat(CommandRun.succeed("verify", compressed)).isEqualTo(compressed + ": all 8 tensors are intact\n");
    assertThat(CommandRun.succeed("inspect", compressed).lines().toList().getLast()).startsWith("all 8 ");
    JsonNode inspected = MAPPER.readTree(CommandRun.succeed("inspect", compressed, "--json"));
    assertThat(inspected.get("compressed").booleanValue()).isTrue();
    assertThat(inspected.get("bytes").longValue()).isEqualTo(
        Files.size(compressed.resolve("model-00001-of-00002.safetensors"))
            + Files.size(compressed.resolve("model-00002-of-00002.safetensors")));
    assertThat(CommandRun.succeed("inspect", model).lines().toList().getLast()).startsWith("all 8 ");
    assertThat(CommandRun.succeed("compare", model, compressed)).contains("model.embed.weight", "overall");
    CommandRun.succeed("extract", compressed, "--tensor", "model.embed.weight", "-o", folder.resolve("w.trinity"));
    assertThat(CommandRun.succeed("verify", folder.resolve("w.trinity"))).contains("the stream is intact");
  }

  @Test
  void aDamagedFileOfAFolderIsNamed() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : SampleModel.files(compressed).stream().filter(file -> file.startsWith("model")).toList()) {
      Files.copy(compressed.resolve(name), copy.resolve(name));
    }
    Path damaged = copy.resolve("model-00002-of-00002.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);
    assertThat(CommandRun.fail(1, "verify", copy))
        .isEqualTo(damaged.toRealPath() + ": tensor \"model.norm\" is damaged: its CRC-32C does not match");
    assertThat(CommandRun.fail(2, "decompress", copy, "-o", folder.resolve("back")))
        .isEqualTo(damaged.toRealPath() + ": tensor \"model.norm\" is damaged: its CRC-32C does not match");
    assertThat(SampleModel.files(folder)).containsExactly("copy");
  }

  @Test
  void foldersAreNotReplacedUnlessTheyAreCompressedModels() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("mine"), "text");
    assertThat(CommandRun.fail(2, "compress", model, "-o", out))
        .isEqualTo(out + ": the folder is not empty, and is not replaced");
    assertThat(CommandRun.fail(2, "decompress", compressed, "-o", out)).startsWith(out + ": the folder is not empty");
    assertThat(CommandRun.fail(2, "compress", model, "-o", model)).startsWith("the output would replace the input");
    assertThat(CommandRun.fail(2, "compress", model, "-o", shared)).startsWith("the output would replace the input");
    assertThat(CommandRun.fail(2, "compress", compressed, "-o", folder.resolve("x"))).endsWith("is compressed already");
    assertThat(CommandRun.fail(2, "compress", model, "-o", out, "--shard-size", "5 elephants"))
        .isEqualTo("--shard-size 5 elephants is not a size such as 500MB or 2GiB");
    assertThat(SampleModel.files(folder)).containsExactly("out");
    Files.delete(out.resolve("mine"));
    CommandRun.of("compress", model, "-o", out, "--snr", "10", "--codec", "trinity");
    long size = Files.size(out.resolve("model.safetensors"));
    CommandRun.of("compress", model, "-o", out, "--snr", "20", "--codec", "trinity");
    assertThat(Files.size(out.resolve("model.safetensors"))).isGreaterThan(size);
    assertThat(SampleModel.files(folder)).containsExactly("out");
  }

  @Test
  void aFolderInsideTheInputIsNotCopiedIntoItself() throws IOException {
    Path inner = folder.resolve("model");
    Files.createDirectories(inner);
    Files.copy(compressed.resolve("config.json"), inner.resolve("config.json"));
    new SampleModel().gaussian("w", DType.F32, 64, 64).save(inner.resolve("model.safetensors"));
    CommandRun.succeed("compress", inner, "-o", inner.resolve("out"), "--bits", "4", "--codec", "trinity");
    assertThat(SampleModel.files(inner)).containsExactly("config.json", "model.safetensors", "out");
    assertThat(SampleModel.files(inner.resolve("out"))).containsExactly("config.json", "model.safetensors");
    assertThat(Arrays.equals(Files.readAllBytes(inner.resolve("model.safetensors")),
        Files.readAllBytes(inner.resolve("out/model.safetensors")))).isFalse();
  }
}
