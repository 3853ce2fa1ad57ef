package llm265.jmh;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import llm265.lm.weights.WeightSource;

/** Random weights of a BertModel of BERT-base's size. */
final class RandomBert implements WeightSource {
  static final int LAYERS = 12;
  static final int HEADS = 12;
  static final int VOCABULARY = 30_522;
  static final String CONFIG = """
      {"architectures":["BertModel"],"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,
      "intermediate_size":3072,"vocab_size":30522,"max_position_embeddings":512,"type_vocab_size":2,"hidden_act":"gelu",
      "layer_norm_eps":1e-12}""";

  private static final int HIDDEN = 768;
  private static final int INNER = 3072;
  private static final Pattern NAMES = Pattern.compile("(?:embeddings|encoder)\\..*");

  @Override
  public Set<String> names() {
    return Set.of();
  }

  @Override
  public boolean has(String name) {
    return NAMES.matcher(name).matches();
  }

  @Override
  public long[] shape(String name) {
    boolean inner = name.contains(".intermediate.");
    if (name.contains("LayerNorm") || name.endsWith(".bias")) {
      return new long[] {inner ? INNER : HIDDEN};
    }
    return switch (name) {
      case "embeddings.word_embeddings.weight" -> new long[] {VOCABULARY, HIDDEN};
      case "embeddings.position_embeddings.weight" -> new long[] {512, HIDDEN};
      case "embeddings.token_type_embeddings.weight" -> new long[] {2, HIDDEN};
      default -> new long[] {inner ? INNER : HIDDEN, !name.contains("attention") && !inner ? INNER : HIDDEN};
    };
  }

  @Override
  public float[] read(String name) {
    long[] shape = shape(name);
    float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    Random random = new Random(name.hashCode());
    boolean isNorm = name.endsWith("LayerNorm.weight");
    for (int i = 0; i < values.length; i++) {
      values[i] = isNorm ? 1 : 0.04f * (random.nextFloat() - 0.5f);
    }
    return values;
  }
}
