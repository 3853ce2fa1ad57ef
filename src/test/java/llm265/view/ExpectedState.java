package llm265.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** QP, modes and deblocking strengths of a picture as the standard derives them, against what a page shows. */
final class ExpectedState {
  private static final int FIELD = 1;
  private static final int TRANSFORM_8X8 = 4;
  private static final int PCM = 3;
  private static final int EDGES = 8;

  private final JsonNode picture;
  private final int width;
  private final int size;
  private final int[] mbAddr;
  private final int[] slice;
  private final int[] kind;
  private final int[] flags;
  private final int[] qp;
  private final int[] nal;
  private final int[] modes;
  private final byte[] strengths;
  /** mb_qp_delta by position. */
  private final Map<Integer, Integer> deltas = new HashMap<>();

  /**
   * What a page shows.
   *
   * @param picture of index.json
   * @param macroblocks the resource of that name
   */
  ExpectedState(JsonNode picture, byte[] macroblocks, byte[] strengths) {
    this.picture = picture;
    this.strengths = strengths;
    width = picture.get("mbWidth").intValue();
    size = width * picture.get("mbHeight").intValue();
    ByteBuffer table = ByteBuffer.wrap(macroblocks).order(ByteOrder.LITTLE_ENDIAN);
    take(table, 4);
    take(table, 4);
    mbAddr = take(table, 4);
    take(table, 4);
    slice = take(table, 2);
    take(table, 2);
    take(table, 1);
    kind = take(table, 1);
    flags = take(table, 1);
    take(table, 1);
    qp = take(table, 1);
    take(table, 1);
    take(table, 1);
    nal = take(table, 2);
    modes = new int[16 * size];
    for (int i = 0; i < modes.length; i++) {
      modes[i] = table.get() & 0xFF;
    }
  }

  private int[] take(ByteBuffer table, int bytes) {
    int from = table.position();
    int[] values = new int[size];
    for (int i = 0; i < size; i++) {
      values[i] = bytes == 4 ? table.getInt() : bytes == 2 ? table.getShort() & 0xFFFF : table.get();
    }
    table.position(from + ((bytes * size + 3) & ~3));
    return values;
  }

  /** Compares the modes of a macroblock with those by which its blocks are predicted, and takes down its mb_qp_delta. */
  void macroblock(JsonNode mb) {
    int place = mb.get("place").intValue();
    for (JsonNode element : mb.get("elements")) {
      if (element.get("n").textValue().equals("mb_qp_delta") && !element.has("cp")) {
        deltas.put(place, element.get("v").intValue());
      }
    }
    for (JsonNode block : mb.get("blocks")) {
      if (block.get("plane").intValue() == 0) {
        for (int k = 0; k < 16; k++) {
          int x = 4 * (k % 4) - block.get("x").intValue();
          int y = 4 * (k / 4) - block.get("y").intValue();
          boolean inside = x >= 0 && x < block.get("width").intValue() && y >= 0 && y < block.get("height").intValue();
          if (inside && modes[16 * place + k] != block.get("mode").intValue()) {
            throw new AssertionError("mode " + modes[16 * place + k] + " in macroblock " + place + " of " + block);
          }
        }
      }
    }
  }

  /** 7.4.5: QPY counts on from macroblock to macroblock within a slice. */
  void checkQp() {
    int offset = 6 * (picture.get("depth").get(0).intValue() - 8);
    for (JsonNode header : picture.get("slices")) {
      if (header.get("plane").intValue() > 0) {
        continue;
      }
      TreeMap<Integer, Integer> places = new TreeMap<>();
      for (int place = 0; place < size; place++) {
        if (nal[place] == header.get("nal").intValue()) {
          places.put(mbAddr[place], place);
        }
      }
      int expected = header.get("qp").intValue();
      for (int place : places.values()) {
        expected = Math.floorMod(expected + deltas.getOrDefault(place, 0) + offset, 52 + offset) - offset;
        if (kind[place] != PCM && qp[place] != expected) {
          throw new AssertionError("QP " + qp[place] + " in macroblock " + place + ", not " + expected);
        }
      }
    }
  }

  /** 8.7.2.1 where all macroblocks are intra; of edges between rows of MBAFF frames, no more than that they are filtered. */
  void checkStrengths() {
    Map<Integer, Integer> disable = new HashMap<>();
    picture.get("slices").forEach(each -> disable.put(each.get("nal").intValue(), each.get("deblocking").intValue()));
    String structure = picture.get("structure").textValue();
    boolean field = structure.startsWith("field");
    for (int place = 0; place < size; place++) {
      int idc = disable.get(nal[place]);
      int[] expected = new int[EDGES];
      int above = place - (structure.equals("fields") ? 2 : 1) * width;
      for (int edge = 1; edge < 4 && idc != 1; edge++) {
        boolean inner = (flags[place] & TRANSFORM_8X8) == 0 || edge == 2;
        expected[edge] = inner ? 3 : 0;
        expected[4 + edge] = expected[edge];
      }
      expected[0] = place % width > 0 && isFiltered(idc, place, place - 1) ? 4 : 0;
      expected[4] = above >= 0 && isFiltered(idc, place, above) ? field ? 3 : 4 : 0;
      byte[] shown = Arrays.copyOfRange(strengths, EDGES * place, EDGES * (place + 1));
      for (int edge = 0; edge < EDGES; edge++) {
        boolean known = edge != 4 || !structure.equals("mbaff");
        if (known ? shown[edge] != expected[edge] : shown[edge] > 4 || (flags[place] & FIELD) != 0 && shown[edge] > 3) {
          throw new AssertionError(
              structure + ", macroblock " + place + ": " + Arrays.toString(shown) + ", not " + Arrays.toString(expected));
        }
      }
    }
  }

  private boolean isFiltered(int idc, int place, int other) {
    return idc == 0 || idc == 2 && nal[place] == nal[other] && slice[place] == slice[other];
  }
}
