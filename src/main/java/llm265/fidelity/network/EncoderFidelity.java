package llm265.fidelity.network;

import java.util.List;
import java.util.function.IntConsumer;
import llm265.fidelity.EmbeddingFidelity;
import llm265.fidelity.Sentences;
import llm265.lm.token.Tokenizer;
import llm265.network.Network;

/** Compares the sentence embeddings of text encoders: by {@link EmbeddingFidelity}, as those of models in folders. */
public final class EncoderFidelity implements NetworkFidelity {
  /** Tokens of a sentence at most, if nothing is said. */
  private static final int USUAL_LENGTH = 512;

  private final NetworkEncoder original;
  private final Sentences sentences;
  private EmbeddingFidelity fidelity;

  /**
   * An original and a text.
   *
   * @param length greatest number of tokens of a sentence; 0 for the usual number
   * @param most number of sentences
   * @throws IllegalArgumentException if the network is no encoder, or the text has no sentence
   */
  public EncoderFidelity(Network original, Tokenizer tokenizer, String text, int length, int most) {
    this.original = new NetworkEncoder(original);
    sentences = Sentences.of(tokenizer, text, this.original.length(length == 0 ? USUAL_LENGTH : length), most);
  }

  @Override
  public NetworkKind kind() {
    return NetworkKind.ENCODER;
  }

  @Override
  public List<Figure> figures() {
    return List.of(
        new Figure("1 - cosine", "%.6f", "cosineLoss"),
        new Figure("worst", "%.6f", "worstCosineLoss"),
        new Figure("rank agreement", "%.6f", "rankCorrelation"),
        new Figure("sentences", "%.0f", "sentences"));
  }

  @Override
  public int chief() {
    return 0;
  }

  @Override
  public boolean isLogarithmic() {
    return true;
  }

  @Override
  public long steps() {
    return sentences.tokens();
  }

  @Override
  public String note() {
    return sentences.sentences().size() + " sentences of " + sentences.tokens() + " tokens";
  }

  @Override
  public double[] original(IntConsumer progress) {
    fidelity = new EmbeddingFidelity(original, sentences, progress);
    return figures(fidelity.original());
  }

  @Override
  public double[] of(Network network, IntConsumer progress) {
    return figures(fidelity.of(new NetworkEncoder(network), progress));
  }

  private static double[] figures(EmbeddingFidelity.Result result) {
    // Rounding can make a cosine of 1 a little more.
    return new double[] {
      Math.max(0, 1 - result.meanCosine()), Math.max(0, 1 - result.leastCosine()), result.rankCorrelation(), result.sentences()
    };
  }
}
