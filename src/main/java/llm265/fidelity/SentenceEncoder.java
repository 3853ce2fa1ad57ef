package llm265.fidelity;

import llm265.lm.Encoder;

/** Makes embeddings of sentences. */
public interface SentenceEncoder {
  /** Number of tokens that it knows. */
  int vocabulary();

  /** Number of elements of an embedding. */
  int size();

  /** The embedding of a sentence, but for a positive factor, which cosines do not see. */
  double[] embed(int[] tokens);

  /** The mean of an encoder's states of all tokens. */
  static SentenceEncoder of(Encoder encoder) {
    return new SentenceEncoder() {
      @Override
      public int vocabulary() {
        return encoder.vocabulary();
      }

      @Override
      public int size() {
        return encoder.hidden();
      }

      @Override
      public double[] embed(int[] tokens) {
        return sum(encoder.states(tokens, null), encoder.hidden());
      }
    };
  }

  /**
   * The sum of states.
   *
   * @param states {@code tokens x size}
   */
  static double[] sum(float[] states, int size) {
    double[] sum = new double[size];
    for (int k = 0; k < states.length; k++) {
      sum[k % size] += states[k];
    }
    return sum;
  }
}
