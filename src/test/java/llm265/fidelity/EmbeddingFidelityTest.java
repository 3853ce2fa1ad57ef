package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.lm.Encoder;
import llm265.reference.lm.ReferenceTransformer;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFidelityTest {
  private static final String NAME = "sentence encoder";
  private static final String TENSOR = "embeddings.word_embeddings.weight";

  @TempDir
  private Path folder;

  private static Sentences sentences(int count) {
    Random random = new Random(4);
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sentences.add(random.ints(3 + i, 0, TinyModels.VOCABULARY).toArray());
    }
    return new Sentences(sentences);
  }

  private SentenceEncoder original() throws IOException {
    return SentenceEncoder.of(TinyEvaluations.original(NAME, folder, TinyEvaluations::encoder));
  }

  private Encoder noisy() throws IOException {
    return TinyEvaluations.noisy(NAME, TENSOR, folder, TinyEvaluations::encoder);
  }

  @Test
  void anOriginalAgreesWithItself() throws IOException {
    EmbeddingFidelity.Result own = new EmbeddingFidelity(original(), sentences(6), tokens -> { }).original();
    assertThat(own.sentences()).isEqualTo(6);
    assertThat(own.tokens()).isEqualTo(3 + 4 + 5 + 6 + 7 + 8);
    assertThat(own.meanCosine()).isCloseTo(1, within(1e-12));
    assertThat(own.leastCosine()).isCloseTo(1, within(1e-12));
    assertThat(own.rankCorrelation()).isCloseTo(1, within(1e-12));
  }

  @Test
  void cosinesAreThoseOfMeanStates() throws IOException {
    Sentences text = sentences(6);
    ReferenceTransformer reference = new ReferenceTransformer(TinyModels.of(NAME));
    Encoder noisy = noisy();
    double sum = 0;
    double least = 1;
    for (int[] sentence : text.sentences()) {
      double[][] states = reference.bert(sentence, new int[sentence.length]);
      float[] others = noisy.states(sentence, null);
      double product = 0;
      double squares = 0;
      double squaresOfOther = 0;
      for (int i = 0; i < states[0].length; i++) {
        double mean = 0;
        double meanOfOther = 0;
        for (int t = 0; t < sentence.length; t++) {
          mean += states[t][i] / sentence.length;
          meanOfOther += others[t * states[0].length + i] / (double) sentence.length;
        }
        product += mean * meanOfOther;
        squares += mean * mean;
        squaresOfOther += meanOfOther * meanOfOther;
      }
      double cosine = product / Math.sqrt(squares * squaresOfOther);
      sum += cosine;
      least = Math.min(least, cosine);
    }
    EmbeddingFidelity fidelity = new EmbeddingFidelity(original(), text, tokens -> { });
    EmbeddingFidelity.Result result = fidelity.of(SentenceEncoder.of(noisy), tokens -> { });

    assertThat(result.meanCosine()).isCloseTo(sum / 6, within(1e-5)).isLessThan(0.9999);
    assertThat(result.leastCosine()).isCloseTo(least, within(1e-5));
    assertThat(result.rankCorrelation()).isBetween(0.5, 1.0);
  }

  @Test
  void twoSentencesHaveNoOrder() throws IOException {
    EmbeddingFidelity.Result own = new EmbeddingFidelity(original(), sentences(2), tokens -> { }).original();
    assertThat(own.rankCorrelation()).isNaN();
  }

  @Test
  void tokensMustBeTheModels() throws IOException {
    SentenceEncoder original = original();
    Sentences foreign = new Sentences(List.of(new int[] {200}));
    assertThatIllegalArgumentException().isThrownBy(() -> new EmbeddingFidelity(original, foreign, tokens -> { }))
        .withMessage("the tokenizer has a token 200, the model only 131 tokens");
  }
}
