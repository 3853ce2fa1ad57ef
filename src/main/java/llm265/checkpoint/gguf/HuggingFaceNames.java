package llm265.checkpoint.gguf;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.checkpoint.file.ModelFormatException;

/**
 * What tensors of a GGUF file are called in the Hugging Face files that it was made from, and in which order their rows stand
 * there. For language models of the llama family: architectures llama, qwen2, qwen3, qwen3moe and phi3.
 *
 * <p>llama.cpp's converter permutes the rows of query and key projections of architecture llama, so that the two channels that
 * rotate together are neighbours. A head's rows r and r + n/2, of n, become 2r and 2r + 1.
 *
 * <p>Other architectures are refused. Gemma's files keep norms with 1 added, and GPT-2's keep matrices transposed: names and an
 * order of rows would not do for them.
 */
public final class HuggingFaceNames {
  private static final String PERMUTED = "llama";
  private static final Set<String> ARCHITECTURES = Set.of(PERMUTED, "qwen2", "qwen3", "qwen3moe", "phi3");
  private static final Map<String, String> WHOLE =
      Map.of("token_embd", "model.embed_tokens", "output_norm", "model.norm", "output", "lm_head");
  private static final Map<String, String> LAYER = Map.ofEntries(
      Map.entry("attn_norm", "input_layernorm"), Map.entry("attn_q", "self_attn.q_proj"), Map.entry("attn_k", "self_attn.k_proj"),
      Map.entry("attn_v", "self_attn.v_proj"), Map.entry("attn_qkv", "self_attn.qkv_proj"),
      Map.entry("attn_output", "self_attn.o_proj"), Map.entry("attn_q_norm", "self_attn.q_norm"),
      Map.entry("attn_k_norm", "self_attn.k_norm"), Map.entry("ffn_norm", "post_attention_layernorm"),
      Map.entry("ffn_gate", "mlp.gate_proj"), Map.entry("ffn_up", "mlp.up_proj"), Map.entry("ffn_down", "mlp.down_proj"),
      Map.entry("ffn_gate_inp", "mlp.gate"));
  /** phi3 has gate and up in one matrix, which GGUF files call up. */
  private static final String PHI3 = "phi3";
  private static final Pattern NAME = Pattern.compile("(?:blk\\.(\\d+)\\.)?(\\w+)\\.(weight|bias)");

  private final String architecture;
  private final int heads;
  private final int keyHeads;

  private HuggingFaceNames(String architecture, int heads, int keyHeads) {
    this.architecture = architecture;
    this.heads = heads;
    this.keyHeads = keyHeads;
  }

  /**
   * The names for a file.
   *
   * @param path the file, for messages
   * @throws ModelFormatException if its architecture is another, or it does not say how many heads it has
   */
  public static HuggingFaceNames of(Path path, GgufHeader header) {
    String architecture = header.architecture().orElse("");
    if (!ARCHITECTURES.contains(architecture)) {
      throw new ModelFormatException(path, "the names of tensors of architecture "
          + ModelFormatException.quote(architecture) + " in Hugging Face files are not known");
    }
    if (!architecture.equals(PERMUTED)) {
      return new HuggingFaceNames(architecture, 0, 0);
    }
    long heads = header.ofArchitecture("attention.head_count").orElse(0);
    OptionalLong keyHeads = header.ofArchitecture("attention.head_count_kv");
    if (heads < 1 || heads > Integer.MAX_VALUE || keyHeads.orElse(heads) < 1 || keyHeads.orElse(heads) > heads) {
      throw new ModelFormatException(path, "does not say how many heads attention has, one number for all layers");
    }
    return new HuggingFaceNames(architecture, (int) heads, (int) keyHeads.orElse(heads));
  }

  /**
   * The name in Hugging Face files.
   *
   * @return empty if those have no such tensor, as for {@code rope_freqs.weight}, or have it in several, as for experts
   */
  public Optional<String> name(String ggufName) {
    Matcher parts = NAME.matcher(ggufName);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String layer = parts.group(1);
    String part = layer == null ? WHOLE.get(parts.group(2)) : LAYER.get(parts.group(2));
    if (part == null) {
      return Optional.empty();
    }
    if (layer != null) {
      part = "model.layers." + layer + "." + (isGateAndUp(parts.group(2)) ? "mlp.gate_up_proj" : part);
    }
    return Optional.of(part + "." + parts.group(3));
  }

  private boolean isGateAndUp(String part) {
    return architecture.equals(PHI3) && part.equals("ffn_up");
  }

  /** How many heads a tensor's rows are permuted in; 0 if its rows stand in the same order as in Hugging Face files. */
  public int permutedHeads(String ggufName) {
    Matcher parts = NAME.matcher(ggufName);
    if (heads == 0 || !parts.matches() || parts.group(1) == null) {
      return 0;
    }
    return switch (parts.group(2)) {
      case "attn_q" -> heads;
      case "attn_k" -> keyHeads;
      default -> 0;
    };
  }

  /**
   * The row of a GGUF file's permuted tensor that is a given row in Hugging Face files.
   *
   * @param row from 0
   * @param rows of the tensor, a multiple of twice the heads
   * @param heads from {@link #permutedHeads}, 1 or more
   * @throws IllegalArgumentException if there are no such rows
   */
  public static long storedRow(long row, long rows, int heads) {
    long inHead = rows / heads;
    if (row < 0 || row >= rows || inHead * heads != rows || inHead % 2 != 0) {
      throw new IllegalArgumentException("row " + row + " of " + rows + " in " + heads + " heads");
    }
    long half = inHead / 2;
    long at = row % inHead;
    return row - at + 2 * (at % half) + at / half;
  }
}
