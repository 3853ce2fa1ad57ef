package llm265.reference.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.lm.weights.WeightSource;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Hugging Face's BertModel in the operations of PyTorch, on one thread: what `llm265.lm.Encoder` is held and timed against. */
public final class TorchBert implements AutoCloseable {
  private static final double NORM_EPSILON = 1e-12;

  private final WeightSource weights;
  private final int heads;
  private final int hidden;
  private final List<Tensor> kept = new ArrayList<>();
  private final Tensor[] embeddings;
  private final Tensor[][] layers;

  /** Loads the weights of a BertModel, named without a part before them. */
  public TorchBert(WeightSource weights, int layers, int heads) {
    this.weights = weights;
    this.heads = heads;
    hidden = Math.toIntExact(weights.shape("embeddings.word_embeddings.weight")[1]);
    torch.set_num_threads(1);
    embeddings = tensors("embeddings.", "word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
        "LayerNorm.weight", "LayerNorm.bias");
    this.layers = new Tensor[layers][];
    for (int i = 0; i < layers; i++) {
      this.layers[i] = tensors("encoder.layer." + i + ".",
          "attention.self.query.weight", "attention.self.query.bias", "attention.self.key.weight", "attention.self.key.bias",
          "attention.self.value.weight", "attention.self.value.bias",
          "attention.output.dense.weight", "attention.output.dense.bias",
          "attention.output.LayerNorm.weight", "attention.output.LayerNorm.bias",
          "intermediate.dense.weight", "intermediate.dense.bias", "output.dense.weight", "output.dense.bias",
          "output.LayerNorm.weight", "output.LayerNorm.bias");
    }
  }

  private Tensor[] tensors(String prefix, String... names) {
    return Arrays.stream(names).map(name -> tensor(weights.read(prefix + name), weights.shape(prefix + name)))
        .toArray(Tensor[]::new);
  }

  private Tensor tensor(float[] values, long... shape) {
    try (PointerScope scope = new PointerScope()) {
      Tensor copy = torch.from_blob(new FloatPointer(values), shape, new TensorOptions(torch.ScalarType.Float)).clone();
      copy.retainReference();
      kept.add(copy);
      return copy;
    }
  }

  private static Tensor indices(int... values) {
    long[] wide = Arrays.stream(values).asLongStream().toArray();
    return torch.from_blob(
        new LongPointer(wide), new long[] {wide.length}, new TensorOptions(torch.ScalarType.Long)).clone();
  }

  /** The states of tokens after the last layer, {@code tokens x hidden}. */
  public float[] states(int[] tokens, int[] types) {
    GradMode.set_enabled(false);
    try (PointerScope scope = new PointerScope()) {
      int[] positions = new int[tokens.length];
      Arrays.setAll(positions, i -> i);
      Tensor x = torch.embedding(embeddings[0], indices(tokens)).add(torch.embedding(embeddings[1], indices(positions)))
          .add(torch.embedding(embeddings[2], indices(types)));
      x = norm(x, embeddings[3], embeddings[4]);
      for (Tensor[] layer : layers) {
        x = block(x, layer, tokens.length);
      }
      float[] states = new float[tokens.length * hidden];
      x.contiguous().data_ptr_float().get(states);
      return states;
    } finally {
      GradMode.set_enabled(true);
    }
  }

  private Tensor block(Tensor x, Tensor[] w, int tokens) {
    Tensor attended = torch.scaled_dot_product_attention(
        split(linear(x, w, 0), tokens), split(linear(x, w, 2), tokens), split(linear(x, w, 4), tokens), new TensorOptional(), 0,
        false, new DoubleOptional(), false);
    Tensor joined = attended.transpose(1, 2).reshape(tokens, hidden);
    Tensor middle = norm(x.add(linear(joined, w, 6)), w[8], w[9]);
    return norm(middle.add(linear(torch.gelu(linear(middle, w, 10)), w, 12)), w[14], w[15]);
  }

  private static Tensor linear(Tensor x, Tensor[] w, int at) {
    return torch.linear(x, w[at], new TensorOptional(w[at + 1]));
  }

  private Tensor split(Tensor x, int tokens) {
    return x.reshape(1, tokens, heads, hidden / heads).transpose(1, 2);
  }

  private Tensor norm(Tensor x, Tensor weight, Tensor bias) {
    return torch.layer_norm(
        x, new long[] {hidden}, new TensorOptional(weight), new TensorOptional(bias), NORM_EPSILON, false);
  }

  @Override
  public void close() {
    kept.forEach(Tensor::releaseReference);
  }
}
