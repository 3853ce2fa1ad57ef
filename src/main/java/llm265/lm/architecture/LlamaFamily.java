package llm265.lm.architecture;

import java.util.List;
import java.util.function.IntPredicate;
import llm265.lm.architecture.Blueprint.AttentionPlan;
import llm265.lm.architecture.Blueprint.Embeddings;
import llm265.lm.architecture.Blueprint.FeedForwardPlan;
import llm265.lm.architecture.Blueprint.HeadPlan;
import llm265.lm.architecture.Blueprint.NormPlan;
import llm265.lm.architecture.Blueprint.Sizes;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.Norm;
import llm265.lm.layer.QkvLayout;
import llm265.lm.layer.TransformerBlock.Wiring;
import llm265.lm.math.Activation;
import llm265.lm.weights.ModelConfig;

/** Llama and what was made after it: gated feed-forward layers, rotary embedding, norms by root mean square. */
final class LlamaFamily {
  private static final List<String> SEPARATE = List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
  private static final List<String> GATE_AND_UP = List.of("mlp.gate_proj", "mlp.up_proj");

  private final ModelConfig config;
  private final int hidden;
  private final int layers;
  private final int heads;

  private int headSizeIfMissing;
  private List<String> attentionInputs = SEPARATE;
  private QkvLayout layout = QkvLayout.SEPARATE;
  private boolean inputBias;
  private boolean outputBias;
  private boolean feedForwardBias;
  private boolean headNorms;
  private List<String> feedForwardInputs = GATE_AND_UP;
  private Activation activation;
  private int window;
  private IntPredicate isWindowed = layer -> true;
  private double scoreScale;
  private float scoreCap;
  private float logitCap;
  private float embeddingScale = 1;
  private Norm.Style norm = Norm.Style.RMS;
  private double epsilon = 1e-6;
  private boolean normsAfter;
  private boolean tied;

  private LlamaFamily(ModelConfig config) {
    this.config = config;
    hidden = config.size("hidden_size");
    layers = config.size("num_hidden_layers");
    heads = config.size("num_attention_heads");
  }

  static Blueprint llama(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.inputBias = config.flag("attention_bias", false);
    model.outputBias = model.inputBias;
    model.feedForwardBias = config.flag("mlp_bias", false);
    return model.blueprint();
  }

  static Blueprint mistral(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.window = config.size("sliding_window", 0);
    return model.blueprint();
  }

  static Blueprint qwen2(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.inputBias = true;
    model.windowOfUpperLayers();
    return model.blueprint();
  }

  static Blueprint qwen3(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.headSizeIfMissing = 128;
    model.inputBias = config.flag("attention_bias", false);
    model.outputBias = model.inputBias;
    model.headNorms = true;
    model.windowOfUpperLayers();
    return model.blueprint();
  }

  static Blueprint phi3(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.epsilon = 1e-5;
    model.attentionInputs = List.of("self_attn.qkv_proj");
    model.layout = QkvLayout.JOINED;
    model.feedForwardInputs = List.of("mlp.gate_up_proj");
    model.window = config.size("sliding_window", 0);
    return model.blueprint();
  }

  static Blueprint gemma(ModelConfig config) {
    return ofGemma(config).blueprint();
  }

  static Blueprint gemma2(ModelConfig config) {
    LlamaFamily model = ofGemma(config);
    model.normsAfter = true;
    model.scoreScale = 1 / Math.sqrt(config.positive("query_pre_attn_scalar", 256));
    model.scoreCap = (float) config.positive("attn_logit_softcapping", 0);
    model.logitCap = (float) config.positive("final_logit_softcapping", 0);
    model.window = config.size("sliding_window", 4096);
    model.isWindowed = layer -> layer % 2 == 0;
    return model.blueprint();
  }

  private static LlamaFamily ofGemma(ModelConfig config) {
    LlamaFamily model = new LlamaFamily(config);
    model.headSizeIfMissing = 256;
    model.inputBias = config.flag("attention_bias", false);
    model.outputBias = model.inputBias;
    model.norm = Norm.Style.RMS_ABOUT_ONE;
    model.embeddingScale = (float) Math.sqrt(model.hidden);
    // The first folders named gelu, and meant its approximation.
    model.activation = config.has("hidden_activation")
        ? Entries.activation(config, "hidden_activation", "") : Activation.GELU_TANH;
    model.tied = true;
    return model;
  }

  /** Of Qwen: the lower layers see everything. */
  private void windowOfUpperLayers() {
    if (config.flag("use_sliding_window", false)) {
      window = config.size("sliding_window", 4096);
      int lower = config.has("max_window_layers") ? config.count("max_window_layers") : 28;
      isWindowed = layer -> layer >= lower;
    }
  }

  private Blueprint blueprint() {
    int headSize = Entries.headSize(config, hidden, heads, headSizeIfMissing);
    List<String> types = config.texts("layer_types");
    if (!types.isEmpty()) {
      if (types.size() != layers) {
        throw config.fault("layer_types has " + types.size() + " entries for " + layers + " layers");
      }
      isWindowed = layer -> types.get(layer).equals("sliding_attention");
    }
    AttentionShape shape = new AttentionShape(
        heads, config.size("num_key_value_heads", heads), headSize,
        (float) (scoreScale > 0 ? scoreScale : 1 / Math.sqrt(headSize)), scoreCap, 0, true);
    AttentionPlan attention = new AttentionPlan(
        Entries.shapes(config, layers, shape, window, isWindowed),
        RotaryEntries.of(config, headSize, 1, "rope_theta", "partial_rotary_factor"), attentionInputs, layout, inputBias,
        "self_attn.o_proj", outputBias, headNorms ? "self_attn.q_norm" : null, headNorms ? "self_attn.k_norm" : null);
    FeedForwardPlan feedForward = new FeedForwardPlan(
        config.size("intermediate_size"), feedForwardInputs, "mlp.down_proj", feedForwardBias,
        activation == null ? Entries.activation(config, "hidden_act", "silu") : activation, true);
    NormPlan norms = new NormPlan(
        norm, config.positive("rms_norm_eps", epsilon), Wiring.SEQUENTIAL, "input_layernorm",
        normsAfter ? "post_attention_layernorm" : null,
        normsAfter ? "pre_feedforward_layernorm" : "post_attention_layernorm",
        normsAfter ? "post_feedforward_layernorm" : null);
    return new Blueprint(
        new Sizes(config.size("vocab_size"), hidden, layers, config.size("max_position_embeddings", 2048)), false,
        "model.layers.%d.", new Embeddings("model.embed_tokens", null, null, 0, null, embeddingScale), attention, feedForward,
        norms,
        new HeadPlan("model.norm", null, null, "lm_head", config.flag("tie_word_embeddings", tied), null, logitCap));
  }
}
