package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.rate.AdaptiveLevelCosts;
import llm265.h264.transform.LevelRecovery;
import llm265.numeric.Logarithms;
import llm265.parallel.IdlePool;
import llm265.tensor.ElementType;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.NotFiniteRuns;
import llm265.tensor.tools.OutlierList;
import llm265.trinity.Trellis;

/** Macroblocks from all over a tensor: what their levels take as pictures carry them, and what errors they leave. */
final class CarrierSample {
  /** Sum of the squares of a macroblock's levels beyond which some are clipped, mostly. */
  private static final long MOST_ENERGY = 256 * 130;

  /** What a level takes that is dropped for it, in bits. */
  private static final double DROPPED_BITS = 18;

  /** Macroblocks that contexts learn on before anything is measured. */
  private static final int WARMING = 32;

  private static final IdlePool<PictureFormat, Workspace> IDLE = new IdlePool<>();

  private final Arrangement arrangement;
  private final TileMap map;
  private final PictureFormat format;

  CarrierSample(Arrangement arrangement, TileMap map) {
    this.arrangement = arrangement;
    this.map = map;
    format = PictureFormat.of8Bit(map.width(), map.height(), ChromaFormat.MONOCHROME);
  }

  /** What measuring needs. Used by one thread at a time. */
  private static final class Workspace {
    final CarrierMacroblocks macroblocks;
    final float[] bits;
    final AdaptiveLevelCosts contexts = new AdaptiveLevelCosts();
    final SampleSums.Room sums;
    final H264IntraEncoder encoder;
    final short[] carried;

    Workspace(PictureFormat format) {
      macroblocks = new CarrierMacroblocks(format.codedWidth(0), format.codedHeight(0), true);
      int values = 256 * macroblocks.macroblocks();
      bits = new float[values];
      sums = new SampleSums.Room(values);
      encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR.withChroma(format.chroma()), format);
      carried = new short[values];
    }
  }

  /**
   * What the whole tensor would come to at a point.
   *
   * @param point with the costs that its levels turned out to have
   * @param rate bits per value, of levels and low bits
   * @param meanSquaredError of the values that are not kept exactly, with the best gain
   * @param beyond share of the values that would be kept exactly, each by itself
   * @param inRuns share of the values that are in runs of values that are not finite
   * @param runBits bits per value of these runs
   */
  record Measured(
      CarrierPoint point, double rate, double meanSquaredError, double beyond, double inRuns, double runBits) {
    /** Bits per value less those that the quality is worth. */
    double gap() {
      return rate + 0.5 * Logarithms.log2(Math.max(meanSquaredError, Double.MIN_NORMAL));
    }
  }

  /** Searches levels, and does so again with the costs that they turned out to have. */
  Measured measure(CarrierPoint begin, Trellis trellis, int rounds, double maxError) {
    Workspace workspace = IDLE.take(format, () -> new Workspace(format));
    Measured measured = measure(workspace, begin, trellis, maxError);
    for (int round = 1; round < rounds; round++) {
      measured = measure(workspace, measured.point, trellis, maxError);
    }
    IDLE.giveBack(format, workspace);
    return measured;
  }

  /** Searches levels; returns a point with the costs that they turned out to have, and the way in which they come back. */
  CarrierPoint learn(CarrierPoint begin, Trellis trellis, double maxError) {
    Workspace workspace = IDLE.take(format, () -> new Workspace(format));
    CarrierPoint point = measure(workspace, begin, trellis, maxError).point.with(recovery(workspace));
    IDLE.giveBack(format, workspace);
    return point;
  }

  private Measured measure(Workspace workspace, CarrierPoint point, Trellis trellis, double maxError) {
    CarrierMacroblocks macroblocks = workspace.macroblocks;
    AdaptiveLevelCosts contexts = workspace.contexts;
    float[] bits = workspace.bits;
    CarrierCosts costs = point.costs();
    OutlierList outliers = macroblocks.read(arrangement, map, point.bounds(), costs);
    macroblocks.search(arrangement.range().centre(), point, trellis);
    contexts.begin(point.recovery().qp());
    for (int mb = 0; mb < Math.min(WARMING, macroblocks.macroblocks()); mb++) {
      contexts.code(macroblocks.levels(), 256 * mb, bits);
    }
    double sum = 0;
    for (int mb = 0; mb < macroblocks.macroblocks(); mb++) {
      sum += contexts.code(macroblocks.levels(), 256 * mb, bits);
    }
    ElementType type = ElementType.of(arrangement.elements().type());
    NotFiniteRuns.Split exact = NotFiniteRuns.split(outliers, type, map.width(), map.width());
    PayloadWriter runs = new PayloadWriter();
    if (exact.runs() != null) {
      exact.runs().write(runs, type);
    }
    double all = Math.max(1, map.values());
    double droppedBits = dropped(macroblocks) * DROPPED_BITS / (256.0 * macroblocks.macroblocks());
    CarrierCosts.Measurement measurement = new CarrierCosts.Measurement(costs);
    SampleSums sums = new SampleSums(macroblocks, map, costs, bits, sum, measurement, arrangement, point.step(), workspace.sums);
    CarrierPoint known = new CarrierPoint(
        point.step(), point.bounds(), point.lambda(), measurement.costs(), point.recovery(), sums.gain());
    return new Measured(
        known, sums.rate() + droppedBits, sums.meanSquaredError(), (exact.list().size() + sums.beyond(maxError)) / all,
        (outliers.size() - exact.list().size()) / all, 8 * runs.length() / all);
  }

  /** About how many levels pictures could not carry, were they all like the sample. */
  private static int dropped(CarrierMacroblocks macroblocks) {
    short[] levels = macroblocks.levels();
    int dropped = 0;
    for (int first = 0; first < 256 * macroblocks.macroblocks(); first += 256) {
      long energy = 0;
      for (int i = first; i < first + 256; i++) {
        energy += levels[i] * levels[i];
      }
      if (energy > MOST_ENERGY) {
        int[] squares = new int[256];
        for (int i = 0; i < 256; i++) {
          squares[i] = levels[first + i] * levels[first + i];
        }
        Arrays.sort(squares);
        for (int i = 255; energy > MOST_ENERGY; i--) {
          energy -= squares[i];
          dropped++;
        }
      }
    }
    return dropped;
  }

  /** How levels like those found last come back: in the way in which fewer have to be told beside their picture. */
  private static LevelRecovery recovery(Workspace workspace) {
    LevelRecovery best = LevelRecovery.CERTAIN;
    int fewest = dropped(workspace, best);
    return fewest > 0 && dropped(workspace, LevelRecovery.WIDE) < fewest ? LevelRecovery.WIDE : best;
  }

  private static int dropped(Workspace workspace, LevelRecovery recovery) {
    short[] levels = workspace.macroblocks.levels();
    System.arraycopy(levels, 0, workspace.carried, 0, levels.length);
    workspace.encoder.encodeLevels(workspace.carried, recovery, 0);
    return DroppedLevels.of(levels, workspace.carried).places().length;
  }
}
