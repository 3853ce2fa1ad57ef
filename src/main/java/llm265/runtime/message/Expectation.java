package llm265.runtime.message;

import java.util.zip.CRC32C;

/**
 * What both ends expect of values: which of them deviate alike. Values are sorted into ranks by how far they are expected to
 * deviate, over the root mean square of their segment, in thirds of an octave; how far each rank does deviate, a message says.
 * Immutable.
 */
public final class Expectation {
  /** Ranks below and above that of the root mean square. */
  private static final int BELOW = 40;
  private static final int ABOVE = 15;

  private final byte[] ranks;
  private final int[] counts;
  private final int checksum;

  /** @param units binary logarithms of deviations over the segment's root mean square, in 48ths */
  public Expectation(int[] units) {
    byte[] all = new byte[units.length];
    int[] places = new int[BELOW + 1 + ABOVE];
    for (int i = 0; i < units.length; i++) {
      all[i] = (byte) (Math.clamp(Math.floorDiv(units[i] + DeviationLaws.CLASS / 2, DeviationLaws.CLASS), -BELOW, ABOVE) + BELOW);
      places[all[i]]++;
    }
    // Ranks without values are left out.
    byte[] used = new byte[places.length];
    byte next = 0;
    for (int i = 0; i < places.length; i++) {
      used[i] = next;
      next += (byte) (places[i] > 0 ? 1 : 0);
    }
    counts = new int[next];
    for (int i = 0; i < all.length; i++) {
      all[i] = used[all[i]];
      counts[all[i]]++;
    }
    ranks = all;
    CRC32C crc = new CRC32C();
    crc.update(ranks);
    checksum = (int) crc.getValue();
  }

  /** Nothing is known: all values are expected alike. */
  public static Expectation none(int values) {
    return new Expectation(new int[values]);
  }

  /** Number of ranks. */
  int rankCount() {
    return counts.length;
  }

  /** The rank of a value, from those that are expected to deviate least on. */
  int rank(int value) {
    return ranks[value];
  }

  /** Tells one expectation from another. */
  int checksum() {
    return checksum;
  }
}
