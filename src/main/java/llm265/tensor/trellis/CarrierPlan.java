package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import llm265.h264.transform.LevelRecovery;
import llm265.numeric.Logarithms;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.CarrierFormat;
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

  /** Choices are compared on one value of so many of the sample. */
  private static final int THINNED = 4;

  /** Levels take least with a deviation of this to twice this; what is beyond goes to low bits. */
  private static final double LEAST_DEVIATION = 1.25;

  /** Octaves from a known step within which its low bits and lambda serve. */
  private static final double NEAR = 0.4;

  /**
   * The same while the whole is coded: with another number of low bits, its rate would leap. Never farther than this from where
   * low bits were chosen: many short ways would leave nothing but them.
   */
  private static final double FAR = 1;

  private final Arrangement arrangement;
  private final CarrierMethod method;
  private final ErrorBounds bounds;
  /** Null for none. */
  private final FeedbackFactors feedback;
  private final IntFunction<TileMap> excerpt;
  private final float centre;
  private final Trellis trellis;
  private final int classes;
  private final List<Known> points = new ArrayList<>();
  /** Those at which the whole has been coded: a search that returns to a step finds what it left there. */
  private final List<Known> passes = new ArrayList<>();
  private CarrierSample sample;
  private Known coded;

  /**
   * A point that has been measured.
   *
   * @param chosenAt the step for which its number of low bits was chosen
   */
  private record Known(CarrierPoint point, double chosenAt) {
    int lowBits() {
      return point.costs().lowBits();
    }

    /** Whether its low bits may serve at a step. */
    boolean reaches(double step, double octaves) {
      return point.octavesTo(step) < octaves && Math.abs(Logarithms.log2(step / chosenAt)) < FAR;
    }
  }

  /**
   * A plan.
   *
   * @param moments of the inputs that the rows of the plane stand for, whose errors later rows make up for; null for none
   * @param excerpt makes maps of about so many values, in macroblocks from all over the tensor as it is arranged
   */
  public CarrierPlan(
      Arrangement arrangement, CarrierMethod method, ErrorBounds bounds, DampedMoments moments, IntFunction<TileMap> excerpt) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
    this.feedback = moments == null ? null : new FeedbackFactors(moments, arrangement);
    this.excerpt = excerpt;
    centre = arrangement.range().centre();
    trellis = Trellis.of(method.stateBits());
    classes = greatestClass() / TrellisFormat.SCALE_CLASSES_PER_LAW + 1;
  }

  private int greatestClass() {
    int greatest = 0;
    double[] shares = ScaleClasses.shares(arrangement.rows(), arrangement.columns());
    for (int i = 0; arrangement.hasScaleClasses() && i < shares.length; i++) {
      greatest = shares[i] > 0 ? i : greatest;
    }
    return greatest;
  }

  @Override
  public Tiles at(double step) {
    coded = point(step);
    return tiles(coded.point);
  }

  @Override
  public Tiles next(double step) {
    Known before = coded;
    coded = passes.stream().filter(pass -> pass.point.step() == step).findFirst().orElse(null);
    if (coded == null) {
      coded = before != null && before.point.isAt(step)
          ? new Known(before.point.withStep(step, centre), before.chosenAt) : point(step);
      if (before != null && before.reaches(step, FAR) && coded.lowBits() != before.lowBits()) {
        CarrierPoint moved = moved(before.point, step);
        coded = new Known(sample().measure(moved, trellis, 1, bounds.maxError()).point(), before.chosenAt);
      }
      passes.add(coded);
    }
    return tiles(coded.point);
  }

  @Override
  public Tiles withoutStep() {
    return tiles(new CarrierPoint(
        1, new double[] {arrangement.range().limit() < 0 ? -1 : 0}, 0, CarrierCosts.gaussian(0, new double[] {1}),
        LevelRecovery.CERTAIN, 1), null);
  }

  private Tiles tiles(CarrierPoint point) {
    return tiles(point, feedback);
  }

  private Tiles tiles(CarrierPoint point, FeedbackFactors ofTiles) {
    return new CarrierTiles(arrangement, bounds, point, ofTiles, method.stateBits(), method.chroma());
  }

  @Override
  public Estimate estimate(double step) {
    CarrierSample.Measured measured = sample().measure(point(step).point, trellis, 1, bounds.maxError());
    TensorFraming framing = arrangement.framing();
    double exact = measured.beyond() * framing.values();
    double bits = measured.rate() * framing.values()
        + exact * (arrangement.elements().outlierBits() + EXACT_POSITION_BITS) + framing.tiles() * SLICE_START_BITS
        + measured.runBits() * framing.values();
    return new Estimate(
        bits / 8 + framing.tiles() * TILE_BYTES + arrangement.byteSize(),
        measured.meanSquaredError() * (framing.values() * (1 - measured.inRuns()) - exact), (long) exact);
  }

  private CarrierSample sample() {
    if (sample == null) {
      sample = new CarrierSample(arrangement, excerpt.apply(method.sampleValues()));
    }
    return sample;
  }

  private Known point(double step) {
    Known nearest = null;
    for (Known known : points) {
      nearest = nearest == null || known.point.octavesTo(step) < nearest.point.octavesTo(step) ? known : nearest;
    }
    if (nearest != null && nearest.point.isAt(step)) {
      return new Known(nearest.point.withStep(step, centre), nearest.chosenAt);
    }
    boolean isNear = nearest != null && nearest.reaches(step, NEAR);
    CarrierPoint begin = isNear ? moved(nearest.point, step) : best(step);
    Known known = new Known(sample().learn(begin, trellis, bounds.maxError()), isNear ? nearest.chosenAt : step);
    points.add(known);
    return known;
  }

  private CarrierPoint moved(CarrierPoint point, double step) {
    return CarrierPoint.of(
        step, centre, point.lambda() * coarseness(step) / coarseness(point.step()), point.costs(), point.recovery(),
        point.gain());
  }

  /** The point that does best on a part of the sample, of several numbers of low bits and worths of a bit. */
  private CarrierPoint best(double step) {
    CarrierSample part = new CarrierSample(arrangement, excerpt.apply(method.sampleValues() / THINNED));
    double octaves = Logarithms.log2(Math.max(deviation(0, step), 1e-9) / 2 / LEAST_DEVIATION);
    int least = (int) Math.clamp(Math.floor(octaves), 0, CarrierFormat.MOST_LOW_BITS - 1);
    CarrierSample.Measured best = measured(part, step, method.lambdas()[0], least);
    for (int more = least + 1; octaves > 0 && more <= CarrierFormat.MOST_LOW_BITS; more++) {
      CarrierSample.Measured other = measured(part, step, method.lambdas()[0], more);
      if (other.gap() - method.worthOfBins() >= best.gap()) {
        break;
      }
      best = other;
    }
    int lowBits = best.point().costs().lowBits();
    for (int i = 1; i < method.lambdas().length; i++) {
      CarrierSample.Measured other = measured(part, step, method.lambdas()[i], lowBits);
      best = other.gap() < best.gap() ? other : best;
    }
    return best.point();
  }

  private CarrierSample.Measured measured(CarrierSample part, double step, double lambda, int lowBits) {
    double[] deviations = new double[classes];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = deviation(TrellisFormat.SCALE_CLASSES_PER_LAW * i, step);
    }
    CarrierPoint begin =
        CarrierPoint.of(
            step, centre, lambda * coarseness(step), CarrierCosts.gaussian(lowBits, deviations), LevelRecovery.WIDE, 1);
    return part.measure(begin, trellis, ROUNDS, Double.POSITIVE_INFINITY);
  }

  /** Deviation of the values of a scale class in steps. */
  private double deviation(int scaleClass, double step) {
    return arrangement.range().deviation() * ScaleClasses.factor(scaleClass) / step;
  }

  /**
   * What a bit is worth, over what it is where steps are fine: there it is a share of the squared step, but no more than the
   * variance.
   */
  private double coarseness(double step) {
    return Math.min(1, 0.9 * StrictMath.pow(deviation(arrangement.referenceClass(), step), 1.4));
  }
}
