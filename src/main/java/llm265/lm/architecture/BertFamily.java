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

/** BERT: attention in both directions, norms after sums, and a head for masked tokens or none. */
final class BertFamily {
  private BertFamily() {}

  static Blueprint withHead(ModelConfig config) {
    return blueprint(
        config,
        new HeadPlan(
            null, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder",
            config.flag("tie_word_embeddings", true), "cls.predictions.bias", 0));
  }

  static Blueprint withoutHead(ModelConfig config) {
    return blueprint(config, new HeadPlan(null, null, null, null, false, null, 0));
  }

  private static Blueprint blueprint(ModelConfig config, HeadPlan head) {
    String positions = config.text("position_embedding_type", "absolute");
    if (!positions.equals("absolute")) {
      throw config.fault("position_embedding_type " + positions + " is not supported; supported is absolute");
    }
    int hidden = config.size("hidden_size");
    int layers = config.size("num_hidden_layers");
    int heads = config.size("num_attention_heads");
    int headSize = Entries.headSize(config, hidden, heads, 0);
    AttentionShape shape = new AttentionShape(heads, heads, headSize, (float) (1 / Math.sqrt(headSize)), 0, 0, false);
    return new Blueprint(
        new Sizes(config.size("vocab_size"), hidden, layers, config.size("max_position_embeddings", 512)), false,
        "bert.encoder.layer.%d.",
        new Embeddings(
            "bert.embeddings.word_embeddings", "bert.embeddings.position_embeddings", "bert.embeddings.token_type_embeddings",
            config.size("type_vocab_size", 2), "bert.embeddings.LayerNorm", 1),
        new AttentionPlan(
            Entries.shapes(config, layers, shape, 0, layer -> false), null,
            List.of("attention.self.query", "attention.self.key", "attention.self.value"), QkvLayout.SEPARATE, true,
            "attention.output.dense", true, null, null),
        new FeedForwardPlan(
            config.size("intermediate_size"), List.of("intermediate.dense"), "output.dense", true,
            Entries.activation(config, "hidden_act", "gelu"), false),
        new NormPlan(
            Norm.Style.LAYER, config.positive("layer_norm_eps", 1e-12), Wiring.NORM_AFTER_SUM, null,
            "attention.output.LayerNorm", null, "output.LayerNorm"),
        head);
  }
}
