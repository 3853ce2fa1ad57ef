package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.tensor.payload.RawBits;
import llm265.tensor.tools.PreInverse;
import llm265.tensor.tools.SignPatterns;
import llm265.tensor.values.TensorKernels;

/** The levels of a decoded picture: undoes everything between samples and levels. Used by one thread at a time. */
public final class TileLevels implements LevelRows {
  private final int stride;
  private final int pictureMiddle;
  /** Sample of level 0. */
  private int middle;
  private final int height;
  /** Samples, if they need only the middle subtracted. They become floats a row at a time, which touches less memory. */
  private short[] samples;
  /** Levels, if {@link #samples} is null. */
  private float[] plane;
  private final float[] row;
  private final float[] factors;
  private final PreInverse preInverse = new PreInverse();

  public TileLevels(PictureFormat format) {
    stride = format.codedWidth(0);
    pictureMiddle = 1 << (format.bitDepthLuma() - 1);
    height = format.codedHeight(0);
    row = new float[stride];
    factors = new float[stride];
  }

  /**
   * Takes a picture's samples, which must not change while rows are read.
   *
   * @param signs null if no sample is negated
   */
  public void set(Picture picture, SignPatterns signs, boolean transformForward) {
    middle = pictureMiddle;
    samples = signs == null ? picture.samples(0) : signs.undo(picture);
    if (transformForward) {
      plane = plane == null ? new float[stride * height] : plane;
      for (int i = 0; i < plane.length; i++) {
        plane[i] = samples[i] - middle;
      }
      samples = null;
      preInverse.forward(plane, stride, height);
    }
  }

  /**
   * Appends the bits that are on no picture to the samples that were set; this makes the step of levels finer.
   *
   * @param map map of samples that are not sorted
   * @param rawBits low bits of the map's values, row by row
   */
  public void addLowBits(TileMap map, int lowBits, byte[] rawBits) {
    if (lowBits == 0) {
      return;
    }
    RawBits raw = new RawBits(rawBits);
    short[] finer = new short[samples.length];
    for (int y = 0; y < map.rows(); y++) {
      int start = map.start(y);
      for (int x = 0; x < map.count(y); x++) {
        finer[start + x] = (short) ((samples[start + x] << lowBits) | (int) raw.read(lowBits));
      }
    }
    samples = finer;
    middle = pictureMiddle << lowBits;
  }

  @Override
  public float[] row(TileMap map, int y) {
    int start = map.start(y);
    if (!map.hasClasses()) {
      if (samples == null) {
        return plane;
      }
      TensorKernels.ACTIVE.levels(samples, start, map.count(y), middle, row);
      return row;
    }
    map.factors(y, factors);
    int[] ranks = map.columnRanks(y);
    for (int x = 0; x < map.count(y); x++) {
      int at = start + (ranks == null ? x : ranks[x]);
      row[x] = factors[x] * (samples == null ? plane[at] : samples[at] - middle);
    }
    return row;
  }

  @Override
  public int offset(TileMap map, int y) {
    return samples != null || map.hasClasses() ? 0 : map.start(y);
  }
}
