package llm265.quantized;

import static llm265.quantized.QuantizedFixture.decibels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.HalfFloats;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WeightExportTest {
  private static final String NAME = "model.layers.0.mlp.up_proj.weight";

  /** Keeps tensors in memory. */
  private static final class Tensors implements WeightExport.Sink {
    final List<TensorView> views = new ArrayList<>();
    private TensorSource.Entry entry;
    private ByteArrayOutputStream bytes;

    @Override
    public void begin(TensorSource.Entry tensor) {
      entry = tensor;
      bytes = new ByteArrayOutputStream();
    }

    @Override
    public void write(MemorySegment piece) {
      bytes.writeBytes(piece.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void end() {
      views.add(QuantizedFixture.tensor(entry.name(), entry.dtype(), bytes.toByteArray(), entry.shape()));
    }

    float[] read(JsonNode config) {
      String json = "{\"quantization_config\": " + config + "}";
      QuantizedCheckpoint checkpoint = QuantizedCheckpoint.of(
          TensorSource.of(QuantizedFixture.PATH, views), QuantizationConfig.parse(Path.of("config.json"), json));
      checkpoint.requireReadable();
      QuantizedWeight weight = checkpoint.weights().getFirst();
      assertThat(checkpoint.outputs()).hasSize(1);
      assertThat(weight.name()).isEqualTo(NAME);
      float[] values = new float[(int) weight.rows() * weight.columns()];
      weight.open().read(0, (int) weight.rows(), values, 0);
      return values;
    }
  }

  private static float[] normal(int count) {
    Random random = new Random(5);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensors export(WeightExport export, float[] values, int columns, Workers workers) throws IOException {
    Tensors tensors = new Tensors();
    export.write(WeightRows.of(TensorView.view(NAME, new long[] {values.length / columns, columns}, values)), workers, tensors);
    return tensors;
  }

  /** The ratios of round to nearest are those that are known for these formats; a search gains. */
  @Test
  void errorsOnNormalWeightsAreThoseOfTheFormats() throws IOException {
    float[] values = normal(1 << 18);
    WeightExport integers = WeightExport.of(ExportFormat.W4A16, NAME, 512, 512);
    JsonNode config = ExportFormat.W4A16.config(List.of());
    Tensors searched = export(integers, values, 512, Workers.CALLER);
    Tensors nearest = export(integers.withoutSearch(), values, 512, Workers.CALLER);
    assertThat(decibels(values, nearest.read(config))).isBetween(19.0, 19.2);
    assertThat(decibels(values, searched.read(config))).isBetween(19.8, 20.0);
    WeightExport floats = WeightExport.of(ExportFormat.FP8, NAME, 512, 512);
    assertThat(decibels(values, export(floats, values, 512, Workers.CALLER).read(ExportFormat.FP8.config(List.of()))))
        .isBetween(31.3, 31.8);
  }

  @Test
  void integersAreTheNearestCodesOfAScale() throws IOException {
    float[] values = normal(64 * 256);
    Tensors tensors = export(WeightExport.of(ExportFormat.W4A16, NAME, 64, 256).withoutSearch(), values, 256, Workers.CALLER);
    float[] direct = new float[values.length];
    for (int from = 0; from < values.length; from += 128) {
      float greatest = 0;
      for (int i = from; i < from + 128; i++) {
        greatest = Math.max(greatest, Math.abs(values[i]));
      }
      float scale = HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(greatest / 7.5f));
      for (int i = from; i < from + 128; i++) {
        direct[i] = (int) Math.max(-8, Math.min(7, Math.rint(values[i] / scale))) * scale;
      }
    }
    assertThat(tensors.read(ExportFormat.W4A16.config(List.of()))).isEqualTo(direct);
    assertThat(tensors.views).extracting(TensorView::toString).containsExactly(
        NAME + "_packed I32 [64, 32]", NAME + "_scale BF16 [64, 2]", NAME + "_shape I64 [2]");
  }

  @ParameterizedTest
  @EnumSource(ExportFormat.class)
  void threadsDoNotChangeBytes(ExportFormat format) throws IOException {
    int columns = 1 << 16;
    float[] values = normal(32 * columns);
    WeightExport export = WeightExport.of(format, NAME, 32, columns).withoutSearch();
    Tensors alone = export(export, values, columns, Workers.CALLER);
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      Tensors together = export(export, values, columns, new Workers(executor, 3));
      for (int i = 0; i < alone.views.size(); i++) {
        assertThat(together.views.get(i).data().mismatch(alone.views.get(i).data())).isEqualTo(-1);
      }
    }
  }

  @Test
  void zerosAndExtremesStayWhatTheyAre() throws IOException {
    float[] values = new float[16 * 128];
    values[130] = Float.MAX_VALUE;
    values[260] = Float.MIN_VALUE;
    values[390] = -0f;
    for (ExportFormat format : ExportFormat.values()) {
      float[] read = export(WeightExport.of(format, NAME, 16, 128), values, 128, Workers.CALLER).read(format.config(List.of()));
      assertThat(read[130]).isCloseTo(Float.MAX_VALUE, Percentage.withPercentage(8));
      read[130] = 0;
      for (float value : read) {
        assertThat(value).isZero();
      }
    }
    values[5] = Float.NaN;
    assertThatThrownBy(() -> WeightExport.of(ExportFormat.FP8, NAME, 16, 128).encode(values, 0, 16))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("tensor \"" + NAME + "\" has values that are not finite");
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.0.self_attn.q_proj.weight, 64, 128, true, true",
    "model.layers.0.self_attn.q_proj.weight, 65, 128, true, false",
    "model.layers.0.self_attn.q_proj.weight, 64, 192, false, true",
    "model.layers.0.self_attn.q_proj.bias, 64, 128, false, false",
    "model.layers.0.mlp.gate.weight, 64, 128, false, false",
    "model.layers.0.mlp.gate_proj.weight, 64, 128, true, true",
    "model.layers.0.block_sparse_moe.experts.3.w1.weight, 64, 128, true, true",
    "model.embed_tokens.weight, 64, 128, false, false",
    "lm_head.weight, 64, 128, false, false",
    "h.0.attn.c_attn.weight, 64, 128, false, false"
  })
  void onlyLayersOfWholeGroupsAreWritten(String name, long out, long in, boolean integers, boolean floats) {
    assertThat(ExportFormat.W4A16.accepts(name, out, in)).isEqualTo(integers);
    assertThat(ExportFormat.FP8.accepts(name, out, in)).isEqualTo(floats);
    assertThat(ExportFormat.W4A16.accepts(name, 2, out, in)).isFalse();
    if (!integers) {
      assertThatThrownBy(() -> WeightExport.of(ExportFormat.W4A16, name, out, in)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static TensorSource.Entry entry(String name, long... shape) {
    return new TensorSource.Entry(name, DType.BF16, shape);
  }

  @Test
  void configurationNamesWhatStays() {
    JsonNode config = ExportFormat.of("w4a16").config(List.of(
        entry("model.embed_tokens.weight", 512, 128), entry("model.layers.0.mlp.gate.weight", 8, 128), entry(NAME, 128, 128),
        entry("model.layers.0.mlp.down_proj.weight", 128, 96), entry("model.layers.0.norm.weight", 128),
        entry("model.layers.1.experts.gate_up_proj", 8, 128, 128)));
    assertThat(config.get("ignore")).extracting(JsonNode::asText)
        .containsExactly("lm_head", "model.embed_tokens", "model.layers.0.mlp.down_proj", "model.layers.0.mlp.gate",
            "model.layers.1.experts");
    assertThat(config.get("format").asText()).isEqualTo("pack-quantized");
    JsonNode weights = config.at("/config_groups/group_0/weights");
    assertThat(weights.get("num_bits").asInt()).isEqualTo(4);
    assertThat(weights.get("group_size").asInt()).isEqualTo(128);
    assertThat(weights.get("strategy").asText()).isEqualTo("group");
    assertThat(config.at("/config_groups/group_0/input_activations").isNull()).isTrue();
    JsonNode floats = ExportFormat.of("FP8").config(List.of()).at("/config_groups/group_0");
    assertThat(floats.at("/weights/strategy").asText()).isEqualTo("channel");
    assertThat(floats.at("/input_activations/strategy").asText()).isEqualTo("token");
    assertThat(floats.at("/input_activations/dynamic").asBoolean()).isTrue();
  }

  @Test
  void bitsOfAllTensorsCount() {
    assertThat(WeightExport.of(ExportFormat.W4A16, NAME, 128, 128).bitsPerValue()).isEqualTo(4.125 + 128.0 / (128 * 128));
    assertThat(WeightExport.of(ExportFormat.FP8, NAME, 128, 128).bitsPerValue()).isEqualTo(8.125);
  }
}
