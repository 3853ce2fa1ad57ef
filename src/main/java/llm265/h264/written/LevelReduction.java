package llm265.h264.written;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** Makes levels of a macroblock smaller, a few at a time, until it has no more bits than it may have. */
final class LevelReduction {
  /** A level that is not 0. */
  private record Place(int[] levels, int index, boolean first) {}

  private LevelReduction() {}

  static void fit(MacroblockSyntax mb, IntSupplier bits, int mostBits) {
    int now = bits.getAsInt();
    if (now <= mostBits) {
      return;
    }
    List<Place> places = places(mb);
    boolean drops = false;
    for (int at = 0; now > mostBits; now = bits.getAsInt()) {
      int step = Math.max(1, (int) ((long) places.size() * (now - mostBits) / now / 4));
      boolean changed = false;
      for (int looked = 0; step > 0 && looked < places.size(); looked++) {
        if (reduce(places.get(at), drops)) {
          step--;
          changed = true;
        }
        at = (at + 1) % places.size();
      }
      if (!changed && drops) {
        throw new IllegalStateException("a macroblock of " + now + " bits");
      }
      drops |= !changed;
    }
  }

  /** Halves a level; one of 1 goes, if it may. The first of each block stays, since a block may have to have one. */
  private static boolean reduce(Place place, boolean drops) {
    int level = place.levels[place.index];
    if (Math.abs(level) > 1) {
      place.levels[place.index] = level / 2;
      return true;
    }
    if (drops && level != 0 && !place.first) {
      place.levels[place.index] = 0;
      return true;
    }
    return false;
  }

  private static List<Place> places(MacroblockSyntax mb) {
    List<Place> places = new ArrayList<>();
    for (int plane = 0; plane < 3; plane++) {
      add(places, mb.dcLevels[plane]);
      for (int[] levels : mb.levels[plane]) {
        add(places, levels);
      }
      add(places, mb.chromaDcLevels[plane]);
      for (int[] levels : mb.chromaAcLevels[plane]) {
        add(places, levels);
      }
    }
    return places;
  }

  private static void add(List<Place> places, int[] levels) {
    boolean first = true;
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] != 0) {
        places.add(new Place(levels, i, first));
        first = false;
      }
    }
  }
}
