package llm265.reference.lm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;

/**
 * The architectures once more, as their papers and configurations define them: one token after the other, in binary64, nothing
 * fast and nothing shared with what is tested.
 */
public final class ReferenceTransformer {
  private final JsonNode config;
  private final Map<String, float[]> tensors;
  private final int hidden;
  private final int heads;
  private final int layers;
  private final String architecture;

  public ReferenceTransformer(TinyModel model) {
    try {
      config = new ObjectMapper().readTree(model.config());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tensors = model.values();
    hidden = config.path("hidden_size").asInt(config.path("n_embd").asInt());
    heads = config.path("num_attention_heads").asInt(config.path("n_head").asInt());
    layers = config.path("num_hidden_layers").asInt(config.path("n_layer").asInt());
    architecture = config.get("architectures").get(0).asText();
  }

  /** Logits of a causal model, tokens x vocabulary. */
  public double[][] logits(int... tokens) {
    return switch (architecture) {
      case "GPT2LMHeadModel" -> gpt2(tokens);
      case "GPTNeoXForCausalLM" -> neox(tokens);
      default -> llama(tokens);
    };
  }

  private double[] linear(String name, double[] x) {
    float[] w = tensors.get(name + ".weight");
    float[] b = tensors.get(name + ".bias");
    double[] y = new double[w.length / x.length];
    for (int n = 0; n < y.length; n++) {
      for (int k = 0; k < x.length; k++) {
        y[n] += w[n * x.length + k] * x[k];
      }
      y[n] += b == null ? 0 : b[n];
    }
    return y;
  }

  private double[] conv(String name, double[] x) {
    float[] w = tensors.get(name + ".weight");
    float[] b = tensors.get(name + ".bias");
    double[] y = new double[b.length];
    for (int n = 0; n < y.length; n++) {
      y[n] = b[n];
      for (int k = 0; k < x.length; k++) {
        y[n] += w[k * y.length + n] * x[k];
      }
    }
    return y;
  }

  private double[] row(String table, int index) {
    double[] row = new double[hidden];
    for (int i = 0; i < hidden; i++) {
      row[i] = tensors.get(table)[index * hidden + i];
    }
    return row;
  }

  private double[] rms(String name, double... x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double root = Math.sqrt(squares / x.length + config.path("rms_norm_eps").asDouble());
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / root * ((architecture.startsWith("Gemma") ? 1 : 0) + tensors.get(name + ".weight")[i]);
    }
    return y;
  }

  private double[] layerNorm(String name, double... x) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double epsilon = config.path("layer_norm_eps").asDouble(config.path("layer_norm_epsilon").asDouble());
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * tensors.get(name + ".weight")[i] + tensors.get(name + ".bias")[i];
    }
    return y;
  }

  private static double[] sum(double[]... terms) {
    double[] sum = new double[terms[0].length];
    for (double[] term : terms) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += term[i];
      }
    }
    return sum;
  }

  private static double[] map(double[] x, DoubleUnaryOperator function) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = function.applyAsDouble(x[i]);
    }
    return y;
  }

  private static double[] part(double[] x, int from, int count) {
    double[] y = new double[count];
    System.arraycopy(x, from, y, 0, count);
    return y;
  }

  private static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  private static double geluTanh(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** With the series of the error function. */
  private static double gelu(double x) {
    double z = Math.max(-6, Math.min(6, x)) / Math.sqrt(2);
    double term = z;
    double sum = z;
    for (int n = 1; n < 100; n++) {
      term *= -z * z / n;
      sum += term / (2 * n + 1);
    }
    return x / 2 * (1 + sum * 2 / Math.sqrt(Math.PI));
  }

  /** The frequency of pair i of a head, after scaling. */
  private double frequency(int i, int rotated) {
    double frequency = Math.pow(config.path("rope_theta").asDouble(10000), -2.0 * i / rotated);
    JsonNode scaling = config.path("rope_scaling");
    double factor = scaling.path("factor").asDouble(1);
    if (scaling.has("rope_type")) {
      double wavelength = 2 * Math.PI / frequency;
      double original = scaling.get("original_max_position_embeddings").asDouble();
      double low = scaling.get("low_freq_factor").asDouble();
      double high = scaling.get("high_freq_factor").asDouble();
      if (wavelength < original / high) {
        return frequency;
      }
      if (wavelength > original / low) {
        return frequency / factor;
      }
      double smooth = (original / wavelength - low) / (high - low);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
    return frequency / factor;
  }

  private void rotate(double[] head, int position, int rotated) {
    for (int i = 0; i < rotated / 2; i++) {
      double angle = position * frequency(i, rotated);
      double a = head[i];
      double b = head[i + rotated / 2];
      head[i] = a * Math.cos(angle) - b * Math.sin(angle);
      head[i + rotated / 2] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }

  /** Queries, keys and values by token and head to results by token; {@code first} and {@code end} bound what a token sees. */
  private static double[][] attention(
      double[][][] q, double[][][] k, double[][][] v, double scale, double cap, IntUnaryOperator first, IntUnaryOperator end) {
    int group = q[0].length / k[0].length;
    int size = q[0][0].length;
    double[][] results = new double[q.length][q[0].length * size];
    for (int t = 0; t < q.length; t++) {
      for (int h = 0; h < q[0].length; h++) {
        double total = 0;
        double[] result = new double[size];
        for (int s = first.applyAsInt(t); s < end.applyAsInt(t); s++) {
          double score = 0;
          for (int i = 0; i < size; i++) {
            score += q[t][h][i] * k[s][h / group][i];
          }
          score *= scale;
          double e = Math.exp(cap > 0 ? cap * Math.tanh(score / cap) : score);
          total += e;
          for (int i = 0; i < size; i++) {
            result[i] += e * v[s][h / group][i];
          }
        }
        for (int i = 0; i < size; i++) {
          results[t][h * size + i] = result[i] / total;
        }
      }
    }
    return results;
  }

  private double[][] llama(int... tokens) {
    boolean gemma = architecture.startsWith("Gemma");
    boolean gemma2 = architecture.startsWith("Gemma2");
    int kvHeads = config.get("num_key_value_heads").asInt();
    int size = config.path("head_dim").asInt(hidden / heads);
    int n = tokens.length;
    double[][] x = new double[n][];
    for (int t = 0; t < n; t++) {
      x[t] = map(row("model.embed_tokens.weight", tokens[t]), value -> gemma ? value * Math.sqrt(hidden) : value);
    }
    for (int layer = 0; layer < layers; layer++) {
      String p = "model.layers." + layer + ".";
      double[][][] q = new double[n][heads][];
      double[][][] k = new double[n][kvHeads][];
      double[][][] v = new double[n][kvHeads][];
      for (int t = 0; t < n; t++) {
        double[] y = rms(p + "input_layernorm", x[t]);
        boolean joined = tensors.containsKey(p + "self_attn.qkv_proj.weight");
        double[] all = joined ? linear(p + "self_attn.qkv_proj", y) : null;
        double[] qs = joined ? part(all, 0, heads * size) : linear(p + "self_attn.q_proj", y);
        double[] ks = joined ? part(all, heads * size, kvHeads * size) : linear(p + "self_attn.k_proj", y);
        double[] vs = joined ? part(all, (heads + kvHeads) * size, kvHeads * size) : linear(p + "self_attn.v_proj", y);
        boolean norms = tensors.containsKey(p + "self_attn.q_norm.weight");
        for (int h = 0; h < heads; h++) {
          q[t][h] = part(qs, h * size, size);
          q[t][h] = norms ? rms(p + "self_attn.q_norm", q[t][h]) : q[t][h];
          rotate(q[t][h], t, size);
        }
        for (int h = 0; h < kvHeads; h++) {
          k[t][h] = part(ks, h * size, size);
          k[t][h] = norms ? rms(p + "self_attn.k_norm", k[t][h]) : k[t][h];
          rotate(k[t][h], t, size);
          v[t][h] = part(vs, h * size, size);
        }
      }
      boolean windowed = !architecture.startsWith("Qwen") && config.has("sliding_window") && (!gemma2 || layer % 2 == 0);
      int window = windowed ? config.get("sliding_window").asInt() : n;
      double scale = 1 / Math.sqrt(config.path("query_pre_attn_scalar").asDouble(size));
      double cap = config.path("attn_logit_softcapping").asDouble(0);
      double[][] attended = attention(q, k, v, scale, cap, t -> Math.max(0, t - window + 1), t -> t + 1);
      for (int t = 0; t < n; t++) {
        double[] a = linear(p + "self_attn.o_proj", attended[t]);
        x[t] = sum(x[t], gemma2 ? rms(p + "post_attention_layernorm", a) : a);
        double[] y = rms(p + (gemma2 ? "pre_feedforward_layernorm" : "post_attention_layernorm"), x[t]);
        double[] f = gated(p, y, gemma);
        x[t] = sum(x[t], gemma2 ? rms(p + "post_feedforward_layernorm", f) : f);
      }
    }
    double[][] logits = new double[n][];
    double cap = config.path("final_logit_softcapping").asDouble(0);
    for (int t = 0; t < n; t++) {
      String head = tensors.containsKey("lm_head.weight") ? "lm_head" : "model.embed_tokens";
      double[] y = linear(head, rms("model.norm", x[t]));
      logits[t] = cap > 0 ? map(y, value -> cap * Math.tanh(value / cap)) : y;
    }
    return logits;
  }

  private double[] gated(String p, double[] x, boolean gemma) {
    boolean joined = tensors.containsKey(p + "mlp.gate_up_proj.weight");
    double[] both = joined ? linear(p + "mlp.gate_up_proj", x) : null;
    double[] gate = joined ? part(both, 0, both.length / 2) : linear(p + "mlp.gate_proj", x);
    double[] up = joined ? part(both, both.length / 2, both.length / 2) : linear(p + "mlp.up_proj", x);
    double[] y = map(gate, gemma ? ReferenceTransformer::geluTanh : ReferenceTransformer::silu);
    for (int i = 0; i < y.length; i++) {
      y[i] *= up[i];
    }
    return linear(p + "mlp.down_proj", y);
  }

  private double[][] gpt2(int... tokens) {
    int n = tokens.length;
    int size = hidden / heads;
    double[][] x = new double[n][];
    for (int t = 0; t < n; t++) {
      x[t] = sum(row("transformer.wte.weight", tokens[t]), row("transformer.wpe.weight", t));
    }
    for (int layer = 0; layer < layers; layer++) {
      String p = "transformer.h." + layer + ".";
      double[][][][] qkv = new double[3][n][heads][];
      for (int t = 0; t < n; t++) {
        double[] all = conv(p + "attn.c_attn", layerNorm(p + "ln_1", x[t]));
        for (int i = 0; i < 3 * heads; i++) {
          qkv[i / heads][t][i % heads] = part(all, i * size, size);
        }
      }
      double[][] attended = attention(qkv[0], qkv[1], qkv[2], 1 / Math.sqrt(size), 0, t -> 0, t -> t + 1);
      for (int t = 0; t < n; t++) {
        x[t] = sum(x[t], conv(p + "attn.c_proj", attended[t]));
        double[] inner = map(conv(p + "mlp.c_fc", layerNorm(p + "ln_2", x[t])), ReferenceTransformer::geluTanh);
        x[t] = sum(x[t], conv(p + "mlp.c_proj", inner));
      }
    }
    double[][] logits = new double[n][];
    for (int t = 0; t < n; t++) {
      logits[t] = linear("transformer.wte", layerNorm("transformer.ln_f", x[t]));
    }
    return logits;
  }

  private double[][] neox(int... tokens) {
    int n = tokens.length;
    int size = hidden / heads;
    int rotated = (int) (size * config.get("rotary_pct").asDouble());
    double[][] x = new double[n][];
    for (int t = 0; t < n; t++) {
      x[t] = row("gpt_neox.embed_in.weight", tokens[t]);
    }
    for (int layer = 0; layer < layers; layer++) {
      String p = "gpt_neox.layers." + layer + ".";
      double[][][][] qkv = new double[3][n][heads][];
      for (int t = 0; t < n; t++) {
        double[] all = linear(p + "attention.query_key_value", layerNorm(p + "input_layernorm", x[t]));
        for (int i = 0; i < 3 * heads; i++) {
          qkv[i % 3][t][i / 3] = part(all, i * size, size);
          if (i % 3 < 2) {
            rotate(qkv[i % 3][t][i / 3], t, rotated);
          }
        }
      }
      double[][] attended = attention(qkv[0], qkv[1], qkv[2], 1 / Math.sqrt(size), 0, t -> 0, t -> t + 1);
      for (int t = 0; t < n; t++) {
        double[] a = linear(p + "attention.dense", attended[t]);
        double[] before = config.get("use_parallel_residual").asBoolean() ? x[t] : sum(x[t], a);
        double[] inner = map(
            linear(p + "mlp.dense_h_to_4h", layerNorm(p + "post_attention_layernorm", before)), ReferenceTransformer::gelu);
        x[t] = sum(x[t], a, linear(p + "mlp.dense_4h_to_h", inner));
      }
    }
    double[][] logits = new double[n][];
    for (int t = 0; t < n; t++) {
      logits[t] = linear("embed_out", layerNorm("gpt_neox.final_layer_norm", x[t]));
    }
    return logits;
  }

  /** Last states of BERT, tokens x hidden. */
  public double[][] bert(int[] tokens, int[] types) {
    String part = tensors.containsKey("embeddings.LayerNorm.weight") ? "" : "bert.";
    int n = tokens.length;
    int size = hidden / heads;
    double[][] x = new double[n][];
    for (int t = 0; t < n; t++) {
      x[t] = layerNorm(
          part + "embeddings.LayerNorm",
          sum(
              row(part + "embeddings.word_embeddings.weight", tokens[t]), row(part + "embeddings.position_embeddings.weight", t),
              row(part + "embeddings.token_type_embeddings.weight", types[t])));
    }
    for (int layer = 0; layer < layers; layer++) {
      String p = part + "encoder.layer." + layer + ".";
      double[][][][] qkv = new double[3][n][heads][];
      String[] names = {"query", "key", "value"};
      for (int t = 0; t < n; t++) {
        for (int i = 0; i < 3 * heads; i++) {
          qkv[i % 3][t][i / 3] = part(linear(p + "attention.self." + names[i % 3], x[t]), i / 3 * size, size);
        }
      }
      double[][] attended = attention(qkv[0], qkv[1], qkv[2], 1 / Math.sqrt(size), 0, t -> 0, t -> n);
      for (int t = 0; t < n; t++) {
        x[t] = layerNorm(p + "attention.output.LayerNorm", sum(x[t], linear(p + "attention.output.dense", attended[t])));
        double[] inner = map(linear(p + "intermediate.dense", x[t]), ReferenceTransformer::gelu);
        x[t] = layerNorm(p + "output.LayerNorm", sum(x[t], linear(p + "output.dense", inner)));
      }
    }
    return x;
  }

  /** Logits of BERT's head for masked tokens, of one state. */
  public double[] masked(double... state) {
    double[] y = layerNorm(
        "cls.predictions.transform.LayerNorm",
        map(linear("cls.predictions.transform.dense", state), ReferenceTransformer::gelu));
    double[] logits = linear("bert.embeddings.word_embeddings", y);
    for (int i = 0; i < logits.length; i++) {
      logits[i] += tensors.get("cls.predictions.bias")[i];
    }
    return logits;
  }
}
