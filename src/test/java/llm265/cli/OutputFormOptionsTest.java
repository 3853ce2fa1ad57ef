package llm265.cli;

import static llm265.quantized.QuantizedFixture.decibels;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import llm265.quantized.QuantizationConfig;
import llm265.quantized.QuantizedCheckpoint;
import llm265.quantized.QuantizedFixture;
import llm265.quantized.QuantizedWeight;
import llm265.quantized.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models through compress and back in other types, formats and names. */
class OutputFormOptionsTest {
  private static final String UP = "model.layers.0.mlp.up_proj.weight";
  private static final String DOWN = "model.layers.0.mlp.down_proj.weight";

  @TempDir private Path folder;
  private Path model;
  private Path small;
  private Path back;

  @BeforeEach
  void name() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    small = folder.resolve("small");
    back = folder.resolve("back");
  }

  private Path compress(Path input, Path output, String... target) {
    List<Object> arguments = new ArrayList<>(List.of("compress", input, "-o", output, "--codec", "trinity"));
    arguments.addAll(Arrays.asList(target));
    CommandRun run = CommandRun.of(arguments.toArray());
    assertThat(run.status()).as(run.err()).isZero();
    return output;
  }

  private void config(String text) throws IOException {
    Files.writeString(model.resolve("config.json"), text);
  }

  /** A folder of GPTQ weights, compressed. */
  private QuantizedFixture gptq() throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(265);
    fixture.plain("model.norm.weight", 128);
    fixture.gptq(UP.replace(".weight", ""), 4, false, 64, 256, 128, true);
    fixture.gptq(DOWN.replace(".weight", ""), 4, false, 256, 128, 64, false);
    fixture.write(model.resolve("model.safetensors"));
    String quantization = "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128}";
    config("{\"hidden_size\": 128, \"quantization_config\": " + quantization + ", \"torch_dtype\": \"float16\"}");
    Files.writeString(model.resolve("quantize_config.json"), quantization);
    compress(model, small, "--bits", "8");
    return fixture;
  }

  private static float[] rounded(float[] values, DType type) {
    TensorView floats = TensorView.copyOf("", new long[] {values.length}, values);
    MemorySegment data = FloatConversion.convert(floats.data(), DType.F32, type);
    float[] rounded = new float[values.length];
    new TensorView("", type, new long[] {values.length}, data).read(0, rounded, 0, rounded.length);
    return rounded;
  }

  /** Names, types and shapes of a file or folder, each a line. */
  private static String tensors(Path path) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint.tensors().stream().map(TensorView::toString).sorted().collect(Collectors.joining("\n"));
    }
  }

  @Test
  void quantizedWeightsBecomePlainOnes() throws IOException {
    QuantizedFixture fixture = gptq();
    CommandRun.succeed("decompress", small, "-o", back, "--dequantize", "--shard-size", "40kB");
    assertThat(tensors(back)).isEqualTo(DOWN + " BF16 [256, 128]\n" + UP + " BF16 [64, 256]\nmodel.norm.weight BF16 [128]");
    for (String name : List.of(UP, DOWN)) {
      assertThat(SampleModel.values(back, name)).isEqualTo(rounded(fixture.expected.get(name), DType.BF16));
    }
    assertThat(back.resolve("config.json")).hasContent("""
        {
          "hidden_size": 128,
          "torch_dtype": "bfloat16"
        }""");
    assertThat(SampleModel.files(back)).contains("model-00002-of-00002.safetensors").doesNotContain("quantize_config.json");
    Path file = folder.resolve("back.safetensors");
    CommandRun.succeed("decompress", small, "-o", file, "--dequantize", "--dtype", "f32", "--threads", "1");
    assertThat(SampleModel.values(file, UP)).isEqualTo(fixture.expected.get(UP));
  }

  @ParameterizedTest
  @CsvSource({"w4a16, 19.3, 20.5, 5", "fp8, 30, 33, 5"})
  void matricesAreWrittenForServing(String format, double least, double most, int threads) throws IOException {
    SampleModel plain = new SampleModel().gaussian("model.embed_tokens.weight", DType.BF16, 64, 128)
        .gaussian(UP, DType.BF16, 80, 256).gaussian("model.norm.weight", DType.BF16, 128)
        .gaussian(DOWN, DType.BF16, 128, 384);
    plain.save(model.resolve("model.safetensors"));
    config("{\"torch_dtype\": \"bfloat16\"}\n");
    compress(model, small, "--lossless");
    CommandRun.succeed("decompress", small, "-o", back, "--as", format, "--threads", threads, "--shard-size", "30kB");
    try (Checkpoint checkpoint = Checkpoint.open(back)) {
      QuantizedCheckpoint quantized = QuantizedCheckpoint.of(TensorSource.of(checkpoint), QuantizationConfig.read(back));
      quantized.requireReadable();
      assertThat(quantized.weights()).extracting(QuantizedWeight::name).containsExactlyInAnyOrder(UP, DOWN);
      for (QuantizedWeight weight : quantized.weights()) {
        float[] read = new float[(int) weight.rows() * weight.columns()];
        weight.open().read(0, (int) weight.rows(), read, 0);
        assertThat(decibels(SampleModel.values(model, weight.name()), read)).as(weight.name()).isBetween(least, most);
      }
    }
    assertThat(Files.readString(back.resolve("config.json"))).contains("\"model.embed_tokens\"", "\"torch_dtype\": \"bfloat16\"");
    assertThat(SampleModel.bytes(back, "model.embed_tokens.weight"))
        .isEqualTo(SampleModel.bytes(model, "model.embed_tokens.weight"));
  }

  @Test
  void quantizedWeightsAreWrittenInAnotherFormat() throws IOException {
    QuantizedFixture fixture = gptq();
    CommandRun.succeed("decompress", small, "-o", back, "--dequantize", "--as", "fp8");
    try (Checkpoint checkpoint = Checkpoint.open(back)) {
      QuantizedCheckpoint quantized = QuantizedCheckpoint.of(TensorSource.of(checkpoint), QuantizationConfig.read(back));
      assertThat(quantized.method()).contains("compressed-tensors");
      assertThat(quantized.weights()).hasSize(2).allSatisfy(weight -> {
        float[] read = new float[(int) weight.rows() * weight.columns()];
        weight.open().read(0, (int) weight.rows(), read, 0);
        assertThat(decibels(fixture.expected.get(weight.name()), read)).isBetween(28.0, 36.0);
      });
    }
  }

  private static byte[] halves(float... values) {
    return FloatConversion.convert(TensorView.copyOf("", new long[] {values.length}, values).data(), DType.F32, DType.F16)
        .toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] floats(float... values) {
    return TensorView.copyOf("", new long[] {values.length}, values).data().toArray(ValueLayout.JAVA_BYTE);
  }

  private static float[] gaussian(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A llama of F16, with two query heads of 32 rows. */
  private Path llama() throws IOException {
    return Files.write(folder.resolve("llama.gguf"), new GgufBytes().text("general.architecture", "llama")
        .u32("llama.attention.head_count", 2)
        .tensor("blk.0.attn_norm.weight", 0, floats(gaussian(256)), 256)
        .tensor("blk.0.attn_q.weight", 1, halves(gaussian(64 * 256)), 256, 64)
        .tensor("blk.0.ffn_up.weight", 1, halves(gaussian(80 * 256)), 256, 80)
        .tensor("rope_freqs.weight", 0, floats(gaussian(16)), 16).build());
  }

  @ParameterizedTest
  @CsvSource({"q4_0, Q4_0, 14, 14.8", "q8_0, Q8_0, 15, 15.4"})
  void ggufMatricesGetBlocks(String format, DType type, double least, double most) throws IOException {
    Path original = llama();
    compress(original, folder.resolve("small.safetensors"), "--bits", "3");
    Path blocks = folder.resolve("blocks.gguf");
    CommandRun.succeed("decompress", folder.resolve("small.safetensors"), "-o", blocks, "--as", format);
    assertThat(tensors(blocks)).isEqualTo("blk.0.attn_norm.weight F32 [256]\nblk.0.attn_q.weight " + type + " [64, 256]\n"
        + "blk.0.ffn_up.weight " + type + " [80, 256]\nrope_freqs.weight F32 [16]");
    assertThat(decibels(SampleModel.values(original, "blk.0.ffn_up.weight"), SampleModel.values(blocks, "blk.0.ffn_up.weight")))
        .isBetween(least, most);
    Path plain = folder.resolve("plain.gguf");
    CommandRun.succeed("decompress", folder.resolve("small.safetensors"), "-o", plain, "--dtype", "f32");
    float[] decoded = SampleModel.values(plain, "blk.0.attn_q.weight");
    byte[] expected = new byte[(int) type.byteSize(decoded.length)];
    BlockEncoder.write(type, decoded, 0, decoded.length, expected, 0);
    assertThat(SampleModel.bytes(blocks, "blk.0.attn_q.weight")).isEqualTo(expected);
    compress(blocks, folder.resolve("blocks.safetensors"), "--lossless");
    CommandRun.succeed("decompress", folder.resolve("blocks.safetensors"), "-o", plain, "--dequantize", "--dtype", "f32");
    assertThat(SampleModel.tensor(plain, "blk.0.attn_q.weight").dtype()).isEqualTo(DType.F32);
    assertThat(SampleModel.values(plain, "blk.0.attn_q.weight")).isEqualTo(SampleModel.values(blocks, "blk.0.attn_q.weight"));
  }

  @Test
  void blocksBecomePlainValues() throws IOException {
    Path original = folder.resolve("all-types.gguf");
    Files.write(original, OutputFormOptionsTest.class.getResourceAsStream("/llm265/gguf/all-types.gguf").readAllBytes());
    compress(original, small.resolveSibling("small.safetensors"), "--lossless");
    Path plain = folder.resolve("plain.safetensors");
    CommandRun.succeed("decompress", folder.resolve("small.safetensors"), "-o", plain, "--dequantize");
    try (Checkpoint checkpoint = Checkpoint.open(original)) {
      assertThat(checkpoint.tensors()).filteredOn(tensor -> tensor.dtype().kind() == DType.Kind.BLOCK).isNotEmpty()
          .allSatisfy(tensor -> {
            assertThat(SampleModel.tensor(plain, tensor.name()).dtype()).isEqualTo(DType.BF16);
            assertThat(SampleModel.values(plain, tensor.name()))
                .isEqualTo(rounded(SampleModel.values(original, tensor.name()), DType.BF16));
          });
    }
  }

  @Test
  void tensorsOfGgufFilesGetNamesAndOrderOfHuggingFace() throws IOException {
    Path original = llama();
    compress(original, folder.resolve("small.safetensors"), "--lossless");
    assertThat(CommandRun.notes("decompress", folder.resolve("small.safetensors"), "-o", back + "/", "--hf-names"))
        .containsExactly("left out, since Hugging Face files have no such tensors: \"rope_freqs.weight\"");
    String query = "model.layers.0.self_attn.q_proj.weight";
    assertThat(tensors(back)).isEqualTo("model.layers.0.input_layernorm.weight F32 [256]\n"
        + "model.layers.0.mlp.up_proj.weight F16 [80, 256]\n" + query + " F16 [64, 256]");
    float[] stored = SampleModel.values(original, "blk.0.attn_q.weight");
    float[] read = SampleModel.values(back, query);
    // What the converter does with a head of 32 rows: reshape to [2, 16], swap both axes.
    for (int head = 0; head < 2; head++) {
      for (int half = 0; half < 2; half++) {
        for (int i = 0; i < 16; i++) {
          int to = (head * 32 + half * 16 + i) * 256;
          int from = (head * 32 + i * 2 + half) * 256;
          assertThat(Arrays.copyOfRange(read, to, to + 256)).isEqualTo(Arrays.copyOfRange(stored, from, from + 256));
        }
      }
    }
    Path served = folder.resolve("served");
    assertThat(CommandRun.notes(
        "decompress", folder.resolve("small.safetensors"), "-o", served + "/", "--hf-names", "--as", "w4a16")).hasSize(2);
    try (Checkpoint checkpoint = Checkpoint.open(served)) {
      QuantizedWeight weight = QuantizedCheckpoint.of(TensorSource.of(checkpoint), QuantizationConfig.read(served)).weights()
          .stream().filter(each -> each.name().equals(query)).findFirst().orElseThrow();
      float[] served4 = new float[64 * 256];
      weight.open().read(0, 64, served4, 0);
      assertThat(decibels(read, served4)).isBetween(19.3, 20.5);
    }
  }

  @Test
  void whatTheOutputCannotHaveIsRefused() throws IOException {
    Path gguf = folder.resolve("x.gguf");
    Path file = folder.resolve("x.safetensors");
    Path ofGguf = compress(llama(), folder.resolve("small.safetensors"), "--bits", "6");
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", file, "--as", "q4_0"))
        .isEqualTo("--as q4_0 is a type of GGUF files: name the output .gguf");
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", gguf, "--as", "w4a16")).startsWith("--as w4a16 writes a folder");
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", file, "--as", "fp8")).startsWith("--as fp8 writes a folder");
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", gguf, "--hf-names")).startsWith("--hf-names is for safetensors");
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", back + "/", "--as", "fp8")).endsWith("add --hf-names");
    for (Path output : List.of(gguf, file)) {
      assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", output, "--dequantize")).isEqualTo(
          ofGguf + ": no weight was quantized before it was compressed, so there is nothing to dequantize");
    }
    assertThat(CommandRun.fail(2, "decompress", ofGguf, "-o", folder.resolve("x.npy"), "--dequantize"))
        .startsWith("--dequantize is for whole models");
    gptq();
    assertThat(CommandRun.fail(2, "decompress", small, "-o", back, "--as", "w4a16")).endsWith("add --dequantize");
    assertThat(CommandRun.fail(2, "decompress", small, "-o", back, "--hf-names"))
        .endsWith("was not made of a GGUF file, so its names stay as they are");
    assertThat(folder).isDirectoryNotContaining("glob:**/{x.*,back,.back*}");
  }
}
