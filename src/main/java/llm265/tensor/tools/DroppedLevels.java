package llm265.tensor.tools;

import java.util.Arrays;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Levels that a picture does not carry, since samples would have been clipped or rounding has moved them. SPEC.md, "Dropped
 * levels".
 *
 * @param places of levels of the picture, ascending
 * @param levels what belongs there
 */
public record DroppedLevels(int[] places, short[] levels) {
  public static final DroppedLevels NONE = new DroppedLevels(new int[0], new short[0]);

  /** What is missing from the levels that a picture carries. */
  public static DroppedLevels of(short[] wanted, short[] carried) {
    int at = Arrays.mismatch(wanted, carried);
    if (at < 0) {
      return NONE;
    }
    int[] places = new int[16];
    int count = 0;
    for (; at < wanted.length; at++) {
      if (wanted[at] != carried[at]) {
        places = count < places.length ? places : Arrays.copyOf(places, 2 * count);
        places[count++] = at;
      }
    }
    places = Arrays.copyOf(places, count);
    short[] levels = new short[count];
    for (int i = 0; i < count; i++) {
      levels[i] = wanted[places[i]];
    }
    return new DroppedLevels(places, levels);
  }

  public boolean isEmpty() {
    return places.length == 0;
  }

  /** Puts them where they belong. */
  public void restore(short[] carried) {
    for (int i = 0; i < places.length; i++) {
      carried[places[i]] = levels[i];
    }
  }

  /** Writes the section's content. */
  public void write(PayloadWriter out) {
    out.varint(places.length);
    int before = -1;
    for (int i = 0; i < places.length; i++) {
      out.varint(places[i] - before - 1);
      out.varint(levels[i] < 0 ? -2L * levels[i] - 1 : 2L * levels[i]);
      before = places[i];
    }
  }

  /**
   * Reads the section's content.
   *
   * @param count number of the picture's levels
   */
  public static DroppedLevels read(PayloadReader in, int count) {
    int dropped = in.varint("dropped_count", Math.min(count, in.remaining() / 2));
    int[] places = new int[dropped];
    short[] levels = new short[dropped];
    int place = -1;
    for (int i = 0; i < dropped; i++) {
      place += in.varint("gap", count - 2 - place) + 1;
      int folded = in.varint("dropped_level", 2 * Short.MAX_VALUE);
      places[i] = place;
      levels[i] = (short) ((folded & 1) == 1 ? -((folded + 1) >> 1) : folded >> 1);
    }
    in.requireEnd("dropped levels section");
    return new DroppedLevels(places, levels);
  }
}
