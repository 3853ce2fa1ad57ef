package llm265.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import llm265.checkpoint.file.ModelFormatException;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.FloatKvCache;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.ModelConfig;
import llm265.lm.weights.WeightSource;
import llm265.parallel.Workers;
import llm265.reference.lm.ReferenceTransformer;
import llm265.reference.lm.TinyModel;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LanguageModelTest {
  /** More than a panel of keys and a strip of queries. */
  private static final int TOKENS = 75;

  static Stream<String> causal() {
    return TinyModels.causal().stream();
  }

  private static int[] tokens(int count) {
    return new Random(count).ints(count, 0, TinyModels.VOCABULARY).toArray();
  }

  private static WeightSource source(TinyModel model) {
    return new WeightSource() {
      @Override
      public Set<String> names() {
        return model.values().keySet();
      }

      @Override
      public long[] shape(String name) {
        return model.shapes().get(name);
      }

      @Override
      public float[] read(String name) {
        return model.values().get(name).clone();
      }
    };
  }

  private static LanguageModel load(TinyModel model) {
    return load(model, Workers.CALLER);
  }

  private static LanguageModel load(TinyModel model, Workers workers) {
    return LanguageModel.load(ModelConfig.parse(Path.of("config.json"), model.config()), source(model), workers);
  }

  private static float[][] logits(LanguageModel model, KvCache cache, int... tokens) {
    List<float[]> rows = new ArrayList<>();
    int first = cache.length();
    model.logits(tokens, cache, (position, logits) -> {
      assertThat(position).isEqualTo(first + rows.size());
      rows.add(logits.clone());
    });
    return rows.toArray(float[][]::new);
  }

  private static float[][] logits(LanguageModel model, int... tokens) {
    return logits(model, model.newCache(), tokens);
  }

  @ParameterizedTest
  @MethodSource("causal")
  void computesWhatTheArchitectureIsDefinedAs(String name) {
    TinyModel model = TinyModels.of(name);
    int[] tokens = tokens(TOKENS);
    double[][] wanted = new ReferenceTransformer(model).logits(tokens);
    float[][] logits = logits(load(model), tokens);
    assertThat(logits.length).isEqualTo(TOKENS);
    double spread = 0;
    double error = 0;
    for (int t = 0; t < TOKENS; t++) {
      for (int i = 0; i < TinyModels.VOCABULARY; i++) {
        error = Math.max(error, Math.abs(logits[t][i] - wanted[t][i]));
        spread = Math.max(spread, Math.abs(wanted[t][i] - wanted[0][i]));
      }
    }
    assertThat(error).isLessThan(2e-4);
    assertThat(spread).as("logits depend on tokens").isGreaterThan(1);
  }

  @ParameterizedTest
  @MethodSource("causal")
  void tokensOneByOneGiveTheBitsOfTheWholeWindow(String name) {
    LanguageModel model = load(TinyModels.of(name));
    int[] tokens = tokens(TOKENS);
    float[][] whole = logits(model, tokens);
    KvCache cache = model.newCache();
    AttentionShape shape = model.attentionShapes().getFirst();
    KvCache unrotated = new FloatKvCache(model.layers(), shape.kvHeads(), shape.headSize(), false);
    for (int t = 0; t < TOKENS; t++) {
      assertThat(model.next(cache, tokens[t])).as("token %d", t).isEqualTo(whole[t]);
      assertThat(model.next(unrotated, tokens[t])).as("token %d, keys rotated when read", t).isEqualTo(whole[t]);
    }
    assertThat(cache.length()).isEqualTo(TOKENS);
  }

  @Test
  void partsOfAWindowGiveTheBitsOfTheWhole() {
    LanguageModel model = load(TinyModels.of("mistral"));
    int[] tokens = tokens(TOKENS);
    float[][] whole = logits(model, tokens);
    KvCache cache = model.newCache();
    float[][] first = logits(model, cache, Arrays.copyOf(tokens, 50));
    float[][] second = logits(model, cache, Arrays.copyOfRange(tokens, 50, TOKENS));
    assertThat(Stream.concat(Stream.of(first), Stream.of(second)).toArray(float[][]::new)).isDeepEqualTo(whole);
  }

  @Test
  void threadsDoNotChangeABit() {
    int[] tokens = tokens(250);
    float[][] alone = logits(load(TinyModels.of("llama")), tokens);
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      assertThat(logits(load(TinyModels.of("llama"), new Workers(executor, 4)), tokens)).isDeepEqualTo(alone);
    }
  }

  @ParameterizedTest
  @MethodSource("causal")
  void listsTheMatricesOfAllLayers(String name) {
    TinyModel model = TinyModels.of(name);
    Set<String> matrices = new TreeSet<>();
    model.shapes().forEach((tensor, shape) -> {
      if (shape.length == 2 && tensor.matches(".*\\.\\d+\\..*")) {
        matrices.add(tensor);
      }
    });
    LanguageModel loaded = load(model);
    assertThat(loaded.linearLayers()).extracting(LinearLayer::name).containsExactlyInAnyOrderElementsOf(matrices);
    for (LinearLayer layer : loaded.linearLayers()) {
      long[] shape = model.shapes().get(layer.name());
      assertThat(layer.transposed()).isEqualTo(name.equals("gpt2"));
      assertThat(shape).containsExactly(
          layer.transposed() ? new long[] {layer.inFeatures(), layer.outFeatures()}
              : new long[] {layer.outFeatures(), layer.inFeatures()});
    }
  }

  @Test
  void layersOfOneInputAreAGroup() {
    assertThat(load(TinyModels.of("llama")).linearLayers().subList(0, 7)).extracting(LinearLayer::group).containsExactly(
        "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.q_proj.weight",
        "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.o_proj.weight",
        "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.down_proj.weight");
  }

  @ParameterizedTest
  @MethodSource("causal")
  void observerSeesTheInputOfEveryLayer(String name) {
    LanguageModel model = load(TinyModels.of(name));
    float[][] before = logits(model, tokens(20));
    List<LinearLayer> seen = new ArrayList<>();
    List<Integer> boundaries = new ArrayList<>();
    model.observe(new LayerObserver() {
      @Override
      public void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) {
        assertThat(rows).isEqualTo(20);
        assertThat(x).hasSize(rows * columns);
        assertThat(layers).allMatch(layer -> layer.inFeatures() == columns && layer.group().equals(layers.getFirst().name()));
        seen.addAll(layers);
      }

      @Override
      public void state(int boundary, float[] state, int rows, int columns) {
        boundaries.add(boundary);
        assertThat(state).hasSize(20 * model.hidden());
      }
    });
    assertThat(logits(model, tokens(20))).isDeepEqualTo(before);
    List<LinearLayer> all = new ArrayList<>(model.linearLayers());
    all.add(model.head());
    assertThat(seen).isEqualTo(all);
    assertThat(boundaries).containsExactly(0, 1, 2);
  }

  @Test
  void anInputThatTheObserverClearsIsAsGoodAsAMatrixOfZeros() {
    LanguageModel model = load(TinyModels.of("llama"));
    float[][] whole = logits(model, tokens(20));
    String name = "model.layers.1.mlp.down_proj.weight";
    model.observe(new LayerObserver() {
      @Override
      public void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) {
        if (layers.getFirst().name().equals(name)) {
          Arrays.fill(x, 0);
        }
      }
    });
    float[][] cleared = logits(model, tokens(20));
    model.observe(LayerObserver.NONE);
    assertThat(logits(model, tokens(20))).isDeepEqualTo(whole);
    model.setWeight(name, new float[TinyModels.of("llama").values().get(name).length]);
    assertThat(logits(model, tokens(20))).isDeepEqualTo(cleared);
    assertThat(Arrays.deepEquals(cleared, whole)).isFalse();
  }

  @Test
  void stateThatTheObserverChangesGoesOn() {
    LanguageModel model = load(TinyModels.of("llama"));
    model.observe(new LayerObserver() {
      @Override
      public void state(int boundary, float[] state, int rows, int columns) {
        if (boundary == model.layers()) {
          Arrays.fill(state, 0);
        }
      }
    });
    assertThat(logits(model, tokens(5))).isDeepEqualTo(new float[5][TinyModels.VOCABULARY]);
  }

  @Test
  void valuesThatTheCacheLosesAreLostToTheTokensOfTheSamePass() {
    LanguageModel model = load(TinyModels.of("llama"));
    AttentionShape shape = model.attentionShapes().getFirst();
    FloatKvCache exact = new FloatKvCache(model.layers(), shape.kvHeads(), shape.headSize(), true);
    KvCache losing = new KvCache() {
      @Override
      public int length() {
        return exact.length();
      }

      @Override
      public void append(int layer, int rows, float[] keys, float[] values) {
        exact.append(layer, rows, keys, layer == 1 ? new float[values.length] : values);
      }

      @Override
      public void read(int layer, int head, int count, float[] keys, float[] values) {
        exact.read(layer, head, count, keys, values);
      }

      @Override
      public void advance(int rows) {
        exact.advance(rows);
      }
    };
    float[][] lost = logits(model, losing, tokens(20));
    String name = "model.layers.1.self_attn.v_proj.weight";
    model.setWeight(name, new float[TinyModels.of("llama").values().get(name).length]);
    assertThat(logits(model, tokens(20))).isDeepEqualTo(lost);
  }

  @ParameterizedTest
  @MethodSource("causal")
  void setWeightsAreThoseThatAModelIsLoadedWith(String name) {
    TinyModel model = TinyModels.of(name);
    LanguageModel changed = load(model);
    Map<String, float[]> others = new LinkedHashMap<>();
    Random random = new Random(9);
    List<String> names = new ArrayList<>(changed.linearLayers().stream().map(LinearLayer::name).toList());
    names.add(changed.head().name());
    names.add(model.values().keySet().iterator().next());
    for (String tensor : names) {
      float[] values = new float[model.values().get(tensor).length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() / 8;
      }
      others.put(tensor, values);
    }
    others.forEach(changed::setWeight);
    LanguageModel loaded = LanguageModel.load(
        ModelConfig.parse(Path.of("config.json"), model.config()), source(model).with(others), Workers.CALLER);
    assertThat(logits(changed, tokens(10))).isDeepEqualTo(logits(loaded, tokens(10)));
  }

  @Test
  void tiedWeightsMayHaveEitherName() {
    TinyModel model = TinyModels.of("llama tied");
    TinyModel other = model.renamed(name -> name.equals("model.embed_tokens.weight") ? "lm_head.weight" : name);
    assertThat(load(other).head().name()).isEqualTo("lm_head.weight");
    assertThat(logits(load(other), tokens(9))).isDeepEqualTo(logits(load(model), tokens(9)));
  }

  @Test
  void namesMayLackTheModelsPart() {
    for (String name : List.of("llama", "gpt2", "gpt_neox")) {
      TinyModel model = TinyModels.of(name);
      TinyModel other = model.renamed(tensor -> tensor.replaceFirst("^(model|transformer|gpt_neox)\\.", ""));
      assertThat(load(other).linearLayers().getFirst().name()).doesNotStartWith("model.").matches("(layers|h)\\.0\\..*");
      assertThat(logits(load(other), tokens(9))).isDeepEqualTo(logits(load(model), tokens(9)));
    }
  }

  @Test
  void wrongTokensAreRefused() {
    LanguageModel model = load(TinyModels.of("gpt2"));
    assertThatThrownBy(() -> logits(model)).isInstanceOf(IllegalArgumentException.class).hasMessage("no tokens");
    assertThatThrownBy(() -> logits(model, 3, TinyModels.VOCABULARY)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token 131 is not in the vocabulary of 131");
    assertThatThrownBy(() -> logits(model, tokens(129))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("129 tokens are more than the model's 128 positions");
    assertThatThrownBy(() -> model.setWeight("nothing", 1)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no linear layer nothing");
    assertThatThrownBy(() -> model.setWeight("transformer.h.0.mlp.c_fc.weight", 1))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("1 values are not a matrix of 192 x 48");
  }

  private static void refused(TinyModel model, String message) {
    assertThatThrownBy(() -> load(model)).isInstanceOf(ModelFormatException.class).hasMessage("config.json: " + message);
  }

  @Test
  void modelsThatDoNotFitTheirConfigurationAreRefused() {
    TinyModel llama = TinyModels.of("llama");
    refused(
        llama.renamed(name -> name.equals("model.layers.1.mlp.up_proj.weight") ? null : name),
        "tensor model.layers.1.mlp.up_proj.weight is missing");
    refused(
        llama.configured("\"intermediate_size\":80", "\"intermediate_size\":81"),
        "tensor model.layers.0.mlp.gate_proj.weight has the shape [80, 48], the configuration makes it [81, 48]");
    refused(
        llama.configured("\"vocab_size\":131", "\"vocab_size\":128"),
        "vocab_size is 128, but tensor lm_head.weight has 131 rows");
    refused(llama.renamed(name -> name.equals("lm_head.weight") ? null : name), "tensor lm_head.weight is missing");
    refused(
        llama.configured("LlamaForCausalLM", "MambaForCausalLM"),
        "architecture MambaForCausalLM is not supported; supported are LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, "
            + "Qwen3ForCausalLM, Phi3ForCausalLM, GemmaForCausalLM, Gemma2ForCausalLM, GPT2LMHeadModel, GPTNeoXForCausalLM, "
            + "BertForMaskedLM, BertModel");
    refused(llama.configured("LlamaForCausalLM", "BertModel"), "BertModel is an encoder, not a causal language model");
    refused(
        TinyModels.of("llama linear").configured("\"linear\"", "\"yarn\""),
        "rope_scaling of type yarn is not supported; supported are linear, llama3");
    refused(llama.configured("\"num_key_value_heads\":2", "\"num_key_value_heads\":4"),
        "6 heads of queries cannot share 4 heads of keys");
    refused(llama.configured("\"hidden_size\":48", "\"hidden_size\":50"),
        "a state of 50 elements cannot be divided into 6 heads");
    refused(llama.configured("\"num_hidden_layers\":2", "\"num_hidden_layers\":-2"),
        "num_hidden_layers is -2, not a whole number above 0");
    refused(TinyModels.of("qwen3").configured("\"head_dim\":16", "\"head_dim\":2000000000"),
        "heads of 2000000000 elements are larger than 65536");
    refused(llama.configured("\"silu\"", "\"mish\""),
        "activation mish is not supported; supported are silu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu");
  }
}
