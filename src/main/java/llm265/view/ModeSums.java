package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How often macroblock types and prediction modes occur. */
final class ModeSums {
  private static final String[] KINDS = {"I_NxN 4x4", "I_NxN 8x8", "Intra_16x16", "I_PCM"};
  private static final int NO_MODE = 255;

  private final long[] kinds = new long[KINDS.length];
  private final long[] i4 = new long[9];
  private final long[] i8 = new long[9];
  private final long[] i16 = new long[4];
  private final long[] chroma = new long[4];

  /** Adds the macroblocks of a picture. */
  void add(MacroblockTable table) {
    for (int place = 0; place < table.size; place++) {
      if (!table.isDecoded(place)) {
        continue;
      }
      int kind = table.kind[place];
      kinds[kind]++;
      for (int block = 0; block < 16; block++) {
        int mode = table.modes[16 * place + block];
        if (kind == MacroblockTable.I_4X4) {
          i4[mode]++;
        } else if (kind == MacroblockTable.I_8X8 && (block & 5) == 0) {
          i8[mode]++;
        } else if (kind == MacroblockTable.I_16X16 && block == 0) {
          i16[mode]++;
        }
      }
      int chromaMode = table.chromaMode[place] & 0xFF;
      if (chromaMode != NO_MODE) {
        chroma[chromaMode]++;
      }
    }
  }

  /** Adds those of another picture. */
  void add(ModeSums other) {
    add(kinds, other.kinds);
    add(i4, other.i4);
    add(i8, other.i8);
    add(i16, other.i16);
    add(chroma, other.chroma);
  }

  private static void add(long[] sums, long[] others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others[i];
    }
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (int kind = 0; kind < KINDS.length; kind++) {
      json.put(KINDS[kind], kinds[kind]);
    }
    put(json.putArray("i4"), i4);
    put(json.putArray("i8"), i8);
    put(json.putArray("i16"), i16);
    put(json.putArray("chroma"), chroma);
    return json;
  }

  private static void put(ArrayNode array, long[] counts) {
    for (long count : counts) {
      array.add(count);
    }
  }
}
