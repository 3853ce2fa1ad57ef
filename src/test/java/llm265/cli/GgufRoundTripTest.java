package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GGUF files through compress and back: the same file, where nothing is lost. */
class GgufRoundTripTest {
  @TempDir private Path folder;
  private Path original;
  private Path compressed;
  private Path back;

  @BeforeEach
  void name() throws IOException {
    original = folder.resolve("all-types.gguf");
    try (InputStream resource = GgufRoundTripTest.class.getResourceAsStream("/llm265/gguf/all-types.gguf")) {
      Files.write(original, resource.readAllBytes());
    }
    compressed = folder.resolve("small.safetensors");
    back = folder.resolve("back.gguf");
  }

  @Test
  void everyTypeComesBackInTheSameFile() throws IOException {
    CommandRun.of("compress", original, "-o", compressed, "--lossless", "--codec", "trinity");
    assertThat(CommandRun.succeed("verify", compressed)).contains("tensors are intact");
    CommandRun.succeed("decompress", compressed, "-o", back);
    assertThat(back).hasSameBinaryContentAs(original);
    assertThat(CommandRun.succeed("compare", original, compressed)).contains("exact");
    JsonNode root = new ObjectMapper().readTree(CommandRun.succeed("inspect", compressed, "--json"));
    assertThat(root.get("source").textValue()).isEqualTo("gguf");
    try (Checkpoint plain = Checkpoint.open(original)) {
      assertThat(root.get("tensors")).hasSize(plain.tensors().size());
    }
  }

  @Test
  void lossyTensorsComeBackInTheirPlacesAndOtherTypes() throws IOException {
    Path floats = new SampleModel().gaussian("w", DType.F32, 64, 80).save(folder.resolve("f.safetensors"));
    byte[] values = SampleModel.tensor(floats, "w").data().toArray(ValueLayout.JAVA_BYTE);
    byte[] blocks = new byte[34 * 4];
    byte[] file = new GgufBytes().text("general.architecture", "test").text("general.name", "llm265.source")
        .tensor("blk.weight", 8, blocks, 64, 2).tensor("w", 0, values, 80, 64).build();
    Files.write(original, file);
    CommandRun.of("compress", original, "-o", compressed, "--bits", "6", "--codec", "trinity");
    CommandRun.succeed("decompress", compressed, "-o", back);
    assertThat(Files.size(back)).isEqualTo(file.length);
    assertThat(SampleModel.bytes(back, "blk.weight")).isEqualTo(blocks);
    assertThat(SampleModel.values(back, "w")).isEqualTo(SampleModel.values(compressedValues(), "w"));
    Path half = folder.resolve("half.gguf");
    CommandRun.succeed("decompress", compressed, "-o", half, "--dtype", "f16");
    assertThat(SampleModel.tensor(half, "w").dtype()).isEqualTo(DType.F16);
    assertThat(SampleModel.bytes(half, "blk.weight")).isEqualTo(blocks);
  }

  /** The decoded tensor as a stream gives it. */
  private Path compressedValues() {
    Path stream = folder.resolve("w.trinity");
    CommandRun.succeed("extract", compressed, "--tensor", "w", "-o", stream);
    Path values = folder.resolve("values.safetensors");
    CommandRun.succeed("decompress", stream, "-o", values);
    return values;
  }

  @Test
  void foldersKeepTheHeaderInTheirFirstFile() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.move(original, model.resolve("model.gguf"));
    Path out = folder.resolve("out");
    CommandRun.of("compress", model, "-o", out, "--lossless", "--codec", "trinity", "--shard-size", "4kB");
    assertThat(SampleModel.files(out)).contains("model.safetensors.index.json").hasSizeGreaterThan(3);
    CommandRun.succeed("decompress", out, "-o", back);
    assertThat(back).hasSameBinaryContentAs(model.resolve("model.gguf"));
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    CommandRun.of("compress", original, "-o", compressed, "--lossless", "--codec", "trinity");
    assertThat(CommandRun.fail(2, "decompress", compressed, "-o", folder.resolve("x.safetensors")))
        .contains("which safetensors do not have: -o FILE.gguf makes the GGUF file again, --dequantize writes plain values");
    Path other = new SampleModel().gaussian("w", DType.F32, 64, 64).save(folder.resolve("other.safetensors"));
    Path small = folder.resolve("other-small.safetensors");
    CommandRun.succeed("compress", other, "-o", small, "--bits", "4", "--codec", "trinity");
    assertThat(CommandRun.fail(2, "decompress", small, "-o", back))
        .isEqualTo(small + ": was not made of a GGUF file, and has no header of one");
    byte[] bytes = Files.readAllBytes(compressed);
    int at = indexOf(bytes, new byte[] {(byte) 0xF5, 'l', 'l', 'm', '2', '6', '5', 'd'});
    bytes[at + 40] ^= 1;
    Files.write(compressed, bytes);
    assertThat(CommandRun.fail(1, "verify", compressed)).startsWith(compressed + ": the header of the gguf file: ");
    assertThat(CommandRun.fail(2, "decompress", compressed, "-o", back))
        .startsWith(compressed + ": the header of the gguf file: ");
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
  }
}
