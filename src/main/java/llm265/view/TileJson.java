package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.SignPatterns;

/** What the side information of a tile says, and which value lies where on its picture. */
final class TileJson {
  private TileJson() {}

  /**
   * What a sample of a picture has to do with the value at its place: {@code samples} stand for values; {@code macroblocks} carry
   * the levels of 256 values; {@code planes} have bits of values; {@code packed} ones hold bits of several rows of values in a
   * row; {@code transformed} planes have mixtures of values.
   */
  static String places(TensorHeader header) {
    if (header.transforms().rotation() != null || header.transforms().preInverse()) {
      return "transformed";
    }
    ExactValues exact = header.transforms().exact();
    return exact != null ? exact.rows() > 1 ? "packed" : "planes"
        : header.transforms().areLevelsCarried() ? "macroblocks" : "samples";
  }

  /**
   * Numbers of values by sample, -1 for padding; null if samples are in the order of the plane, so that none is needed, or if
   * several rows of values share a row of samples.
   */
  static byte[] map(TensorHeader header, TensorFraming.Tile tile, SideInformation information) {
    ExactValues exact = header.transforms().exact();
    TensorFraming framing = header.framing();
    if (exact != null && exact.rows() > 1 || framing.values() > Integer.MAX_VALUE) {
      return null;
    }
    TileMap map = TileMap.of(framing, tile, information.rowClasses(), header.transforms().columnClasses());
    if (!map.hasClasses() && (exact == null || exact.planes().size() <= 1)) {
      return null;
    }
    int planes = exact == null ? 1 : Math.max(1, exact.planes().size());
    int planeSize = framing.tileWidth() * (exact == null ? framing.tileHeight() : exact.planeHeight(framing));
    int[] numbers = new int[planes * planeSize];
    Arrays.fill(numbers, -1);
    for (int y = 0; y < map.rows(); y++) {
      int[] ranks = map.columnRanks(y);
      for (int x = 0; x < map.count(y); x++) {
        for (int plane = 0; plane < planes; plane++) {
          numbers[plane * planeSize + map.start(y) + (ranks == null ? x : ranks[x])] = (int) map.index(y, x);
        }
      }
    }
    ByteBuffer out = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    out.asIntBuffer().put(numbers);
    return out.array();
  }

  /** Range, outliers, scale classes and sign patterns of a tile. */
  static ObjectNode of(TensorHeader header, TensorFraming.Tile tile, SideInformation information) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tile", tile.number());
    json.put("offset", information.tile().offset());
    json.put("step", information.tile().step());
    addOutliers(json.putArray("outliers"), header, tile, information.tile().outliers());
    addFactors(json, "rowScales", information.rowClasses(), 0, tile.rows());
    addFactors(json, "columnScales", header.transforms().columnClasses(), (int) tile.firstColumn(), tile.columns());
    SignPatterns signs = information.signs();
    if (signs == null) {
      json.putNull("signPatterns");
    } else {
      ObjectNode patterns = json.putObject("signPatterns");
      patterns.put("count", signs.count());
      ArrayNode ofBlocks = patterns.putArray("ofBlocks");
      for (int block = 0; block < 4 * header.macroblocks(); block++) {
        ofBlocks.add(signs.of(block));
      }
    }
    return json;
  }

  /** Pairs of the number of a value and the value; with a rotation, of a place on the plane and what is there. */
  private static void addOutliers(ArrayNode array, TensorHeader header, TensorFraming.Tile tile, OutlierList outliers) {
    TensorFraming framing = header.framing();
    boolean rotated = header.transforms().rotation() != null;
    for (int i = 0; i < outliers.size(); i++) {
      int y = outliers.position(i) / framing.tileWidth();
      int x = outliers.position(i) % framing.tileWidth();
      float value = rotated ? Float.intBitsToFloat((int) outliers.bits(i)) : value(header.dtype(), outliers.bits(i));
      ArrayNode pair = array.addArray().add(framing.firstValue(tile, y) + x * framing.stride());
      // JSON has no other way of writing values that are not finite.
      if (Float.isFinite(value)) {
        pair.add(value);
      } else {
        pair.add(String.valueOf(value));
      }
    }
  }

  private static float value(DType type, long bits) {
    MemorySegment data = MemorySegment.ofArray(new byte[Long.BYTES]);
    data.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, bits);
    float[] value = new float[1];
    ValueCodec.read(type, data, 0, value, 0, 1);
    return value[0];
  }

  /** The factors of lines by which levels are multiplied; null where there are none. */
  private static void addFactors(ObjectNode json, String name, ScaleClasses classes, int first, int count) {
    if (classes == null) {
      json.putNull(name);
      return;
    }
    ArrayNode factors = json.putArray(name);
    for (int line = first; line < first + count; line++) {
      factors.add(ScaleClasses.factor(classes.of(line)));
    }
  }
}
