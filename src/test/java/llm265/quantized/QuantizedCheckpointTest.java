package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizedCheckpointTest {
  private static final String COMPRESSED = "{'quant_method': 'compressed-tensors', 'config_groups': {}}";

  private static QuantizedFixture mixed() {
    QuantizedFixture fixture = new QuantizedFixture(7);
    fixture.plain("model.embed_tokens.weight", 8, 32);
    fixture.packed("model.layers.0.up", 4, true, 8, 32, 16, true, false);
    fixture.plain("model.layers.0.up.bias", 8);
    fixture.plain("model.layers.0.norm.weight", 32);
    fixture.nvFloats("model.layers.0.down", false, 8, 32);
    fixture.tensors.add(QuantizedFixture.floats("model.layers.0.self_attn.k_scale", new float[1], 1));
    fixture.blocks("model.layers.0.o.weight", "_scale_inv", 1, 8, 32, 1, 32);
    return fixture;
  }

  @Test
  void partsAreReplacedByOneWeightWhereTheFirstOneWas() {
    QuantizedCheckpoint checkpoint = mixed().read(COMPRESSED);
    assertThatCode(checkpoint::requireReadable).doesNotThrowAnyException();
    assertThat(checkpoint.method()).contains("compressed-tensors");
    assertThat(checkpoint.outputs()).extracting(QuantizedCheckpoint.Output::name).containsExactly(
        "model.embed_tokens.weight", "model.layers.0.up.weight", "model.layers.0.up.bias", "model.layers.0.norm.weight",
        "model.layers.0.down.weight", "model.layers.0.o.weight");
    assertThat(checkpoint.outputs()).filteredOn(output -> output.weight() != null)
        .extracting(output -> output.weight().format())
        .containsExactly("compressed-tensors", "compressed-tensors", "fp8");
    assertThat(checkpoint.parts()).containsExactly(
        "model.layers.0.up.weight_packed", "model.layers.0.up.weight_scale", "model.layers.0.up.weight_shape",
        "model.layers.0.up.weight_zero_point", "model.layers.0.down.weight_packed", "model.layers.0.down.weight_scale",
        "model.layers.0.down.weight_global_scale", "model.layers.0.down.input_scale", "model.layers.0.self_attn.k_scale",
        "model.layers.0.o.weight", "model.layers.0.o.weight_scale_inv");
    assertThat(checkpoint.note()).isEmpty();
  }

  @Test
  void schemesAreSummedUp() {
    QuantizedFixture fixture = new QuantizedFixture(7);
    fixture.mxFloats4("a", 8, 96);
    fixture.mxFloats4("b", 4, 64);
    fixture.blocks("c.weight", "_scale_inv", 1, 8, 32, 1, 32);
    assertThat(fixture.read(QuantizationConfig.NONE).summary()).containsExactly(
        "2 weights in compressed-tensors: MXFP4, groups of 32; 4.25 bits per value",
        "1 weight in fp8: F8_E4M3, a scale a row; 9.00 bits per value");
  }

  @Test
  void withoutConfigurationTheTensorsTell() {
    QuantizedCheckpoint checkpoint = mixed().read(QuantizationConfig.NONE);
    assertThat(checkpoint.method()).contains("compressed-tensors, fp8");
    assertThat(checkpoint.weights()).hasSize(3);
  }

  @Test
  void plainCheckpointsHaveNoParts() {
    QuantizedFixture fixture = new QuantizedFixture(1);
    fixture.plain("a.weight", 4, 4);
    fixture.tensors.add(QuantizedFixture.ints("position_ids", new int[3], 1, 3));
    QuantizedCheckpoint checkpoint = fixture.read(QuantizationConfig.NONE);
    assertThat(checkpoint.method()).isEmpty();
    assertThat(checkpoint.parts()).containsExactly("position_ids");
    assertThat(checkpoint.outputs()).hasSize(2).allMatch(output -> output.weight() == null);
  }

  @Test
  void partsOfUnknownMethodsAreKept() {
    QuantizedFixture fixture = new QuantizedFixture(1);
    fixture.plain("a.q.scale", 4, 4);
    fixture.plain("a.q.meta.more", 4, 4);
    fixture.plain("a.norm.weight", 4);
    fixture.tensors.add(QuantizedFixture.tensor("a.q.W_q", DType.U8, new byte[8], 2, 4));
    fixture.tensors.add(QuantizedFixture.tensor("b.weight", DType.I8, new byte[8], 2, 4));
    fixture.plain("b.weight.state", 4, 4);
    fixture.plain("b.weight_scale", 4, 4);
    fixture.plain("c.weight", 4, 4);
    QuantizedCheckpoint checkpoint = fixture.read("{'quant_method': 'hqq'}");
    assertThat(checkpoint.weights()).isEmpty();
    assertThat(checkpoint.parts())
        .containsExactly("a.q.scale", "a.q.W_q", "b.weight", "b.weight.state", "b.weight_scale");
    assertThat(checkpoint.note()).contains("quant_method \"hqq\" is not read; its tensors are kept exactly as they are");
    assertThatThrownBy(checkpoint::requireReadable).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quant_method \"hqq\" is not read, so its weights cannot be dequantized");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {'quant_method': 'gptq', 'checkpoint_format': 'marlin'}                  | checkpoint_format "marlin" of gptq
      {'quant_method': 'awq', 'version': 'GEMV'}                               | version "gemv" of awq
      {'quant_method': 'bitsandbytes', 'load_in_8bit': true}                   | 8 bits of bitsandbytes
      {'quant_method': 'compressed-tensors', 'format': 'marlin-24'}            | format "marlin-24" of compressed-tensors
      {'config_groups': {'a': {'format': 'new'}}}                              | format "new" of compressed-tensors
      {'sparsity_config': {'format': 'sparse-24-bitmask'}}                     | sparsity_config of compressed-tensors
      {'config_groups': {}, 'transform_config': {'config_groups': {'u': {}}}}  | transform_config of compressed-tensors
      {'bits': 4}                                                              | quant_method "unknown"
      """)
  void whatIsNotReadIsNamed(String config, String unread) {
    QuantizedCheckpoint checkpoint = mixed().read(config);
    assertThat(checkpoint.note()).contains(unread + " is not read; its tensors are kept exactly as they are");
    assertThat(checkpoint.parts()).contains(
        "model.layers.0.up.weight_packed", "model.layers.0.up.weight_scale", "model.layers.0.up.weight_zero_point",
        "model.layers.0.down.weight_global_scale", "model.layers.0.o.weight_scale_inv");
  }

  private static Arguments fault(String message, Consumer<QuantizedFixture> writer) {
    return Arguments.of(message, writer);
  }

  private static Consumer<QuantizedFixture> then(Consumer<QuantizedFixture> writer, Consumer<QuantizedFixture> damage) {
    return writer.andThen(damage);
  }

  private static TensorView typed(QuantizedFixture fixture, String name, DType type) {
    TensorView tensor = fixture.get(name);
    return new TensorView(name, type, tensor.shape(), tensor.data());
  }

  static Stream<Arguments> faults() {
    Consumer<QuantizedFixture> packed = f -> f.packed("m", 4, true, 8, 64, 32, true, true);
    Consumer<QuantizedFixture> gptq = f -> f.gptq("m", 4, false, 16, 64, 32, true);
    Consumer<QuantizedFixture> awq = f -> f.awq("m", 16, 64, 32);
    Consumer<QuantizedFixture> nested = f -> f.fourBits("m", "nf4", true, DType.U8, 8, 64, 32);
    Consumer<QuantizedFixture> blocks = f -> f.blocks("m.weight", "_scale_inv", 1, 8, 64, 4, 32);
    Consumer<QuantizedFixture> floats = f -> f.nvFloats("m", false, 4, 64);
    Consumer<QuantizedFixture> experts = f -> f.experts("m.up", 2, 8, 64);
    return Stream.of(
        fault("\"m.weight_packed\" has no \"m.weight_scale\" beside it", then(packed, f -> f.replace("m.weight_scale"))),
        fault("\"m.weight_packed\" has no \"m.weight_shape\" beside it", then(packed, f -> f.replace("m.weight_shape"))),
        fault("\"m.weight_packed\" has 8 words a row, which 65 codes of [4] bits do not take", then(packed, f ->
            f.replace("m.weight_shape", QuantizedFixture.ints("m.weight_shape", new int[] {8, 65}, 2)))),
        fault("\"m.weight_shape\" says 9 where the codes have 8", then(packed, f ->
            f.replace("m.weight_shape", QuantizedFixture.ints("m.weight_shape", new int[] {9, 64}, 2)))),
        fault("\"m.weight_scale\" has shape [8, 3], which does not fit a weight of [8, 64]", then(packed, f ->
            f.replace("m.weight_scale", QuantizedFixture.brains("m.weight_scale", new float[24], 8, 3)))),
        fault("\"m.weight_scale\" is I16, not BF16 or F16 or F32", then(packed, f ->
            f.replace("m.weight_scale", typed(f, "m.weight_scale", DType.I16)))),
        fault("\"m.weight_zero_point\" has shape [2, 1], not [1, 2]", then(packed, f ->
            f.replace("m.weight_zero_point", QuantizedFixture.ints("m.weight_zero_point", new int[2], 2, 1)))),
        fault("\"m.weight_g_idx\" has shape [63], not [64]", then(packed, f ->
            f.replace("m.weight_g_idx", QuantizedFixture.ints("m.weight_g_idx", new int[63], 63)))),
        fault("\"m.weight\" is there twice: as it is, and quantized", then(packed, f -> f.plain("m.weight", 8, 64))),
        fault("\"m.weight_scale\" belongs to a quantized weight whose codes are missing", then(packed, f ->
            f.replace("m.weight_packed"))),
        fault("\"m.qweight\" has no \"m.scales\" beside it", then(gptq, f -> f.replace("m.scales"))),
        fault("\"m.qzeros\" has 3 words a row, which 16 zeros of 2, 3, 4 or 8 bits do not fill", then(gptq, f ->
            f.replace("m.qzeros", QuantizedFixture.ints("m.qzeros", new int[6], 2, 3)))),
        fault("\"m.qzeros\" has shape [3, 2], not [2, 2]", then(gptq, f ->
            f.replace("m.qzeros", QuantizedFixture.ints("m.qzeros", new int[6], 3, 2)))),
        fault("\"m.g_idx\" has shape [32], not [64]", then(gptq, f ->
            f.replace("m.g_idx", QuantizedFixture.ints("m.g_idx", new int[32], 32)))),
        fault("\"m.qweight\" has 4 columns, which neither GPTQ nor AWQ has for 16 outputs", then(gptq, f ->
            f.replace("m.qweight", QuantizedFixture.ints("m.qweight", new int[128], 32, 4)))),
        fault("\"m.qweight\" is F32, not I32", then(gptq, f -> f.replace("m.qweight", typed(f, "m.qweight", DType.F32)))),
        fault("\"m.scales\" has 3 groups, which does not fit 64 inputs", then(awq, f -> {
          f.replace("m.scales", QuantizedFixture.halves("m.scales", new float[48], 3, 16));
          f.replace("m.qzeros", QuantizedFixture.ints("m.qzeros", new int[6], 3, 2));
        })),
        fault("\"m.qzeros\" has shape [2, 3], not [2, 2]", then(awq, f ->
            f.replace("m.qzeros", QuantizedFixture.ints("m.qzeros", new int[6], 2, 3)))),
        fault("\"m.weight\" has no \"m.weight.absmax\" beside it", then(nested, f -> f.replace("m.weight.absmax"))),
        fault("\"m.weight\" has no \"m.weight.nested_quant_map\" beside it", then(nested, f ->
            f.replace("m.weight.nested_quant_map"))),
        fault("\"m.weight\" has no quant_state.bitsandbytes__nf4 or fp4 beside it", then(nested, f ->
            f.replace("m.weight.quant_state.bitsandbytes__nf4"))),
        fault("\"m.weight.quant_state.bitsandbytes__nf4\" is not valid JSON", then(nested, f ->
            f.replace("m.weight.quant_state.bitsandbytes__nf4", QuantizedFixture.tensor(
                "m.weight.quant_state.bitsandbytes__nf4", DType.U8, new byte[] {'{', 'x'}, 2)))),
        // Found by fuzzing: bytes that look like UTF-32, but have no characters.
        fault("\"m.weight.quant_state.bitsandbytes__nf4\" is not valid JSON", then(nested, f ->
            f.replace("m.weight.quant_state.bitsandbytes__nf4", QuantizedFixture.tensor(
                "m.weight.quant_state.bitsandbytes__nf4", DType.U8, "\0\0\0{txpe".getBytes(StandardCharsets.UTF_8), 8)))),
        fault("\"m.weight.absmax\" has shape [15], not [16]", then(nested, f ->
            f.replace("m.weight.absmax", QuantizedFixture.tensor("m.weight.absmax", DType.U8, new byte[15], 15)))),
        fault("\"m.weight\" has 128 bytes, not half of 512", then(nested, f ->
            f.replace("m.weight", QuantizedFixture.tensor("m.weight", DType.U8, new byte[128], 128, 1)))),
        fault("\"m.weight\" has no \"m.weight_scale\" beside it", then(blocks, f -> f.replace("m.weight_scale_inv"))),
        fault("\"m.weight_scale_inv\" has shape [3, 2], which does not fit a weight of [8, 64]", then(blocks, f ->
            f.replace("m.weight_scale_inv", QuantizedFixture.floats("m.weight_scale_inv", new float[6], 3, 2)))),
        fault("\"m.weight_packed\" has no \"m.weight_global_scale\" beside it", then(floats, f ->
            f.replace("m.weight_global_scale"))),
        fault("\"m.weight_global_scale\" is not one number for each matrix", then(floats, f ->
            f.replace("m.weight_global_scale", QuantizedFixture.floats("m.weight_global_scale", new float[4], 4)))),
        fault("\"m.up_blocks\" has no \"m.up_scales\" beside it", then(experts, f -> f.replace("m.up_scales"))),
        fault("\"m.up_scales\" has shape [2, 4, 4], not [2, 8, 2]", then(experts, f ->
            f.replace("m.up_scales", QuantizedFixture.tensor("m.up_scales", DType.U8, new byte[32], 2, 4, 4)))));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void partsThatDoNotBelongTogetherAreNamed(String message, Consumer<QuantizedFixture> writer) {
    QuantizedFixture fixture = new QuantizedFixture(3);
    writer.accept(fixture);
    QuantizedCheckpoint checkpoint = fixture.read(
        "{'quant_method': 'compressed-tensors', 'config_groups': {'g': {'weights': {'num_bits': 4}}}}");
    assertThatThrownBy(checkpoint::requireReadable).isInstanceOf(ModelFormatException.class)
        .hasMessage("model.safetensors: tensor " + message);
    assertThat(checkpoint.weights()).isEmpty();
    // What is left is kept all the same.
    assertThat(checkpoint.parts()).containsAll(fixture.tensors.stream().map(TensorView::name).toList());
    assertThat(checkpoint.note()).get().asString().endsWith("; its tensors are kept exactly as they are");
  }

  @Test
  void listsOfGroupsAreCheckedWhenTheyAreRead() {
    QuantizedFixture fixture = new QuantizedFixture(3);
    fixture.gptq("m", 4, false, 16, 64, 32, true);
    int[] groups = new int[64];
    groups[5] = 2;
    fixture.replace("m.g_idx", QuantizedFixture.ints("m.g_idx", groups, 64));
    QuantizedWeight weight = fixture.read("{'quant_method': 'gptq'}").weights().getFirst();
    assertThatThrownBy(weight::open).isInstanceOf(ModelFormatException.class)
        .hasMessage("model.safetensors: tensor \"m.g_idx\" names group 2 of 2");
  }

  @Test
  void unusedListsOfGroupsAreIgnored() {
    QuantizedFixture fixture = new QuantizedFixture(3);
    fixture.packed("m", 4, true, 4, 64, 32, false, false);
    int[] unused = new int[64];
    Arrays.fill(unused, -1);
    fixture.tensors.add(QuantizedFixture.ints("m.weight_g_idx", unused, 64));
    float[] values = new float[256];
    fixture.read(COMPRESSED).weights().getFirst().open().read(0, 4, values, 0);
    assertThat(values).isEqualTo(fixture.expected.get("m.weight"));
  }

  @Test
  void floatsOfEightBitsWithoutScalesAreNoFault() {
    QuantizedFixture fixture = new QuantizedFixture(3);
    fixture.tensors.add(QuantizedFixture.tensor("m.weight", DType.F8_E4M3, new byte[8], 2, 4));
    QuantizedCheckpoint checkpoint = fixture.read(QuantizationConfig.NONE);
    checkpoint.requireReadable();
    assertThat(checkpoint.weights()).isEmpty();
    assertThat(checkpoint.parts()).containsExactly("m.weight");
  }
}
