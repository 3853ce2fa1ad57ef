package llm265.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceNamesTest {
  private static final Path PATH = Path.of("m.gguf");

  private static HuggingFaceNames names(GgufBytes bytes) {
    return HuggingFaceNames.of(PATH, GgufHeader.parse(PATH, MemorySegment.ofArray(bytes.build())));
  }

  private static GgufBytes model(String architecture) {
    return new GgufBytes().text("general.architecture", architecture).u32(architecture + ".attention.head_count", 8);
  }

  @ParameterizedTest
  @CsvSource({
    "token_embd.weight, model.embed_tokens.weight",
    "output_norm.weight, model.norm.weight",
    "output.weight, lm_head.weight",
    "blk.0.attn_norm.weight, model.layers.0.input_layernorm.weight",
    "blk.31.attn_q.weight, model.layers.31.self_attn.q_proj.weight",
    "blk.31.attn_k.bias, model.layers.31.self_attn.k_proj.bias",
    "blk.1.attn_v.weight, model.layers.1.self_attn.v_proj.weight",
    "blk.1.attn_output.weight, model.layers.1.self_attn.o_proj.weight",
    "blk.1.attn_q_norm.weight, model.layers.1.self_attn.q_norm.weight",
    "blk.1.ffn_norm.weight, model.layers.1.post_attention_layernorm.weight",
    "blk.1.ffn_gate.weight, model.layers.1.mlp.gate_proj.weight",
    "blk.1.ffn_up.weight, model.layers.1.mlp.up_proj.weight",
    "blk.1.ffn_down.weight, model.layers.1.mlp.down_proj.weight"
  })
  void namesAreThoseOfHuggingFace(String gguf, String name) {
    assertThat(names(model("qwen3")).name(gguf)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "rope_freqs.weight", "blk.0.ffn_up_exps.weight", "blk.0.output.weight", "attn_q.weight", "x", "blk.0.attn_q"
  })
  void othersHaveNoCounterpart(String gguf) {
    assertThat(names(model("llama")).name(gguf)).isEmpty();
  }

  @Test
  void phi3HasGateAndUpInOneMatrix() {
    assertThat(names(model("phi3")).name("blk.2.ffn_up.weight")).contains("model.layers.2.mlp.gate_up_proj.weight");
    assertThat(names(model("phi3")).name("blk.2.attn_qkv.weight")).contains("model.layers.2.self_attn.qkv_proj.weight");
  }

  @Test
  void onlyLlamaIsPermuted() {
    HuggingFaceNames llama = names(model("llama").u32("llama.attention.head_count_kv", 2));
    assertThat(llama.permutedHeads("blk.0.attn_q.weight")).isEqualTo(8);
    assertThat(llama.permutedHeads("blk.0.attn_k.bias")).isEqualTo(2);
    assertThat(llama.permutedHeads("blk.0.attn_v.weight")).isZero();
    assertThat(names(model("llama")).permutedHeads("blk.0.attn_k.weight")).isEqualTo(8);
    assertThat(names(model("qwen2")).permutedHeads("blk.0.attn_q.weight")).isZero();
  }

  /** The converter's reshape(heads, 2, n / 2, in).swapaxes(1, 2), element by element. */
  @Test
  void rowsStandWhereTheConverterPutsThem() {
    int heads = 3;
    int half = 4;
    int row = 0;
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < half; i++) {
        for (int side = 0; side < 2; side++) {
          long there = (head * 2L + side) * half + i;
          assertThat(HuggingFaceNames.storedRow(there, 24, heads)).isEqualTo(row);
          row++;
        }
      }
    }
    assertThatThrownBy(() -> HuggingFaceNames.storedRow(0, 25, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HuggingFaceNames.storedRow(0, 27, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HuggingFaceNames.storedRow(24, 24, 3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherArchitecturesAndMissingHeadsAreRefused() {
    assertThatThrownBy(() -> names(model("gemma"))).isInstanceOf(ModelFormatException.class)
        .hasMessage("m.gguf: the names of tensors of architecture \"gemma\" in Hugging Face files are not known");
    assertThatThrownBy(() -> names(new GgufBytes())).isInstanceOf(ModelFormatException.class);
    assertThatThrownBy(() -> names(new GgufBytes().text("general.architecture", "llama")))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("does not say how many heads attention has");
    assertThatThrownBy(() -> names(model("llama").u32("llama.attention.head_count_kv", 0)))
        .isInstanceOf(ModelFormatException.class);
  }
}
