package llm265.runtime.transform;

/**
 * A reversible map of a token's channels to coefficients. Equal errors of coefficients count the same, so one step does for all.
 * Implementations are immutable and thread-safe; results are the same on every machine.
 */
public interface ChannelTransform {
  /** Number of channels, which is that of coefficients. */
  int channels();

  /**
   * Replaces channels by coefficients.
   *
   * @param rows {@code tokens x channels()} floats from {@code at} on, a token's behind each other
   * @param firstPosition position of the first token in its sequence, 0 or more; the others follow
   */
  void forward(float[] rows, int at, int tokens, long firstPosition);

  /** Replaces coefficients by channels: what {@link #forward} does, undone up to rounding. */
  void inverse(float[] rows, int at, int tokens, long firstPosition);
}
