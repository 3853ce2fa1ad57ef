package llm265.tensor.encode;

import java.lang.foreign.Arena;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.PrincipalAxes;
import llm265.tensor.analysis.RotatedPlane;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.analysis.ScaleAnalysis;
import llm265.tensor.analysis.ScaledElements;
import llm265.tensor.analysis.TensorStatistics;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.TensorElements;

/** Arranges the values of one tensor for coding: as they are, sorted by scale, rotated. */
final class Arranger implements AutoCloseable {
  /** Number of values of the excerpt in which principal axes are sought. */
  private static final int AXES_SAMPLE = 1 << 20;

  /** Larger tensors are not rotated: the rotated plane is kept in memory, outside of the heap. */
  private static final long MOST_ROTATED = 1L << 25;

  /** Beyond this, sums of squares of binary32 numbers could overflow. */
  private static final float GREATEST_ROTATED = 0x1p60f;

  /**
   * Tensors whose mean exceeds this many standard deviations are not rotated. The mean carries no information and costs
   * nothing as it is. A rotation takes it for the strongest axis, and has to code it.
   */
  private static final double GREATEST_MEAN = 2;

  private final TensorElements tensorElements;
  private final TensorStatistics tensorStatistics;
  private TensorFraming viewFraming;
  /** Whether rows of the plane are what they must be. */
  private boolean isFixed;
  private final Workers workers;
  /** Factors of the channels; null for none. */
  private ChannelScales channels;
  /** The tensor's values, or these times the factors of their channels. */
  private TensorElements codedElements;
  private TensorStatistics codedStatistics;
  private double outlierTargetBits;
  private double outlierRelativeError;
  /** Holds the rotated plane, if there is one. */
  private Arena planeMemory;

  Arranger(SourceTensor source, Workers workers) {
    this.tensorElements = source.elements();
    this.tensorStatistics = source.statistics();
    this.viewFraming = source.framing();
    this.workers = workers;
    this.codedElements = tensorElements;
    this.codedStatistics = tensorStatistics;
  }

  /**
   * From now on, values are multiplied by the factors of their channels, and never rotated; reads the tensor for their
   * statistics.
   *
   * @param newChannels null for none
   */
  void setChannels(ChannelScales newChannels) {
    channels = newChannels;
    if (channels != null) {
      codedElements = new ScaledElements(tensorElements, channels);
      codedStatistics = TensorStatistics.of(codedElements, viewFraming.values(), workers);
    }
  }

  /** From now on the plane has this framing, of the same view. */
  void setFraming(TensorFraming framing) {
    viewFraming = framing;
    isFixed = true;
  }

  /** Variance of the finite values times the factors of their channels. */
  double codedVariance() {
    return codedStatistics.variance();
  }

  /**
   * The tensor as it is, neither sorted nor rotated.
   *
   * @param bitsPerValue rate that this range and later ones are chosen for; 0 to make only values that are not finite outliers
   * @param relativeError expected mean squared error at that rate, as a share of the samples' variance
   * @param depth depth of the samples
   */
  Arrangement plain(double bitsPerValue, double relativeError, SampleDepth depth) {
    outlierTargetBits = bitsPerValue;
    outlierRelativeError = relativeError;
    return unsorted(codedElements, codedStatistics, viewFraming, viewFraming, null, depth);
  }

  private Arrangement unsorted(
      TensorElements elements, TensorStatistics statistics, TensorFraming framing, TensorFraming header, Rotation rotation,
      SampleDepth depth) {
    return new Arrangement(
        elements, tensorElements, framing, header, rotation, channels, null, null, 0,
        range(elements, statistics, SampleRange.GREATEST_LEVEL, depth),
        range(elements, statistics, SampleRange.GREATEST_PRE_INVERSE_LEVEL, depth));
  }

  private SampleRange range(TensorElements elements, TensorStatistics statistics, int greatestLevel, SampleDepth depth) {
    return SampleRange.choose(
        statistics, elements.outlierBits(), outlierTargetBits, outlierRelativeError, greatestLevel, depth.roundingNoise());
  }

  /** Rows and columns sorted by scale; the same arrangement if this does not pay. Reads the values again, up to three times. */
  Arrangement sorted(Arrangement plain, SampleDepth depth) {
    TensorElements elements = plain.elements();
    TensorFraming framing = plain.framing();
    ScaleAnalysis analysis = ScaleAnalysis.of(elements, framing, plain.range(), workers);
    if (analysis.isEmpty()) {
      return plain;
    }
    float centre = plain.range().centre();
    TensorStatistics normalized = analysis.normalized(elements, framing, centre, workers);
    // A rotated plane has its final orientation already.
    TensorFraming other = !isFixed && analysis.columnsVary() && plain.rotation() == null ? framing.transpose() : null;
    TensorFraming plane = other == null ? framing : other;
    return new Arrangement(
        elements, tensorElements, plane, other == null ? plain.header() : other, plain.rotation(), plain.channels(),
        plane.transposed() ? analysis.columns() : analysis.rows(),
        plane.transposed() ? analysis.rows() : analysis.columns(),
        analysis.referenceClass(),
        range(elements, normalized, SampleRange.GREATEST_LEVEL, depth).withCentre(centre),
        range(elements, normalized, SampleRange.GREATEST_PRE_INVERSE_LEVEL, depth).withCentre(centre));
  }

  /**
   * The rotation of the plane to its principal axes.
   *
   * @param range range of the samples without it
   * @param reflections greatest number of reflections
   * @return null if the plane cannot be rotated or no rotation pays
   */
  Rotation principalAxes(SampleRange range, int reflections) {
    RotatedPlane plane = rotatablePlane();
    if (plane == null) {
      return null;
    }
    int n = (int) plane.framing().rows();
    return new PrincipalAxes(plane.sample(AXES_SAMPLE, range), n, workers)
        .rotation(reflections, viewFraming.values(), outlierRelativeError * tensorStatistics.variance());
  }

  /**
   * The rotated plane, sorted by scale; replaces the one before it. Call it after {@link #plain}, for a plane that can be
   * rotated.
   */
  Arrangement rotated(Rotation rotation, SampleDepth depth) {
    RotatedPlane plane = rotatablePlane();
    close();
    planeMemory = Arena.ofShared();
    TensorElements elements = plane.rotated(rotation, planeMemory);
    TensorStatistics statistics = TensorStatistics.of(elements, viewFraming.values(), workers);
    return sorted(unsorted(elements, statistics, plane.framing().ofPlane(), plane.framing(), rotation, depth), depth);
  }

  /** The plane with its shorter side upright; null if it cannot be rotated. */
  private RotatedPlane rotatablePlane() {
    boolean transposed = viewFraming.viewColumns() <= viewFraming.viewRows();
    TensorFraming header = viewFraming.ofWholeColumns(transposed);
    boolean possible = header != null && viewFraming.values() <= MOST_ROTATED && channels == null
        && tensorStatistics.notFinite() == 0
        && Math.max(Math.abs(tensorStatistics.least()), Math.abs(tensorStatistics.greatest())) <= GREATEST_ROTATED
        && Math.abs(tensorStatistics.mean()) <= GREATEST_MEAN * Math.sqrt(tensorStatistics.variance());
    return possible ? new RotatedPlane(tensorElements, header, workers) : null;
  }

  /** Frees the memory of a rotated plane. */
  @Override
  public void close() {
    if (planeMemory != null) {
      planeMemory.close();
      planeMemory = null;
    }
  }
}
