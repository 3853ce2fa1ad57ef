package llm265.tensor;

import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** The levels of a decoded picture: its samples with everything undone that stands between them and values. Used by one thread at a time. */
final class TileLevels {
  private final int stride;
  private final int height;
  private final float[] plane;
  private final float[] row;
  private final float[] factors;
  private final PreInverse preInverse = new PreInverse();

  TileLevels(PictureFormat format) {
    stride = format.codedWidth(0);
    height = format.codedHeight(0);
    plane = new float[stride * height];
    row = new float[stride];
    factors = new float[stride];
  }

  /**
   * Takes a picture's samples.
   *
   * @param signs null where samples have their own signs
   */
  void set(Picture picture, SignPatterns signs, boolean transformForward) {
    short[] samples = signs == null ? picture.samples(0) : signs.undo(picture);
    for (int i = 0; i < plane.length; i++) {
      plane[i] = samples[i] - SampleQuantizer.MIDDLE;
    }
    if (transformForward) {
      preInverse.forward(plane, stride, height);
    }
  }

  /** The levels of a row's values, from {@link #offset} on, valid until the next call. */
  float[] row(TileMap map, int y) {
    if (!map.hasClasses()) {
      return plane;
    }
    map.factors(y, factors);
    int start = map.start(y);
    int[] ranks = map.columnRanks(y);
    for (int x = 0; x < map.count(y); x++) {
      row[x] = factors[x] * plane[start + (ranks == null ? x : ranks[x])];
    }
    return row;
  }

  /** Where {@link #row} has a row's first level. */
  int offset(TileMap map, int y) {
    return map.hasClasses() ? 0 : map.start(y);
  }
}
