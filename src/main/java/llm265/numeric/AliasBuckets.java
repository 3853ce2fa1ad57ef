package llm265.numeric;

/**
 * Divides slots among tokens by their frequencies, so that each of as many buckets as tokens holds slots of two of them at most:
 * the alias method. SPEC.md, "Alias tables".
 */
public final class AliasBuckets {
  private AliasBuckets() {}

  /** Receives each bucket once. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * A bucket: its places below {@code filled} are slots of the token {@code giver}, the others its own.
     *
     * @param bucket its number, which is that of its own token
     * @param giversFirst number of the first of them among the giver's slots
     * @param ownFirst the same of the bucket's own
     */
    void bucket(int bucket, int filled, int giver, int giversFirst, int ownFirst);
  }

  /**
   * Divides slots.
   *
   * @param frequencies of the tokens; they add up to {@code bucketSlots} for each
   */
  public static void divide(int[] frequencies, int bucketSlots, Receiver receiver) {
    int[] left = frequencies.clone();
    int[] given = new int[left.length];
    boolean[] done = new boolean[left.length];
    for (int i = 0; i < left.length; i++) {
      int under = first(left, done, bucketSlots, true);
      int filled = bucketSlots - left[under];
      int giver = filled > 0 ? first(left, done, bucketSlots, false) : under;
      receiver.bucket(under, filled, giver, given[giver], given[under]);
      if (giver != under) {
        given[giver] += filled;
        left[giver] -= filled;
      }
      done[under] = true;
    }
  }

  /** The lowest token whose bucket is not done and that has less than a bucket's slots left, or more; any where there is none. */
  private static int first(int[] left, boolean[] done, int bucketSlots, boolean less) {
    int any = -1;
    for (int t = 0; t < left.length; t++) {
      if (!done[t] && (less ? left[t] < bucketSlots : left[t] > bucketSlots)) {
        return t;
      }
      any = any < 0 && !done[t] ? t : any;
    }
    return any;
  }
}
