package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.CarrierOrder;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.CarriedLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.TrellisFormat;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.trinity.ChunkKernels;
import llm265.trinity.SearchKernels;
import llm265.trinity.Trellis;

/**
 * The values of a picture, macroblock by macroblock, and the levels that a search finds for them. An element of macroblock mbAddr
 * at row y and column x lies at {@code 256 * mbAddr + 16 * y + x}. Used by one thread at a time.
 */
final class CarrierMacroblocks {
  /** Macroblocks after which the trellis begins anew: its lanes are long enough for that to cost next to nothing. */
  static final int CHUNK = 256;

  private static final int LANES = ChunkKernels.LANES;

  private final int mbWidth;
  private final int macroblocks;
  private final ValueRow row;
  private final float[] values;
  private final byte[] classes;
  private boolean hasClasses;
  /** Whether there is padding, whose class is behind the last one. */
  private boolean hasPadding;
  /** Of a chunk. */
  private final int[] codes;
  private final short[] levels;
  private final byte[] lowBits;
  private final short[] low;
  private final float[] steps;
  private final int[] ordered = new int[CarrierKernels.ORDERED];
  private byte[] chunkClasses = new byte[0];
  /** Place of each value's level; only in samples. */
  private final int[] places;
  private final byte[] quantizers;
  private int[] decisions = new int[0];
  private float[] metrics = new float[0];

  /** @param findsPlaces whether places of values' levels are wanted */
  CarrierMacroblocks(int width, int height, boolean findsPlaces) {
    mbWidth = width / 16;
    macroblocks = mbWidth * (height / 16);
    row = new ValueRow(width);
    values = new float[width * height];
    classes = new byte[values.length];
    codes = new int[256 * Math.min(CHUNK, macroblocks)];
    levels = new short[values.length];
    lowBits = new byte[values.length];
    low = new short[values.length];
    steps = new float[values.length];
    places = new int[findsPlaces ? values.length : 0];
    quantizers = new byte[places.length];
  }

  int macroblocks() {
    return macroblocks;
  }

  /** Luma levels, at the places that they have in a macroblock. */
  short[] levels() {
    return levels;
  }

  /** Bits of each value that its level does not have. */
  short[] low() {
    return low;
  }

  /** The number of those bits. */
  byte[] lowBits() {
    return lowBits;
  }

  /** The quantizer of a value; only in samples. */
  int quantizer(int at) {
    return quantizers[at];
  }

  /** What values became, in steps, row by row of the picture. */
  float[] steps() {
    return steps;
  }

  float[] values() {
    return values;
  }

  /** The level of a value, which lies at {@link #placeOf}. */
  int levelOf(int at) {
    return levels[places[at]];
  }

  /** Where the level of a value lies. */
  int placeOf(int at) {
    return places[at];
  }

  int valueClass(int at) {
    return hasClasses ? classes[at] : 0;
  }

  int mbWidth() {
    return mbWidth;
  }

  /**
   * Reads the values of a map; those that are kept exactly, and padding, have the centre's place.
   *
   * @param bounds by class: deviation from the centre beyond which values are kept exactly
   * @param costs tell the number of classes, and their low bits
   */
  OutlierList read(Arrangement arrangement, TileMap map, double[] bounds, CarrierCosts costs) {
    int lawClasses = costs.classes();
    TensorElements elements = arrangement.elements();
    float centre = arrangement.range().centre();
    OutlierList outliers = new OutlierList(0);
    hasClasses = lawClasses > 1 && map.hasClasses();
    hasPadding = map.values() < values.length;
    if (hasPadding) {
      Arrays.fill(values, centre);
    }
    Arrays.fill(classes, (byte) (hasPadding ? lawClasses : 0));
    double least = Arrays.stream(bounds).min().getAsDouble();
    int[] scaleClasses = new int[hasClasses ? map.width() : 0];
    for (int y = 0; y < map.rows(); y++) {
      map.read(elements, y, row);
      if (hasClasses) {
        map.scaleClasses(y, scaleClasses);
      }
      if (!(greatestDeviation(row.array(), row.offset(), map.count(y), centre) <= least)) {
        takeOutliers(arrangement, map, y, bounds, scaleClasses, outliers);
      }
      placeRow(map, y);
      if (hasClasses || hasPadding) {
        placeClasses(map, y, scaleClasses, lawClasses);
      }
    }
    row.renew();
    setLowBits(costs);
    return outliers;
  }

  // Each loop is a method: compiled together with the rest they would take seconds, and some again where a tensor is unlike
  // those before it.

  private void placeRow(TileMap map, int y) {
    int first = CarriedLevels.firstOfRow(map, y);
    int[] ranks = map.columnRanks(y);
    if (ranks == null) {
      placeRuns(row.array(), row.offset(), map.count(y), values, first);
    } else {
      placeRanked(row.array(), row.offset(), map.count(y), ranks, values, first);
    }
  }

  private static void placeRuns(float[] from, int offset, int count, float[] values, int first) {
    for (int x = 0; x < count; x += 16) {
      System.arraycopy(from, offset + x, values, first + 16 * x, Math.min(16, count - x));
    }
  }

  private static void placeRanked(float[] from, int offset, int count, int[] ranks, float[] values, int first) {
    for (int x = 0; x < count; x++) {
      values[CarriedLevels.place(first, ranks[x])] = from[offset + x];
    }
  }

  private void placeClasses(TileMap map, int y, int[] scaleClasses, int lawClasses) {
    int first = CarriedLevels.firstOfRow(map, y);
    int[] ranks = map.columnRanks(y);
    for (int x = 0; x < map.count(y); x++) {
      int ofLaw = hasClasses ? TrellisFormat.classOf(scaleClasses[x], lawClasses) : 0;
      classes[CarriedLevels.place(first, ranks == null ? x : ranks[x])] = (byte) ofLaw;
    }
  }

  /** NaN if there is one. */
  private static float greatestDeviation(float[] from, int offset, int count, float centre) {
    float greatest = 0;
    for (int x = 0; x < count; x++) {
      greatest = Math.max(greatest, Math.abs(from[offset + x] - centre));
    }
    return greatest;
  }

  /** Puts the centre in the place of a row's values that are kept exactly. */
  private void takeOutliers(
      Arrangement arrangement, TileMap map, int y, double[] bounds, int[] scaleClasses, OutlierList outliers) {
    float centre = arrangement.range().centre();
    int count = map.count(y);
    float[] from = row.detach(count);
    for (int x = 0; x < count; x++) {
      double bound = bounds[hasClasses ? TrellisFormat.classOf(scaleClasses[x], bounds.length) : 0];
      if (!(Math.abs(from[x] - centre) <= bound)) {
        outliers.add(y * map.width() + x, arrangement.elements().bits(map.index(y, x)));
        from[x] = centre;
      }
    }
  }

  private void setLowBits(CarrierCosts costs) {
    byte[] ofClass = new byte[costs.classes() + 1];
    for (int i = 0; i < costs.classes(); i++) {
      ofClass[i] = (byte) costs.lowBits(i);
    }
    for (int i = 0; i < lowBits.length; i++) {
      lowBits[i] = ofClass[classes[i]];
    }
  }

  /** Searches the codes of all values, and makes levels of them. */
  void search(float centre, CarrierPoint point, Trellis trellis) {
    search(centre, point, trellis, CHUNK, null);
  }

  /**
   * Searches the codes of all values, and makes levels of them; changes values by feedback.
   *
   * @param chunk macroblocks after which the trellis begins anew: those of a row where there is feedback
   * @param feedback null for none
   */
  void search(float centre, CarrierPoint point, Trellis trellis, int chunk, TileFeedback feedback) {
    int words32 = Math.ceilDiv(trellis.states(), 32);
    if (decisions.length < codes.length * words32) {
      decisions = new int[codes.length * words32];
    }
    int room = 2 * LANES * trellis.states() + SearchKernels.BRANCHES;
    if (metrics.length < room) {
      metrics = new float[room];
    }
    CarrierCosts costs = point.costs();
    float inverseStep = 1 / (float) point.step();
    for (int mb = 0; mb < macroblocks; mb += chunk) {
      int count = Math.min(chunk, macroblocks - mb);
      if (feedback != null) {
        feedback.begin(mb / chunk, values, classes, point.bounds());
      }
      SearchKernels.ACTIVE.search(
          values, 256 * mb, LANES * count, centre, inverseStep, trellis, costs.table(point.lambda()), costs.length(),
          classesOf(256 * mb, 256 * count), null, codes, decisions, metrics);
      for (int i = 0; i < count; i++) {
        CarrierKernels.ACTIVE.split(
            codes, 256 * i, ordered, lowBits, low, 256 * (mb + i), steps, CarriedLevels.first(mb + i, mbWidth),
            16 * mbWidth);
        CarrierOrder.toPlaces(ordered, levels, 256 * (mb + i));
        if (places.length > 0) {
          findPlaces(256 * i, 256 * (mb + i));
        }
      }
      if (feedback != null) {
        feedback.end(mb / chunk, values, steps);
      }
    }
  }

  private void findPlaces(int from, int first) {
    int second = 0;
    for (int i = 0; i < 256; i++) {
      int quantizer = codes[from + i] & 1;
      quantizers[first + i] = (byte) quantizer;
      places[first + i] = first + CarrierOrder.place(quantizer == 1 ? second : 255 - (i - second));
      second += quantizer;
    }
  }

  private byte[] classesOf(int from, int count) {
    if (!hasClasses && !(hasPadding && isAnyPadding(from, count))) {
      return null;
    }
    if (chunkClasses.length < count) {
      chunkClasses = new byte[count];
    }
    System.arraycopy(classes, from, chunkClasses, 0, count);
    return chunkClasses;
  }

  private boolean isAnyPadding(int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (classes[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
