package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorRoleTest {
  @ParameterizedTest
  @CsvSource({
      "lm_head.weight, HEAD",
      "embed_out.weight, HEAD",
      "output.weight, HEAD",
      "model.embed_tokens.weight, TIED_EMBEDDING",
      "wte.weight, TIED_EMBEDDING",
      "transformer.word_embeddings.weight, TIED_EMBEDDING",
      "token_embd.weight, TIED_EMBEDDING",
      "bert.embeddings.word_embeddings.weight, EMBEDDING",
      "model.layers.3.self_attn.q_proj.weight, QUERY_OR_KEY",
      "blk.3.attn_k.weight, QUERY_OR_KEY",
      "encoder.layer.0.attention.self.key.weight, QUERY_OR_KEY",
      "model.layers.3.self_attn.v_proj.weight, VALUE",
      "encoder.layer.0.attention.self.value.weight, OTHER",
      "layers.0.attention.wv.weight, VALUE",
      "model.layers.3.mlp.down_proj.weight, DOWN",
      "encoder.layer.0.output.dense.weight, DOWN",
      "h.0.mlp.c_proj.weight, DOWN",
      "gpt_neox.layers.0.mlp.dense_4h_to_h.weight, DOWN",
      "model.layers.3.mlp.gate_up_proj.weight, UP",
      "encoder.layer.0.intermediate.dense.weight, INTERMEDIATE",
      "h.0.mlp.c_fc.weight, UP",
      "layers.0.feed_forward.w1.weight, UP",
      "encoder.layer.0.attention.output.dense.weight, OTHER",
      "model.layers.3.self_attn.o_proj.weight, OTHER",
      "h.0.attn.c_proj.weight, OTHER",
      "h.0.attn.c_attn.weight, OTHER",
      "conv1.weight, OTHER",
      "onnx::MatMul_787, OTHER"
  })
  void namesTellRoles(String name, TensorRole role) {
    assertThat(TensorRole.of(name)).isEqualTo(role);
  }
}
