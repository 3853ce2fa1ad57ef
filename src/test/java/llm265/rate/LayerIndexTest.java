package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerIndexTest {
  @ParameterizedTest
  @CsvSource({
    "model.layers.7.mlp.down_proj.weight, 7",
    "encoder.layer.11.attention.self.query.weight, 11",
    "transformer.h.0.attn.c_attn.weight, 0",
    "h.23.mlp.c_fc.weight, 23",
    "blocks.5.attn.qkv.weight, 5",
    "vision.transformer.resblocks.3.mlp.weight, 3",
    "blk.31.ffn_up.weight, 31",
    "layers/4/mlp/kernel, 4",
    "decoder.block.2.layer.0.SelfAttention.q.weight, 2",
    "model.layers.9, 9"
  })
  void indexFollowsTheWordForLayers(String name, int layer) {
    assertThat(LayerIndex.of(name)).hasValue(layer);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "lm_head.weight", "model.embed_tokens.weight", "players.3.weight", "layers.weight", "layers.x.3", "conv.3.weight",
    "graph.3.weight", "layers.12345678901.weight"
  })
  void otherNamesHaveNone(String name) {
    assertThat(LayerIndex.of(name)).isEmpty();
  }
}
