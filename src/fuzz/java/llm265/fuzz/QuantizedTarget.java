package llm265.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.quantized.QuantizationConfig;
import llm265.quantized.QuantizedCheckpoint;
import llm265.quantized.QuantizedFixture;
import llm265.quantized.QuantizedWeight;
import llm265.quantized.TensorSource;
import llm265.quantized.WeightRows;

/**
 * Folders of models that are quantized: an input is the number of the configuration's file name, the configuration up to a zero,
 * and a safetensors file.
 */
final class QuantizedTarget extends FileTarget {
  private static final List<String> NAMES = List.of(
      "config.json", "quantization_config.json", "quantize_config.json", "quant_config.json", "hf_quant_config.json");
  private static final String GROUPS = """
      {"quantization_config": {"quant_method": "compressed-tensors", "format": "mixed-precision", "config_groups": {
        "group_0": {"weights": {"num_bits": %d, "group_size": 32, "block_structure": [4, 32]}}}}}""";
  private static final String NO_CONFIG = "{}";
  private static final int MOST_VALUES = 1 << 16;

  QuantizedTarget() {
    super("quantized", "model.safetensors");
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    add(seeds, 0, String.format(GROUPS, 4), of -> of.packed("a", 4, true, 6, 64, 32, true, false));
    add(seeds, 0, String.format(GROUPS, 3), of -> of.packed("a", 3, false, 6, 64, 32, true, true));
    add(seeds, 1, "{\"config_groups\": {\"g\": {\"weights\": {\"num_bits\": 8}}}}", of -> of.bytes("a", 5, 12));
    add(seeds, 0, "{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [4, 32]}}",
        of -> of.blocks("a.weight", "_scale_inv", 1, 10, 64, 4, 32));
    add(seeds, 0, String.format(GROUPS, 8), of -> of.blocks("a.experts", "_scale", 3, 4, 32, 4, 32));
    add(seeds, 0, String.format(GROUPS, 4), of -> of.nvFloats("a", false, 3, 32));
    add(seeds, 4, "{\"quantization\": {\"quant_algo\": \"NVFP4\", \"group_size\": 16}}", of -> of.nvFloats("a", true, 3, 32));
    add(seeds, 0, NO_CONFIG, of -> of.mxFloats4("a", 3, 32));
    add(seeds, 0, NO_CONFIG, of -> of.mxFloats8("a", 3, 32));
    add(seeds, 0, "{\"quantization_config\": {\"quant_method\": \"mxfp4\"}}", of -> of.experts("a.up", 2, 4, 32));
    add(seeds, 2, "{\"bits\": 3, \"group_size\": 16, \"desc_act\": true}", of -> of.gptq("a", 3, false, 32, 32, 16, true));
    add(seeds, 2, "{\"bits\": 4, \"checkpoint_format\": \"gptq_v2\"}", of -> of.gptq("a", 4, true, 8, 32, 16, false));
    add(seeds, 3, "{\"w_bit\": 4, \"version\": \"gemm\"}", of -> of.awq("a", 16, 32, 16));
    add(seeds, 0, NO_CONFIG, of -> of.fourBits("a", "nf4", false, DType.U8, 5, 21, 32));
    add(seeds, 0, NO_CONFIG, of -> of.fourBits("a", "fp4", true, DType.BF16, 7, 32, 16));
    return seeds;
  }

  private void add(List<byte[]> seeds, int name, String config, Consumer<QuantizedFixture> weights) throws IOException {
    QuantizedFixture fixture = new QuantizedFixture(seeds.size());
    weights.accept(fixture);
    fixture.plain("p.weight", 2, 2);
    Path path = folder().resolve("seed.safetensors");
    fixture.write(path);
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    seed.write(name);
    seed.write(config.getBytes(StandardCharsets.UTF_8));
    seed.write(0);
    seed.write(Files.readAllBytes(path));
    seeds.add(seed.toByteArray());
  }

  @Override
  void read(Path file) throws IOException {
    byte[] input = Files.readAllBytes(file);
    int end = 0;
    while (end < input.length && (end == 0 || input[end] != 0)) {
      end++;
    }
    Path config = folder().resolve(NAMES.get(input.length == 0 ? 0 : (input[0] & 0xFF) % NAMES.size()));
    Files.write(config, Arrays.copyOfRange(input, Math.min(1, end), end));
    Files.write(file, Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      readAll(QuantizedCheckpoint.of(TensorSource.of(checkpoint), QuantizationConfig.read(folder())));
    } catch (ModelFormatException e) {
      Refusals.check(e);
    } finally {
      Files.delete(config);
    }
  }

  private static void readAll(QuantizedCheckpoint checkpoint) {
    checkpoint.faults().forEach(Refusals::check);
    checkpoint.summary();
    checkpoint.note();
    checkpoint.parts();
    checkpoint.outputs();
    for (QuantizedWeight weight : checkpoint.weights()) {
      if (weight.rows() * weight.columns() <= MOST_VALUES) {
        decode(weight);
      }
    }
  }

  private static void decode(QuantizedWeight weight) {
    try {
      WeightRows rows = weight.open();
      for (int i = 0; i < weight.pieces(); i++) {
        weight.piece(rows, i, DType.BF16);
      }
    } catch (ModelFormatException e) {
      Refusals.check(e);
    }
  }
}
