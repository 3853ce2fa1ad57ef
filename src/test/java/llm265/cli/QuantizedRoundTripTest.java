package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are quantized already: they come back bit for bit whatever the target, beside others that lose something. */
class QuantizedRoundTripTest {
  @TempDir private Path folder;
  private Path model;
  private Path compressed;

  @BeforeEach
  void compress() throws IOException {
    byte[] codes = new byte[128 * 64];
    Random random = new Random(265);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) Math.clamp(Math.round(12 * random.nextGaussian()), -127, 127);
    }
    model = Files.createDirectory(folder.resolve("model"));
    new SampleModel().metadata("format", "pt")
        .gaussian("embed.weight", DType.BF16, 64, 64)
        .add("layer.proj.weight", DType.I8, MemorySegment.ofArray(codes), 128, 64)
        .gaussian("layer.proj.weight_scale", DType.BF16, 128, 64)
        .save(model.resolve("model.safetensors"));
    Files.writeString(model.resolve("config.json"), """
        {"quantization_config": {"quant_method": "compressed-tensors", "format": "int-quantized"}}""");
    compressed = folder.resolve("compressed");
    CommandRun run = CommandRun.of("compress", model, "-o", compressed, "--snr", "10", "--codec", "trinity");
    assertThat(run.status()).as(run.err()).isZero();
  }

  @Test
  void partsOfQuantizedWeightsLoseNothing() throws IOException {
    Path back = folder.resolve("back");
    CommandRun.succeed("decompress", compressed, "-o", back);
    for (String name : new String[] {"layer.proj.weight", "layer.proj.weight_scale"}) {
      assertThat(SampleModel.bytes(back, name)).as(name).isEqualTo(SampleModel.bytes(model, name));
    }
    assertThat(SampleModel.bytes(back, "embed.weight")).isNotEqualTo(SampleModel.bytes(model, "embed.weight"));
    assertThat(CommandRun.succeed("verify", compressed)).contains("all 3 tensors are intact");
  }

  @Test
  void codesArePackedAndTheIndexSaysSo() throws IOException {
    JsonNode root = new ObjectMapper().readTree(CommandRun.succeed("inspect", compressed, "--json"));
    JsonNode codes = root.get("tensors").get(1);
    assertThat(codes.get("name").textValue()).isEqualTo("layer.proj.weight");
    assertThat(codes.get("codec").textValue()).isEqualTo("packed");
    assertThat(codes.get("stream").booleanValue()).isFalse();
    assertThat(codes.get("bytes").longValue()).isLessThan(7 * 128 * 64 / 8);
    assertThat(Files.readString(compressed.resolve("model.safetensors"), StandardCharsets.ISO_8859_1))
        .contains("{\\\"version\\\":2,");
    assertThat(CommandRun.fail(2, "extract", compressed, "--tensor", "layer.proj.weight", "-o", folder.resolve("x")))
        .endsWith("tensor layer.proj.weight is not a stream by itself");
  }
}
