package llm265.reference.lm;

import java.util.List;
import java.util.Locale;

/** Random models of every architecture, with odd sizes where they may have them. */
public final class TinyModels {
  public static final int VOCABULARY = 131;

  private static final int LAYERS = 2;
  private static final int HEADS = 6;
  private static final int KV_HEADS = 2;

  private final int hidden;
  private final int inner;
  /** Where it is not the share of the state. */
  private final int headSize;

  private TinyModels(int hidden, int inner, int headSize) {
    this.hidden = hidden;
    this.inner = inner;
    this.headSize = headSize;
  }

  /** All causal ones, by a name to show. */
  public static List<String> causal() {
    return List.of(
        "llama", "llama with biases", "llama tied", "llama 3", "llama linear", "mistral", "qwen2", "qwen3", "phi3", "gemma",
        "gemma2", "gpt2", "gpt_neox", "gpt_neox sequential");
  }

  public static TinyModel of(String name) {
    return new TinyModels(48, 80, 16).model(name);
  }

  /** With larger sizes, all of them whole blocks, and heads that are shares of the state. */
  public static TinyModel large(String name) {
    return new TinyModels(384, 512, 64).model(name);
  }

  private TinyModel model(String name) {
    return switch (name) {
      case "llama" -> llama("LlamaForCausalLM", hidden / HEADS, "", false, false);
      case "llama with biases" -> biases(
          llama("LlamaForCausalLM", hidden / HEADS, "\"attention_bias\":true,\"mlp_bias\":true,", false, false), true);
      case "llama tied" -> llama(
          "LlamaForCausalLM", hidden / HEADS, "\"tie_word_embeddings\":true,\"rope_theta\":500.0,", true, false);
      case "llama 3" -> llama(
          "LlamaForCausalLM", 20, "\"head_dim\":20,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,"
              + "\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,\"original_max_position_embeddings\":64},", false, false);
      case "llama linear" -> llama(
          "LlamaForCausalLM", hidden / HEADS, "\"rope_scaling\":{\"type\":\"linear\",\"factor\":2.5},", false, false);
      case "mistral" -> llama(
          "MistralForCausalLM", headSize, "\"head_dim\":" + headSize + ",\"sliding_window\":7,", false, false);
      case "qwen2" -> biases(
          llama("Qwen2ForCausalLM", hidden / HEADS, "\"use_sliding_window\":false,\"sliding_window\":4,", false, false),
          false);
      case "qwen3" -> llama("Qwen3ForCausalLM", headSize, "\"head_dim\":" + headSize + ",", false, true);
      case "phi3" -> phi3();
      case "gemma" -> llama("GemmaForCausalLM", headSize, "\"head_dim\":" + headSize + ",\"hidden_act\":\"gelu\",", true, false);
      case "gemma2" -> gemma2();
      case "gpt2" -> gpt2();
      case "gpt_neox" -> neox(true);
      case "gpt_neox sequential" -> neox(false);
      case "bert" -> bert("BertForMaskedLM", "bert.");
      case "sentence encoder" -> bert("BertModel", "");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String head(String architecture) {
    String type = architecture.equals("GPTNeoXForCausalLM") ? "gpt_neox"
        : architecture.replaceFirst("For.*|Model|LMHead.*", "").toLowerCase(Locale.ROOT);
    return "{\"architectures\":[\"" + architecture + "\"],\"model_type\":\"" + type
        + "\",\"bos_token_id\":0,\"eos_token_id\":0,";
  }

  private String config(String architecture, String more) {
    return head(architecture) + "\"hidden_act\":\"silu\",\"rope_theta\":10000.0," + more
        + "\"hidden_size\":" + hidden + ",\"num_hidden_layers\":" + LAYERS
        + ",\"num_attention_heads\":" + HEADS + ",\"num_key_value_heads\":" + KV_HEADS + ",\"intermediate_size\":" + inner
        + ",\"vocab_size\":" + VOCABULARY + ",\"rms_norm_eps\":1e-5,\"max_position_embeddings\":256}";
  }

  private TinyModel llama(String architecture, int size, String more, boolean tied, boolean headNorms) {
    TinyModel model = new TinyModel(config(architecture, more), 1);
    model.table("model.embed_tokens.weight", VOCABULARY, hidden);
    for (int layer = 0; layer < LAYERS; layer++) {
      String p = "model.layers." + layer + ".";
      model.vector(p + "input_layernorm.weight", hidden, architecture.startsWith("Gemma") ? 0 : 1);
      model.matrix(p + "self_attn.q_proj.weight", HEADS * size, hidden);
      model.matrix(p + "self_attn.k_proj.weight", KV_HEADS * size, hidden);
      model.matrix(p + "self_attn.v_proj.weight", KV_HEADS * size, hidden);
      model.matrix(p + "self_attn.o_proj.weight", hidden, HEADS * size);
      if (headNorms) {
        model.vector(p + "self_attn.q_norm.weight", size, 1);
        model.vector(p + "self_attn.k_norm.weight", size, 1);
      }
      model.vector(p + "post_attention_layernorm.weight", hidden, architecture.startsWith("Gemma") ? 0 : 1);
      model.matrix(p + "mlp.gate_proj.weight", inner, hidden);
      model.matrix(p + "mlp.up_proj.weight", inner, hidden);
      model.matrix(p + "mlp.down_proj.weight", hidden, inner);
    }
    model.vector("model.norm.weight", hidden, architecture.startsWith("Gemma") ? 0 : 1);
    return tied ? model : model.matrix("lm_head.weight", VOCABULARY, hidden);
  }

  private TinyModel biases(TinyModel model, boolean all) {
    for (String name : List.copyOf(model.shapes().keySet())) {
      if (all && name.endsWith("_proj.weight") || name.matches(".*[qkv]_proj.weight")) {
        model.vector(name.replace(".weight", ".bias"), (int) model.shapes().get(name)[0], 0);
      }
    }
    return model;
  }

  private TinyModel gemma2() {
    TinyModel model = llama(
        "Gemma2ForCausalLM", headSize, "\"head_dim\":" + headSize + ",\"hidden_activation\":\"gelu_pytorch_tanh\","
            + "\"query_pre_attn_scalar\":20,\"attn_logit_softcapping\":5.0,"
            + "\"final_logit_softcapping\":3.0,\"sliding_window\":9,", true, false);
    for (int layer = 0; layer < LAYERS; layer++) {
      model.vector("model.layers." + layer + ".pre_feedforward_layernorm.weight", hidden, 0);
      model.vector("model.layers." + layer + ".post_feedforward_layernorm.weight", hidden, 0);
    }
    return model;
  }

  private TinyModel phi3() {
    TinyModel model = new TinyModel(config("Phi3ForCausalLM", "\"sliding_window\":30,"), 2);
    int size = hidden / HEADS;
    model.table("model.embed_tokens.weight", VOCABULARY, hidden);
    for (int layer = 0; layer < LAYERS; layer++) {
      String p = "model.layers." + layer + ".";
      model.vector(p + "input_layernorm.weight", hidden, 1);
      model.matrix(p + "self_attn.qkv_proj.weight", (HEADS + 2 * KV_HEADS) * size, hidden);
      model.matrix(p + "self_attn.o_proj.weight", hidden, hidden);
      model.vector(p + "post_attention_layernorm.weight", hidden, 1);
      model.matrix(p + "mlp.gate_up_proj.weight", 2 * inner, hidden);
      model.matrix(p + "mlp.down_proj.weight", hidden, inner);
    }
    return model.vector("model.norm.weight", hidden, 1).matrix("lm_head.weight", VOCABULARY, hidden);
  }

  private TinyModel gpt2() {
    TinyModel model = new TinyModel(
        head("GPT2LMHeadModel") + "\"n_embd\":" + hidden + ",\"n_layer\":" + LAYERS + ",\"n_head\":" + HEADS
            + ",\"n_positions\":128,\"n_ctx\":128,\"vocab_size\":" + VOCABULARY + ",\"layer_norm_epsilon\":1e-5}", 3);
    model.table("transformer.wte.weight", VOCABULARY, hidden).table("transformer.wpe.weight", 128, hidden);
    for (int layer = 0; layer < LAYERS; layer++) {
      String p = "transformer.h." + layer + ".";
      model.vector(p + "ln_1.weight", hidden, 1).vector(p + "ln_1.bias", hidden, 0);
      model.matrix(p + "attn.c_attn.weight", hidden, 3 * hidden).vector(p + "attn.c_attn.bias", 3 * hidden, 0);
      model.matrix(p + "attn.c_proj.weight", hidden, hidden).vector(p + "attn.c_proj.bias", hidden, 0);
      model.vector(p + "ln_2.weight", hidden, 1).vector(p + "ln_2.bias", hidden, 0);
      model.matrix(p + "mlp.c_fc.weight", hidden, 4 * hidden).vector(p + "mlp.c_fc.bias", 4 * hidden, 0);
      model.matrix(p + "mlp.c_proj.weight", 4 * hidden, hidden).vector(p + "mlp.c_proj.bias", hidden, 0);
    }
    return model.vector("transformer.ln_f.weight", hidden, 1).vector("transformer.ln_f.bias", hidden, 0);
  }

  private TinyModel neox(boolean parallel) {
    int heads = 3;
    TinyModel model = new TinyModel(
        head("GPTNeoXForCausalLM") + "\"hidden_size\":" + hidden + ",\"num_hidden_layers\":" + LAYERS
            + ",\"num_attention_heads\":" + heads + ",\"intermediate_size\":" + inner + ",\"vocab_size\":" + VOCABULARY
            + ",\"rotary_pct\":0.25,\"layer_norm_eps\":1e-5,\"use_parallel_residual\":" + parallel + "}", 4);
    model.table("gpt_neox.embed_in.weight", VOCABULARY, hidden);
    for (int layer = 0; layer < LAYERS; layer++) {
      String p = "gpt_neox.layers." + layer + ".";
      model.vector(p + "input_layernorm.weight", hidden, 1).vector(p + "input_layernorm.bias", hidden, 0);
      model.vector(p + "post_attention_layernorm.weight", hidden, 1).vector(p + "post_attention_layernorm.bias", hidden, 0);
      linear(model, p + "attention.query_key_value", 3 * hidden, hidden);
      linear(model, p + "attention.dense", hidden, hidden);
      linear(model, p + "mlp.dense_h_to_4h", inner, hidden);
      linear(model, p + "mlp.dense_4h_to_h", hidden, inner);
    }
    model.vector("gpt_neox.final_layer_norm.weight", hidden, 1).vector("gpt_neox.final_layer_norm.bias", hidden, 0);
    return model.matrix("embed_out.weight", VOCABULARY, hidden);
  }

  private static void linear(TinyModel model, String name, int outputs, int inputs) {
    model.matrix(name + ".weight", outputs, inputs).vector(name + ".bias", outputs, 0);
  }

  private TinyModel bert(String architecture, String part) {
    TinyModel model = new TinyModel(
        head(architecture) + "\"hidden_size\":" + hidden + ",\"num_hidden_layers\":" + LAYERS
            + ",\"num_attention_heads\":" + HEADS + ",\"intermediate_size\":" + inner + ",\"vocab_size\":" + VOCABULARY
            + ",\"max_position_embeddings\":128,\"type_vocab_size\":2,\"hidden_act\":\"gelu\",\"layer_norm_eps\":1e-12}", 5);
    String e = part + "embeddings.";
    model.table(e + "word_embeddings.weight", VOCABULARY, hidden).table(e + "position_embeddings.weight", 128, hidden)
        .table(e + "token_type_embeddings.weight", 2, hidden);
    model.vector(e + "LayerNorm.weight", hidden, 1).vector(e + "LayerNorm.bias", hidden, 0);
    for (int layer = 0; layer < LAYERS; layer++) {
      String p = part + "encoder.layer." + layer + ".";
      linear(model, p + "attention.self.query", hidden, hidden);
      linear(model, p + "attention.self.key", hidden, hidden);
      linear(model, p + "attention.self.value", hidden, hidden);
      linear(model, p + "attention.output.dense", hidden, hidden);
      model.vector(p + "attention.output.LayerNorm.weight", hidden, 1).vector(p + "attention.output.LayerNorm.bias", hidden, 0);
      linear(model, p + "intermediate.dense", inner, hidden);
      linear(model, p + "output.dense", hidden, inner);
      model.vector(p + "output.LayerNorm.weight", hidden, 1).vector(p + "output.LayerNorm.bias", hidden, 0);
    }
    if (!part.isEmpty()) {
      linear(model, "cls.predictions.transform.dense", hidden, hidden);
      String n = "cls.predictions.transform.LayerNorm";
      model.vector(n + ".weight", hidden, 1).vector(n + ".bias", hidden, 0).vector("cls.predictions.bias", VOCABULARY, 0);
    }
    return model;
  }
}
