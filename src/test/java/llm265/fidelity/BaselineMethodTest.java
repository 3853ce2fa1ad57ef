package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.baseline.Baselines;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a GPT-2: its files have matrices transposed. */
class BaselineMethodTest {
  private static final TokenWindows TEXT = CalibratorTest.text(1);
  private static final List<String> LAYERS = List.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj");

  @TempDir private Path folder;

  private ModelFolder model;

  @BeforeEach
  void open() throws IOException {
    model = ModelFolder.open(TinyModels.of("gpt2").write(folder));
  }

  @AfterEach
  void close() {
    model.close();
  }

  private MethodResult<LanguageModel> apply(String specification) throws IOException {
    try (Calibration calibration = new Calibration(model, TEXT, Workers.CALLER)) {
      return BaselineMethod.of(specification, Workers.CALLER).apply(model, calibration);
    }
  }

  private static float[] logits(LanguageModel model) {
    return model.next(model.newCache(), TEXT.windows().getFirst());
  }

  private float[] transposed(String name, float[] matrix) {
    int rows = (int) model.weights().shape(name)[0];
    int columns = (int) model.weights().shape(name)[1];
    boolean isBack = matrix != null;
    float[] values = isBack ? matrix : model.weights().read(name);
    float[] result = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[isBack ? i * columns + j : j * rows + i] = values[isBack ? j * rows + i : i * columns + j];
      }
    }
    return result;
  }

  private Layer layer(String name) {
    long[] shape = model.weights().shape(name);
    return new Layer(name, transposed(name, null), (int) shape[1], (int) shape[0]);
  }

  private Map<String, float[]> roundedTables(String format) {
    Map<String, float[]> rounded = new HashMap<>();
    for (String name : List.of("transformer.wte.weight", "transformer.wpe.weight")) {
      long[] shape = model.weights().shape(name);
      Layer table = new Layer(name, model.weights().read(name), (int) shape[0], (int) shape[1]);
      rounded.put(name, Baselines.of(format, Workers.CALLER).quantize(LinearGroup.of(table)).getFirst().weights());
    }
    return rounded;
  }

  @Test
  void everyMatrixIsQuantizedAlongItsInputs() throws IOException {
    Map<String, float[]> rounded = roundedTables("rtn3g16");
    for (int block = 0; block < 2; block++) {
      for (String part : LAYERS) {
        String name = "transformer.h." + block + "." + part + ".weight";
        rounded.put(name, transposed(
            name, Baselines.of("rtn3g16", Workers.CALLER).quantize(LinearGroup.of(layer(name))).getFirst().weights()));
      }
    }
    LanguageModel wanted = LanguageModel.load(model.config(), model.weights().with(rounded), Workers.CALLER);
    assertThat(logits(apply("rtn3g16").model())).isEqualTo(logits(wanted));
  }

  @Test
  void bitsCountWhatIsKeptToo() throws IOException {
    long quantized = (131 + 128) * 48 + 2 * (3 + 1 + 4 + 4) * 48 * 48;
    long all = model.checkpoint().tensors().stream().mapToLong(tensor -> tensor.count()).sum();
    // A scale of 16 bits and a zero of 3 bits for 16 weights; 5 bits fill the last byte of the tokens' table.
    assertThat(apply("rtn3g16").bits()).isEqualTo(quantized / 16 * (3 * 16 + 16 + 3) + 5 + 32 * (all - quantized));
    // Besides, 32 bits for each input of a layer of the blocks: the embeddings have none.
    assertThat(apply("gptq3g16-actorder").bits() - apply("gptq3g16").bits()).isEqualTo(2 * 32 * (48 + 48 + 48 + 192));
  }

  @Test
  void laterBlocksAreCalibratedOnWhatEarlierOnesHaveBecome() throws IOException {
    LanguageModel wanted =
        LanguageModel.load(model.config(), model.weights().with(roundedTables("rtn2g16")), Workers.CALLER);
    for (int block = 0; block < 2; block++) {
      List<String> names = new ArrayList<>();
      for (String part : LAYERS) {
        names.add("transformer.h." + block + "." + part + ".weight");
      }
      MomentsCollector moments = new MomentsCollector(names::contains, Workers.CALLER);
      wanted.observe(moments);
      TEXT.windows().forEach(window -> wanted.next(wanted.newCache(), window));
      assertThat(moments.groups()).isEqualTo(Set.copyOf(names));
      for (String name : names) {
        LinearGroup group = LinearGroup.of(layer(name)).with(moments.moments(name));
        wanted.setWeight(
            name, transposed(name, Baselines.of("gptq2g16", Workers.CALLER).quantize(group).getFirst().weights()));
      }
    }
    assertThat(logits(apply("gptq2g16").model())).isEqualTo(logits(wanted));
  }

  @Test
  void methodsWithoutTheirCalibrationAreTheirFormats() {
    assertThat(BaselineMethod.dataFree("gptq3g128sym-mse-actorder-static")).isEqualTo("rtn3g128sym-mse");
    assertThat(BaselineMethod.dataFree("awq4g64")).isEqualTo("rtn4g64");
    assertThat(BaselineMethod.dataFree("q4_k-imatrix")).isEqualTo("q4_k");
    assertThat(BaselineMethod.dataFree("quarot4-gptq")).isEqualTo("quarot4");
    assertThat(BaselineMethod.dataFree("qserve4g128-rotate-gptq")).isEqualTo("qserve4g128-rotate");
    assertThat(BaselineMethod.dataFree("nf4")).isEqualTo("nf4");
  }
}
