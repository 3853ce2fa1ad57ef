package llm265.tensor.exact;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.reconstruct.ExactCells;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.ExactPlane;

/** Codes an excerpt to find out what a plane of symbols takes. */
final class PlaneTrial {
  /** The cost of a slice before its contexts have learnt. */
  private static final double SLICE_START_BITS = 600;

  private final PatternExcerpt excerpt;
  private final long tileValues;
  private final LevelRecovery carrying;

  /**
   * @param tileValues number of values of a tile, which share the cost of a slice
   * @param carrying how symbols that are levels come back; null if they are samples
   */
  PlaneTrial(PatternExcerpt excerpt, long tileValues, LevelRecovery carrying) {
    this.excerpt = excerpt;
    this.tileValues = tileValues;
    this.carrying = carrying;
  }

  /** Bits per value of a plane by itself. */
  double bits(ExactPlane plane) {
    return carrying != null
        ? perValue(carriedBytes(plane)) + SLICE_START_BITS / Math.max(1, tileValues)
        : perValue(bytes(BypassPictures.WHITE, plane));
  }

  /** The same where the modes of pictures predict symbols. */
  double bitsByModes(ExactPlane plane) {
    return perValue(bytes(BypassPictures.BY_MODES, plane));
  }

  private double perValue(int bytes) {
    double bits = 8.0 * bytes - SLICE_START_BITS;
    return (carrying != null ? bits : Math.max(0, bits)) / Math.max(1, excerpt.values());
  }

  private PictureFormat format(ExactPlane plane, ChromaFormat chroma) {
    int height = (excerpt.pieces + plane.rows() - 1) / plane.rows() * 16;
    return PictureFormat.of8Bit(excerpt.columns, height, chroma);
  }

  private void fill(ExactPlane plane, ExactCells cells) {
    cells.clear();
    short[] table = plane.samples();
    short[] row = new short[excerpt.columns];
    for (int y = 0; y < 16 * excerpt.pieces / plane.rows(); y++) {
      excerpt.cells(y, plane, table, row);
      cells.put(y, row, excerpt.columns);
    }
  }

  private int bytes(EncoderConfig config, ExactPlane plane) {
    Picture picture = new Picture(format(plane, ChromaFormat.MONOCHROME));
    fill(plane, new ExactCells.Samples(picture));
    return new H264IntraEncoder(config, picture.format()).encode(picture, 0, 0).slices().length;
  }

  private int carriedBytes(ExactPlane plane) {
    PictureFormat format = format(plane, ChromaFormat.YUV420);
    short[] levels = new short[256 * format.sizeInMbs()];
    fill(plane, new ExactCells.Levels(levels, excerpt.columns / 16));
    int raw = 0;
    for (int at = 0; carrying == LevelRecovery.WIDE && at < levels.length; at += 256) {
      if (NoisyMacroblocks.isOne(levels, at, plane.bits())) {
        raw += 32 * plane.bits() + 1;
        Arrays.fill(levels, at, at + 256, (short) 0);
      }
    }
    short[] wanted = levels.clone();
    int bytes = raw + new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, format).encodeLevels(levels, carrying, 0).slices().length;
    PayloadWriter dropped = new PayloadWriter();
    DroppedLevels.of(wanted, levels).write(dropped);
    return bytes + dropped.length();
  }
}
