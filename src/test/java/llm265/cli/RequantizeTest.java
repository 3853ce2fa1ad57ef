package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.DType;
import llm265.quantized.QuantizedFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are quantized already: what inspect says of them, and compress that makes plain ones of them. */
class RequantizeTest {
  private static final String[] BLOCKS = {"blk.0.a.weight", "blk.0.b.weight", "blk.0.c.weight"};
  private static final String ONE_MORE_LOSS =
      " quantized before: their loss is counted twice; SNR is that of the values they had";

  @TempDir private Path folder;

  /** Blocks of given bytes but for scales, which give values of the size of weights. */
  private static byte[] blocks(int values, int blockValues, int blockBytes, int scaleAt, int integerScales) {
    byte[] bytes = new byte[values / blockValues * blockBytes];
    new Random(265).nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < bytes.length; block += blockBytes) {
      for (int i = 1; i <= integerScales; i++) {
        buffer.put(block + scaleAt - i, (byte) (16 + i));
      }
      buffer.putShort(block + scaleAt, Float.floatToFloat16(0.001f + block % 7 * 0.0001f));
    }
    return bytes;
  }

  private Path gguf() throws IOException {
    Path floats = new SampleModel().gaussian("norm.weight", DType.F32, 32).save(folder.resolve("norm.safetensors"));
    byte[] file = new GgufBytes().text("general.architecture", "llama").u32("general.file_type", 2)
        .tensor(BLOCKS[0], 2, blocks(32 * 256, 32, 18, 0, 0), 256, 32)
        .tensor("norm.weight", 0, SampleModel.bytes(floats, "norm.weight"), 32)
        .tensor(BLOCKS[1], 8, blocks(32 * 256, 32, 34, 0, 0), 256, 32)
        .tensor(BLOCKS[2], 14, blocks(32 * 256, 256, 210, 208, 16), 256, 32)
        .build();
    Files.delete(floats);
    return Files.write(folder.resolve("model.gguf"), file);
  }

  private Path gptq(QuantizedFixture fixture) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    fixture.plain("embed.weight", 64, 128);
    fixture.gptq("layer.proj", 4, false, 64, 128, 64, true);
    fixture.write(model.resolve("model.safetensors"));
    Files.writeString(model.resolve("config.json"), """
        {"torch_dtype": "float16", "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 64}}""");
    Files.writeString(model.resolve("quantize_config.json"), "{\"bits\": 4}");
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    return model;
  }

  private static double snr(float[] expected, float[] values) {
    assertThat(values).hasSameSizeAs(expected);
    double signal = 0;
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      signal += (double) expected[i] * expected[i];
      error += Math.pow((double) values[i] - expected[i], 2);
    }
    return 10 * Math.log10(signal / error);
  }

  private List<String> hidden() {
    return SampleModel.files(folder).stream().filter(name -> name.startsWith(".")).toList();
  }

  @Test
  void blocksOfGgufFilesComeBackAsBfloats() throws IOException {
    Path model = gguf();
    Path compressed = folder.resolve("small.safetensors");
    assertThat(CommandRun.notes(
        "compress", model, "-o", compressed, "--requantize", "--bits", "4", "--codec", "trinity", "--effort", "fast"))
        .containsExactly("3 tensors were" + ONE_MORE_LOSS);
    assertThat(8.0 * Files.size(compressed) / (3 * 32 * 256)).isLessThan(4.1);
    Path back = folder.resolve("back.gguf");
    CommandRun.succeed("decompress", compressed, "-o", back);
    for (String name : BLOCKS) {
      assertThat(SampleModel.tensor(back, name).dtype()).as(name).isEqualTo(DType.BF16);
      assertThat(snr(SampleModel.values(model, name), SampleModel.values(back, name))).as(name).isBetween(18.0, 40.0);
    }
    assertThat(SampleModel.bytes(back, "norm.weight")).isEqualTo(SampleModel.bytes(model, "norm.weight"));
    assertThat(SampleModel.metadata(back)).containsEntry("general.architecture", "llama")
        .containsEntry("general.file_type", "32");
    assertThat(SampleModel.metadata(compressed)).containsEntry("general.file_type", "32");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void blocksThatAreLeftOutStayBlocks() throws IOException {
    Path model = gguf();
    Path compressed = folder.resolve("small.safetensors");
    assertThat(CommandRun.notes(
        "compress", model, "-o", compressed, "--requantize", "--snr", "20", "--codec", "trinity", "--effort", "fast",
        "--exclude", "[bc].weight"))
        .contains("1 tensor was" + ONE_MORE_LOSS);
    Path back = folder.resolve("back.gguf");
    CommandRun.succeed("decompress", compressed, "-o", back);
    assertThat(SampleModel.tensor(back, BLOCKS[0]).dtype()).isEqualTo(DType.BF16);
    assertThat(SampleModel.bytes(back, BLOCKS[2])).isEqualTo(SampleModel.bytes(model, BLOCKS[2]));
  }

  @Test
  void quantizedFoldersBecomePlainOnes() throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(265);
    Path model = gptq(fixture);
    Path compressed = folder.resolve("compressed");
    List<String> notes = CommandRun.notes(
        "compress", model, "-o", compressed, "--requantize", "--snr", "25", "--codec", "trinity", "--effort", "fast");
    assertThat(notes).hasSize(2).last().isEqualTo("1 tensor was" + ONE_MORE_LOSS);
    assertThat(notes).first().asString().startsWith("1 weight in gptq: 4-bit integers");
    assertThat(SampleModel.files(compressed)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
    Path back = folder.resolve("back");
    CommandRun.succeed("decompress", compressed, "-o", back);
    assertThat(SampleModel.tensor(back, "layer.proj.weight").dtype()).isEqualTo(DType.BF16);
    assertThat(snr(fixture.expected.get("layer.proj.weight"), SampleModel.values(back, "layer.proj.weight")))
        .isBetween(24.0, 26.5);
    JsonNode config = new ObjectMapper().readTree(Files.readString(back.resolve("config.json")));
    assertThat(config).isEqualTo(new ObjectMapper().readTree("{\"torch_dtype\": \"bfloat16\"}"));
    assertThat(CommandRun.succeed("inspect", back)).contains("all 2").doesNotContain("quantized");
    assertThat(Files.readString(model.resolve("config.json"))).contains("quantization_config");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void whatCannotBeIsRefusedAndLeavesNothing() throws IOException {
    Path plain = new SampleModel().gaussian("w", DType.F32, 64, 64).save(folder.resolve("plain.safetensors"));
    Path out = folder.resolve("out.safetensors");
    assertThat(CommandRun.fail(2, "compress", plain, "-o", out, "--requantize"))
        .isEqualTo(plain + ": has no quantized tensors, so --requantize has nothing to do");
    Path model = gguf();
    assertThat(CommandRun.fail(2, "compress", model, "-o", out, "--requantize", "--include", "nothing"))
        .endsWith("has no quantized tensors, so --requantize has nothing to do");
    assertThat(CommandRun.of("compress", model, "-o", out, "--requantize", "--lossless").err())
        .contains("--requantize is for coding with loss");
    // It fails after the values have been written.
    CommandRun late = CommandRun.of("compress", model, "-o", out, "--requantize", "--protect", "nothing=2");
    assertThat(late.status()).isEqualTo(2);
    assertThat(late.err()).contains("nothing");
    CommandRun.notes("compress", model, "-o", out, "--requantize", "--codec", "trinity", "--effort", "fast");
    assertThat(CommandRun.fail(2, "compress", out, "-o", folder.resolve("again.safetensors"), "--requantize"))
        .endsWith("is compressed already");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void methodsThatAreNotReadAreRefused() throws IOException {
    Path model = gptq(new QuantizedFixture(265));
    Files.writeString(model.resolve("config.json"), "{\"quantization_config\": {\"quant_method\": \"hqq\"}}");
    assertThat(CommandRun.fail(2, "compress", model, "-o", folder.resolve("out"), "--requantize"))
        .endsWith("is not read, so its weights cannot be dequantized");
    assertThat(CommandRun.succeed("inspect", model)).contains("quantized: hqq", "is not read; its tensors are kept exactly");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void inspectSaysHowFilesAreQuantized() throws IOException {
    Path model = gguf();
    assertThat(CommandRun.succeed("inspect", model)).contains(
        "quantized: block types, ",
        "  1 weight in Q4_0: blocks of 32 values; 4.50 bits per value",
        "  1 weight in Q6_K: blocks of 256 values; 6.56 bits per value",
        "compress keeps 3 such tensors exactly; with --requantize they are coded with loss, and the loss counts twice");
    JsonNode quantization =
        new ObjectMapper().readTree(CommandRun.succeed("inspect", model, "--json")).get("quantization");
    assertThat(quantization.get("method").textValue()).isEqualTo("block types");
    assertThat(quantization.get("keptExactly").intValue()).isEqualTo(3);
    assertThat(quantization.get("bitsPerValue").doubleValue()).isBetween(6.5, 6.6);
    assertThat(quantization.get("schemes")).hasSize(3);
    assertThat(quantization.get("schemes").get(1).get("format").textValue()).isEqualTo("Q8_0");
    assertThat(quantization.get("schemes").get(1).get("bitsPerValue").doubleValue()).isEqualTo(8.5);
  }

  @Test
  void inspectSaysHowFoldersAreQuantized() throws IOException {
    Path model = gptq(new QuantizedFixture(265));
    assertThat(CommandRun.succeed("inspect", model)).contains(
        "quantized: gptq, ", "  1 weight in gptq: 4-bit integers, ", "compress keeps 4 such tensors exactly");
    JsonNode quantization =
        new ObjectMapper().readTree(CommandRun.succeed("inspect", model, "--json")).get("quantization");
    assertThat(quantization.get("method").textValue()).isEqualTo("gptq");
    assertThat(quantization.get("schemes").get(0).get("scheme").textValue()).startsWith("4-bit integers");
    assertThat(quantization.get("schemes").get(0).get("weights").intValue()).isEqualTo(1);
    Path plain = new SampleModel().gaussian("w", DType.F32, 64, 64).save(folder.resolve("plain.safetensors"));
    assertThat(new ObjectMapper().readTree(CommandRun.succeed("inspect", plain, "--json")).has("quantization")).isFalse();
  }

  @Test
  void packingSaysWhatItGains() throws IOException {
    byte[] codes = new byte[128 * 64];
    Random random = new Random(265);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) Math.clamp(Math.round(12 * random.nextGaussian()), -127, 127);
    }
    Path model = new SampleModel().gaussian("embed.weight", DType.BF16, 64, 64)
        .add("proj.weight", DType.I8, MemorySegment.ofArray(codes), 128, 64)
        .gaussian("proj.weight_scale", DType.F32, 128, 1).save(folder.resolve("model.safetensors"));
    Path compressed = folder.resolve("compressed.safetensors");
    CommandRun run = CommandRun.of("compress", model, "-o", compressed, "--snr", "10", "--codec", "trinity", "--effort", "fast");
    assertThat(run.out().lines().toList()).hasSize(2).last().asString()
        .matches("\\d quantized tensors? without loss: 8\\d{3} B before, [5-7]\\d{3} B after \\(\\d+\\.\\d % less\\)");
    JsonNode tensor = new ObjectMapper().readTree(CommandRun.succeed("inspect", compressed, "--json")).get("tensors").get(1);
    long saved = tensor.get("savedBytes").longValue();
    assertThat(saved).isEqualTo(128 * 64 - tensor.get("bytes").longValue()).isPositive();
    assertThat(tensor.get("originalBytes").longValue()).isEqualTo(128 * 64);
    assertThat(CommandRun.succeed("inspect", compressed)).contains(", saves " + saved + " of 8192 bytes");
  }
}
