package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
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

  /** Octaves from a known step beyond which laws are looked for anew. */
  private static final double FAR = 1.5;

  private final Arrangement arrangement;
  private final TrellisMethod method;
  private final LawChooser laws;
  private final ErrorBounds bounds;
  private final List<TrellisPoint> points = new ArrayList<>();
  private PlaneSample sample;
  /** Where the whole was coded last; null before that. */
  private TrellisPoint coded;

  public TrellisSampling(Arrangement arrangement, TrellisMethod method, ErrorBounds bounds) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
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
    return new TrellisTiles(arrangement, bounds, point);
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
    points.add(point);
    return point;
  }

  @Override
  public Tiles withoutStep() {
    TrellisPoint any = laws.any();
    return tiles(new TrellisPoint(1, arrangement.range().limit() < 0 ? -1 : 0, any.lambda(), any.format()));
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

  private PlaneSample sample(double step) {
    if (sample == null) {
      sample = PlaneSample.of(
          arrangement, method.sampleValues(), TrellisPoint.bound(step, arrangement.range().centre()));
    }
    return sample;
  }
}
