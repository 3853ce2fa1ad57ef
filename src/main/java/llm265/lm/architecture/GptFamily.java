package llm265.lm.architecture;

import java.util.List;
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
import llm265.lm.weights.ModelConfig;

/** GPT-2 and GPT-NeoX (Pythia): one layer for queries, keys and values, feed-forward layers without gate, biases everywhere. */
final class GptFamily {
  private static final double EPSILON = 1e-5;

  private GptFamily() {}

  static Blueprint gpt2(ModelConfig config) {
    if (config.flag("scale_attn_by_inverse_layer_idx", false) || !config.flag("scale_attn_weights", true)) {
      throw config.fault("GPT-2 with scores that are not scaled by the root of a head's size is not supported");
    }
    int hidden = config.size("n_embd");
    int layers = config.size("n_layer");
    int heads = config.size("n_head");
    int headSize = Entries.headSize(config, hidden, heads, 0);
    int positions = config.size("n_positions", config.size("n_ctx", 1024));
    return new Blueprint(
        new Sizes(config.size("vocab_size"), hidden, layers, positions), true, "transformer.h.%d.",
        new Embeddings("transformer.wte", "transformer.wpe", null, 0, null, 1),
        new AttentionPlan(
            Entries.shapes(config, layers, shape(heads, headSize), 0, layer -> false), null, List.of("attn.c_attn"),
            QkvLayout.JOINED, true, "attn.c_proj", true, null, null),
        new FeedForwardPlan(
            config.size("n_inner", 4 * hidden), List.of("mlp.c_fc"), "mlp.c_proj", true,
            Entries.activation(config, "activation_function", "gelu_new"), false),
        new NormPlan(
            Norm.Style.LAYER, config.positive("layer_norm_epsilon", EPSILON), Wiring.SEQUENTIAL, "ln_1", null, "ln_2", null),
        new HeadPlan("transformer.ln_f", null, null, "lm_head", config.flag("tie_word_embeddings", true), null, 0));
  }

  static Blueprint gptNeoX(ModelConfig config) {
    int hidden = config.size("hidden_size");
    int layers = config.size("num_hidden_layers");
    int heads = config.size("num_attention_heads");
    int headSize = Entries.headSize(config, hidden, heads, 0);
    boolean bias = config.flag("attention_bias", true);
    Wiring wiring = config.flag("use_parallel_residual", true) ? Wiring.PARALLEL : Wiring.SEQUENTIAL;
    return new Blueprint(
        new Sizes(config.size("vocab_size"), hidden, layers, config.size("max_position_embeddings", 2048)), false,
        "gpt_neox.layers.%d.", new Embeddings("gpt_neox.embed_in", null, null, 0, null, 1),
        new AttentionPlan(
            Entries.shapes(config, layers, shape(heads, headSize), 0, layer -> false),
            RotaryEntries.of(config, headSize, 0.25, "rotary_emb_base", "rotary_pct"), List.of("attention.query_key_value"),
            QkvLayout.BY_HEAD, bias, "attention.dense", bias, null, null),
        new FeedForwardPlan(
            config.size("intermediate_size"), List.of("mlp.dense_h_to_4h"), "mlp.dense_4h_to_h", true,
            Entries.activation(config, "hidden_act", "gelu"), false),
        new NormPlan(
            Norm.Style.LAYER, config.positive("layer_norm_eps", EPSILON), wiring, "input_layernorm", null,
            "post_attention_layernorm", null),
        new HeadPlan("gpt_neox.final_layer_norm", null, null, "embed_out", config.flag("tie_word_embeddings", false), null, 0));
  }

  private static AttentionShape shape(int heads, int headSize) {
    return new AttentionShape(heads, heads, headSize, (float) (1 / Math.sqrt(headSize)), 0, 0, true);
  }
}
