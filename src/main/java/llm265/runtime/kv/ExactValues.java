package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** The values of a cell that are not finite, by their places: they are kept bit by bit. SPEC.md, "Cells". */
final class ExactValues {
  private static final ExactValues NONE = new ExactValues(new int[0], new byte[0]);

  private final int[] places;
  private final byte[] patterns;

  private ExactValues(int[] places, byte[] patterns) {
    this.places = places;
    this.patterns = patterns;
  }

  /**
   * Takes the values that are not finite out of a cell; each is replaced by that of the token before it, or 0.
   *
   * @param patterns of the values
   * @param rows the values as floats
   */
  static ExactValues take(CellFormat format, MemorySegment patterns, float[] rows, int values) {
    int count = 0;
    for (int i = 0; i < values; i++) {
      count += Float.isFinite(rows[i]) ? 0 : 1;
    }
    if (count == 0) {
      return NONE;
    }
    int width = format.dtype().bits() / 8;
    int[] places = new int[count];
    byte[] kept = new byte[count * width];
    int at = 0;
    for (int i = 0; i < values; i++) {
      if (!Float.isFinite(rows[i])) {
        places[at] = i;
        MemorySegment.copy(patterns, (long) i * width, MemorySegment.ofArray(kept), (long) at * width, width);
        rows[i] = i < format.channels() ? 0 : rows[i - format.channels()];
        at++;
      }
    }
    return new ExactValues(places, kept);
  }

  boolean isEmpty() {
    return places.length == 0;
  }

  /** Bytes at most. */
  int bytes() {
    return isEmpty() ? 0 : 5 + 4 * places.length + patterns.length;
  }

  /** Writes the list, if there is anything in it. */
  void write(PayloadWriter out) {
    if (isEmpty()) {
      return;
    }
    out.varint(places.length);
    int before = -1;
    for (int place : places) {
      out.varint(place - before - 1);
      before = place;
    }
    out.bytes(patterns);
  }

  static ExactValues read(CellFormat format, PayloadReader in, int values) {
    int width = format.dtype().bits() / 8;
    int count = in.varint("exact_values", Math.min(values, in.remaining()));
    int[] places = new int[count];
    int before = -1;
    for (int i = 0; i < count; i++) {
      before += 1 + in.varint("exact_place", values - before - 2);
      places[i] = before;
    }
    return new ExactValues(places, in.bytes("exact_patterns", count * width));
  }

  static ExactValues none() {
    return NONE;
  }

  /** Puts the values of some channels where they belong. */
  void put(CellFormat format, MemorySegment values) {
    int width = format.dtype().bits() / 8;
    for (int i = 0; i < places.length; i++) {
      MemorySegment.copy(MemorySegment.ofArray(patterns), (long) i * width, values, (long) places[i] * width, width);
    }
  }

  @Override
  public String toString() {
    return "exact values at " + Arrays.toString(places);
  }
}
