package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import llm265.tensor.TensorFraming;
import llm265.tensor.picture.Arrangement;

/**
 * A tensor as it is arranged, on a sample: which laws a step has, and what the whole would take. Remembers the steps it was asked
 * for. Used by one thread at a time.
 */
public final class TrellisSampling {
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
  private final double maxError;
  private final List<TrellisPoint> points = new ArrayList<>();
  private PlaneSample sample;

  /** @param maxError errors beyond it are not allowed; infinite for no bound */
  public TrellisSampling(Arrangement arrangement, TrellisMethod method, double maxError) {
    this.arrangement = arrangement;
    this.method = method;
    this.maxError = maxError;
    laws = new LawChooser(method, arrangement, arrangement.framing().values());
  }

  /**
   * What the whole tensor would take.
   *
   * @param bytes of its stream
   * @param squaredError sum over the values that are not kept exactly
   * @param exact number of values that are
   */
  public record Estimate(double bytes, double squaredError, long exact) {}

  /** How the tensor is coded with a step. */
  public TrellisPoint at(double step) {
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

  /** How the tensor is coded whose values are all the same, or are all kept exactly. */
  public TrellisPoint withoutStep() {
    TrellisPoint any = laws.any();
    return new TrellisPoint(1, arrangement.range().limit() < 0 ? -1 : 0, any.lambda(), any.format());
  }

  /** What the whole would take with a step. */
  public Estimate estimate(double step) {
    TrellisPoint point = at(step);
    LawChooser.Measured measured = laws.measure(point, sample(step), maxError);
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
