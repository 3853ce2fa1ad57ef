package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.rate.AdaptiveLevelCosts;
import llm265.h264.transform.LevelRecovery;
import llm265.numeric.Logarithms;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;
import llm265.trinity.Trellis;

/**
 * A tensor on pictures that carry its levels. Measures on a sample what levels take: costs make levels, and levels make costs, so
 * that takes some rounds.
 */
public final class CarrierPlan implements TrellisPlan {
  /** Start codes, NAL unit headers, UUID, tile section and slice header of a tile. */
  private static final double TILE_BYTES = 56;

  /** The cost of a slice before its contexts have learnt. */
  private static final double SLICE_START_BITS = 600;

  /** Position and gap code of a value that is kept exactly, about, in bits. */
  private static final double EXACT_POSITION_BITS = 12;

  /** Rounds of searching levels and measuring what they take. */
  private static final int ROUNDS = 3;

  /** Levels take least with a deviation of about so much; what is beyond goes to low bits. */
  private static final double DEVIATION_OF_LEVELS = 1.6;

  private static final int MOST_LOW_BITS = 12;

  /** Macroblocks that contexts learn on. */
  private static final int WARMING = 32;

  /** Octaves from a known step within which its low bits and lambda serve. */
  private static final double NEAR = 0.4;

  private final Arrangement arrangement;
  private final CarrierMethod method;
  private final ErrorBounds bounds;
  private final TileMap map;
  private final float centre;
  private final CarrierMacroblocks sample;
  private final Trellis trellis;
  private final float[] bits;
  private final int classes;
  private final AdaptiveLevelCosts contexts = new AdaptiveLevelCosts();
  private final List<CarrierPoint> points = new ArrayList<>();
  private CarrierPoint coded;

  /** @param map macroblocks from all over the tensor as it is arranged */
  public CarrierPlan(Arrangement arrangement, CarrierMethod method, ErrorBounds bounds, TileMap map) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
    this.map = map;
    centre = arrangement.range().centre();
    sample = new CarrierMacroblocks(map.width(), map.height(), true);
    trellis = Trellis.of(method.stateBits());
    bits = new float[256 * sample.macroblocks()];
    classes = greatestClass() / TrellisFormat.SCALE_CLASSES_PER_LAW + 1;
  }

  private int greatestClass() {
    if (!map.hasClasses()) {
      return 0;
    }
    int greatest = 0;
    double[] shares = ScaleClasses.shares(arrangement.rows(), arrangement.columns());
    for (int i = 0; i < shares.length; i++) {
      greatest = shares[i] > 0 ? i : greatest;
    }
    return greatest;
  }

  @Override
  public Tiles at(double step) {
    coded = point(step);
    return tiles(coded);
  }

  @Override
  public Tiles next(double step) {
    coded = coded != null && coded.isAt(step) ? coded.withStep(step, centre) : point(step);
    return tiles(coded);
  }

  @Override
  public Tiles withoutStep() {
    return tiles(new CarrierPoint(1, arrangement.range().limit() < 0 ? -1 : 0, 0, CarrierCosts.gaussian(0, new double[] {1})));
  }

  private Tiles tiles(CarrierPoint point) {
    return new CarrierTiles(arrangement, bounds, point, method.stateBits(), method.chroma());
  }

  private CarrierPoint point(double step) {
    CarrierPoint nearest = null;
    for (CarrierPoint point : points) {
      nearest = nearest == null || point.octavesTo(step) < nearest.octavesTo(step) ? point : nearest;
    }
    if (nearest != null && nearest.isAt(step)) {
      return nearest.withStep(step, centre);
    }
    CarrierPoint point = nearest != null && nearest.octavesTo(step) < NEAR ? near(nearest, step) : best(step);
    points.add(point);
    return point;
  }

  private CarrierPoint near(CarrierPoint known, double step) {
    double lambda = known.lambda() * coarseness(step) / coarseness(known.step());
    return measured(CarrierPoint.of(step, centre, lambda, known.costs()), ROUNDS - 1).point;
  }

  /** The point that does best on the sample, of several numbers of low bits and worths of a bit. */
  private CarrierPoint best(double step) {
    Measured best = null;
    int likely = (int) Math.clamp(Math.floor(Logarithms.log2(
        Math.max(deviation(0, step), 1e-9) / 2 / DEVIATION_OF_LEVELS)), 0, MOST_LOW_BITS);
    for (int low = Math.max(0, likely - 1); low <= Math.min(MOST_LOW_BITS, likely + 2); low++) {
      best = better(best, step, method.lambdas()[0], low);
    }
    int lowBits = best.point.costs().lowBits();
    for (int i = 1; i < method.lambdas().length; i++) {
      best = better(best, step, method.lambdas()[i], lowBits);
    }
    return best.point;
  }

  private Measured better(Measured best, double step, double lambda, int lowBits) {
    double[] deviations = new double[classes];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = deviation(TrellisFormat.SCALE_CLASSES_PER_LAW * i, step);
    }
    CarrierPoint begin = CarrierPoint.of(step, centre, lambda * coarseness(step), CarrierCosts.gaussian(lowBits, deviations));
    Measured measured = measured(begin, ROUNDS);
    if (best == null) {
      return measured;
    }
    double worth = lowBits > best.point.costs().lowBits() ? method.worthOfBins() : 0;
    return measured.gap() - worth < best.gap() ? measured : best;
  }

  /**
   * A point with the costs that were measured, and what the whole tensor would come to.
   *
   * @param rate bits per value, of levels and low bits
   * @param meanSquaredError of the values that are not kept exactly, with the best gain
   * @param beyond share of the values that would be kept exactly
   */
  private record Measured(CarrierPoint point, double rate, double meanSquaredError, double beyond) {
    /** Bits per value less those that the quality is worth. */
    double gap() {
      return rate + 0.5 * Logarithms.log2(Math.max(meanSquaredError, Double.MIN_NORMAL));
    }
  }

  private Measured measured(CarrierPoint begin, int rounds) {
    Measured measured = measured(begin);
    for (int round = 1; round < rounds; round++) {
      measured = measured(measured.point);
    }
    return measured;
  }

  /** Searches levels of the sample; the point that comes back has the costs that they turned out to have. */
  private Measured measured(CarrierPoint point) {
    CarrierCosts costs = point.costs();
    OutlierList outliers = sample.read(arrangement, map, point.bound(), costs.classes());
    sample.search(centre, point, trellis);
    contexts.begin(LevelRecovery.QP);
    for (int mb = 0; mb < Math.min(WARMING, sample.macroblocks()); mb++) {
      contexts.code(sample.levels(), 256 * mb, bits);
    }
    for (int mb = 0; mb < sample.macroblocks(); mb++) {
      contexts.code(sample.levels(), 256 * mb, bits);
    }
    CarrierCosts.Measurement measurement = new CarrierCosts.Measurement(costs.lowBits(), costs.classes());
    SampleSums sums = new SampleSums(sample, map, costs, bits, measurement, arrangement);
    return new Measured(
        CarrierPoint.of(point.step(), centre, point.lambda(), measurement.costs(costs)), sums.rate(), sums.meanSquaredError(),
        (outliers.size() + sums.beyond(bounds.maxError())) / Math.max(1.0, map.values()));
  }

  private double deviation(int scaleClass, double step) {
    return arrangement.range().deviation() * ScaleClasses.factor(scaleClass) / step;
  }

  private double coarseness(double step) {
    return Math.min(1, 0.9 * StrictMath.pow(deviation(arrangement.referenceClass(), step), 1.4));
  }

  @Override
  public Estimate estimate(double step) {
    CarrierPoint point = point(step);
    Measured measured = measured(point);
    TensorFraming framing = arrangement.framing();
    double exact = measured.beyond * framing.values();
    double bits = measured.rate * framing.values()
        + exact * (arrangement.elements().outlierBits() + EXACT_POSITION_BITS) + framing.tiles() * SLICE_START_BITS;
    return new Estimate(
        bits / 8 + framing.tiles() * TILE_BYTES + arrangement.byteSize(),
        measured.meanSquaredError * (framing.values() - exact), (long) exact);
  }
}
