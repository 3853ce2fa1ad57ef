package llm265.tensor.trellis;

import llm265.tensor.Effort;

/**
 * What coding by trellis may take.
 *
 * @param stateBits binary logarithm of the trellis's states
 * @param chunkSteps steps of 16 values in a chunk
 * @param sampleValues values of the sample on which laws are fitted
 * @param tries ways of weighing bits against errors that are compared on the sample
 */
public record TrellisMethod(int stateBits, int chunkSteps, int sampleValues, int tries) {
  /** Four chunks of so many steps, as floats, stay in a cache of 2 MB. */
  private static final int CHUNK_STEPS = 1 << 12;

  /** Twice as long, lane states and ends of paths take .0015 bits per value less. */
  private static final int LONG_CHUNK_STEPS = 1 << 13;

  /** What an effort stands for. */
  public static TrellisMethod of(Effort effort) {
    return switch (effort) {
      case FAST -> new TrellisMethod(3, CHUNK_STEPS, 1 << 15, 1);
      case BALANCED -> new TrellisMethod(4, CHUNK_STEPS, 1 << 16, 2);
      case BEST -> new TrellisMethod(6, LONG_CHUNK_STEPS, 1 << 17, 4);
      case MAX -> new TrellisMethod(8, LONG_CHUNK_STEPS, 1 << 17, 4);
    };
  }
}
