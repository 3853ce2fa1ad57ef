package llm265.fidelity;

import java.util.List;
import java.util.function.IntConsumer;

/** Compares the sentence embeddings of encoders with those of an original. Used by one thread at a time. */
public final class EmbeddingFidelity {
  private final Sentences text;
  private final int size;
  private final double[][] embeddings;
  private final double[] cosines;

  /**
   * How embeddings compare.
   *
   * @param sentences number of sentences
   * @param tokens number of their tokens
   * @param meanCosine mean cosine of a sentence's embedding to the original's
   * @param leastCosine the least of them
   * @param rankCorrelation Spearman's correlation of the cosines of all pairs of sentences with those of the original: 1 if
   *     every search finds the same sentences in the same order; NaN for fewer than three sentences
   */
  public record Result(long sentences, long tokens, double meanCosine, double leastCosine, double rankCorrelation) {}

  /**
   * Computes the original's embeddings.
   *
   * @param progress receives numbers of tokens that are done
   * @throws IllegalArgumentException if the model has fewer tokens than the text needs
   */
  public EmbeddingFidelity(SentenceEncoder original, Sentences text, IntConsumer progress) {
    if (text.greatest() >= original.vocabulary()) {
      throw new IllegalArgumentException(
          "the tokenizer has a token " + text.greatest() + ", the model only " + original.vocabulary() + " tokens");
    }
    this.text = text;
    size = original.size();
    embeddings = embeddings(original, progress);
    cosines = cosines(embeddings);
  }

  /** The original by itself. */
  public Result original() {
    return result(embeddings);
  }

  /**
   * Compares a model.
   *
   * @param progress receives numbers of tokens that are done
   * @throws IllegalArgumentException if its embeddings have another size, or it has fewer tokens than the text needs
   */
  public Result of(SentenceEncoder model, IntConsumer progress) {
    if (model.size() != size) {
      throw new IllegalArgumentException("embeddings of " + model.size() + " values are compared with those of " + size);
    }
    return result(embeddings(model, progress));
  }

  private double[][] embeddings(SentenceEncoder model, IntConsumer progress) {
    List<int[]> sentences = text.sentences();
    double[][] result = new double[sentences.size()][];
    for (int i = 0; i < result.length; i++) {
      result[i] = model.embed(sentences.get(i));
      progress.accept(sentences.get(i).length);
    }
    return result;
  }

  private Result result(double[][] others) {
    double sum = 0;
    double least = 1;
    for (int i = 0; i < others.length; i++) {
      double cosine = cosine(embeddings[i], others[i]);
      sum += cosine;
      least = Math.min(least, cosine);
    }
    double[] cosinesOfOthers = cosines(others);
    double correlation = cosines.length < 2 ? Double.NaN : RankCorrelation.of(cosines, cosinesOfOthers);
    return new Result(others.length, text.tokens(), sum / others.length, least, correlation);
  }

  /** The cosines of all pairs. */
  private static double[] cosines(double[][] vectors) {
    double[] result = new double[vectors.length * (vectors.length - 1) / 2];
    int at = 0;
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j < i; j++) {
        result[at++] = cosine(vectors[i], vectors[j]);
      }
    }
    return result;
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresOfA += a[i] * a[i];
      squaresOfB += b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }
}
