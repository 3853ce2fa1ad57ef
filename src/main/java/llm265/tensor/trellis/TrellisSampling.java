package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.tensor.picture.Arrangement;

/**
 * A tensor as it is arranged, on a sample: which laws a step has, and what the whole would take. Remembers the steps it was asked
 * for. Used by one thread at a time.
 */
public final class TrellisSampling implements TrellisPlan {
  /** Lane states, the rest of a trellis path, and the size of a chunk, in bits. */
  private static final double CHUNK_BITS = 16 * 20 + 24;

  /** Lengths, number, reconstruction and checksum of a tile, in bytes. */
  private static final double TILE_BYTES = 24;

  /** Position and gap code of a value that is kept exactly, about, in bits. */
  private static final double EXACT_POSITION_BITS = 12;

  private static final int LANES = 16;

  /**
   * Steps of a block that is coded before others make up for its errors, at least, if it has no more than 16 inputs. With 1, 16
   * and 256 in place of 64 the divergence of a language model of 5.5 million parameters is within 3 % of the same.
   */
  private static final int LEAST_STEPS = 64;

  /** Octaves from a known step beyond which laws are looked for anew. */
  private static final double FAR = 1.5;

  private final Arrangement arrangement;
  private final TrellisMethod method;
  private final LawChooser laws;
  private final ErrorBounds bounds;
  private final List<TrellisPoint> points = new ArrayList<>();
  /** Null for none. */
  private final FeedbackFactors feedback;
  private PlaneSample sample;
  /** Where the sample was made, with feedback; else null. */
  private TrellisPoint fed;
  /** Where the whole was coded last; null before that. */
  private TrellisPoint coded;

  /**
   * A plan.
   *
   * @param moments of the inputs that the rows of the plane stand for, whose errors later rows make up for; null for none
   */
  public TrellisSampling(Arrangement arrangement, TrellisMethod method, ErrorBounds bounds, DampedMoments moments) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
    this.feedback = moments == null ? null : new FeedbackFactors(moments, arrangement);
    laws = new LawChooser(method, arrangement, arrangement.framing().values());
  }

  @Override
  public Tiles at(double step) {
    coded = point(step);
    return tiles(coded);
  }

  @Override
  public Tiles next(double step) {
    float centre = arrangement.range().centre();
    if (coded == null || !coded.isNear(step)) {
      coded = point(step);
    } else if (!coded.isAt(step)) {
      coded = coded.movedTo(step, centre);
    }
    return tiles(coded.withStep(step, centre));
  }

  private Tiles tiles(TrellisPoint point) {
    return new TrellisTiles(arrangement, bounds, point, feedback);
  }

  /** How the tensor is coded with a step. */
  private TrellisPoint point(double step) {
    TrellisPoint nearest = null;
    for (TrellisPoint point : points) {
      nearest = nearest == null || point.octavesTo(step) < nearest.octavesTo(step) ? point : nearest;
    }
    if (nearest != null && nearest.isAt(step)) {
      return nearest.withStep(step, arrangement.range().centre());
    }
    boolean isFirst = nearest == null || nearest.octavesTo(step) > FAR;
    TrellisPoint point = isFirst ? laws.at(step, sample(step)) : laws.near(nearest, step, sample(step));
    if (feedback != null) {
      point = point.withGain(laws.measure(point, sample(step), Double.POSITIVE_INFINITY).unit() / step);
    }
    points.add(point);
    return point;
  }

  @Override
  public Tiles withoutStep() {
    TrellisPoint any = laws.any();
    return new TrellisTiles(
        arrangement, bounds,
        new TrellisPoint(1, arrangement.range().limit() < 0 ? -1 : 0, any.lambda(), any.format(), 1), null);
  }

  @Override
  public Estimate estimate(double step) {
    TrellisPoint point = point(step);
    LawChooser.Measured measured = laws.measure(point, sample(step), bounds.maxError());
    TensorFraming framing = arrangement.framing();
    double scale = (double) framing.values() / Math.max(1, measured.values());
    double chunks = Math.ceil(framing.values() / (16.0 * method.chunkSteps())) + framing.tiles() - 1;
    double exactBits = measured.beyond() * (arrangement.elements().outlierBits() + EXACT_POSITION_BITS);
    double bytes = ((measured.bits() + exactBits) * scale + chunks * CHUNK_BITS) / 8 + framing.tiles() * TILE_BYTES
        + arrangement.byteSize() + point.format().byteSize();
    return new Estimate(bytes, measured.squaredError() * scale, (long) (measured.beyond() * scale));
  }

  /**
   * Inputs of a block: no fewer than the values of whole steps in all lanes, and enough for paths of the trellis, which end with
   * each block, to be long.
   */
  public static int feedbackBlock(long columns) {
    int block = 1;
    while (block < FeedbackFactor.BAND && (block * columns % LANES != 0 || block * columns < LEAST_STEPS * LANES)) {
      block *= 2;
    }
    return block;
  }

  /** Makes a sample of what values are with a step after earlier inputs' errors have been taken up. */
  private void feed(double step) {
    TrellisPoint rough = fed == null ? laws.at(step, sample) : laws.near(fed, step, sample);
    double unit = laws.measure(rough, sample, Double.POSITIVE_INFINITY).unit();
    fed = rough.withGain(unit / step);
    sample = FedSample.of(arrangement, feedback, fed, method.sampleValues());
  }

  private PlaneSample sample(double step) {
    if (sample == null) {
      sample = PlaneSample.of(
          arrangement, method.sampleValues(), TrellisPoint.bound(step, arrangement.range().centre()));
    }
    if (feedback != null && (fed == null || !fed.isNear(step))) {
      feed(step);
    }
    return sample;
  }
}
