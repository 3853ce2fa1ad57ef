package llm265.tensor.trellis;

import java.util.ArrayList;
import java.util.List;
import llm265.numeric.Logarithms;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.LawMap;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Distribution;
import llm265.trinity.Histogram;
import llm265.trinity.Law;
import llm265.trinity.LawFit;
import llm265.trinity.Laws;

/**
 * Chooses the laws for a step: begins with the Gaussian law of each class's deviation, searches levels of a sample, fits laws to
 * them, and does so once more, since the levels follow the laws.
 */
final class LawChooser {
  /** Width of the law of Gaussian values over their deviation. */
  private static final double GAUSSIAN_WIDTH = 1.4;

  private static final int GAUSSIAN_SHAPE = 16;

  /** Deviations in steps up to which the narrow alphabet, and the middle one, take least. */
  private static final double MOST_NARROW = 12;

  private static final double MOST_MIDDLE = 30;

  /** Deviation in steps from which on the second quantizer has hardly a use for zero, as far as Gaussian values go. */
  private static final double LEAST_WITHOUT_ZERO = 0.9;

  private static final int UNLIKELY_ZERO = 6;

  /** Values of a class in the sample from which on it may have a law of its own. */
  private static final int LEAST_FITTED = 512;

  /** Bits that a law takes. */
  private static final double LAW_BITS = 56;

  /**
   * What a bit is worth in squared steps, and how unlikely the second quantizer's zero is to begin with: the best of all first.
   */
  private static final double[][] TRIES = {{0.5, UNLIKELY_ZERO}, {0.25, 1}, {0.5, 1}, {0.35, UNLIKELY_ZERO}};

  /** The same where most levels are zero. */
  private static final double[][] COARSE_TRIES = {{0.5, 0}, {0.3, 0}, {0.4, 1}, {0.5, 1}};

  private static final int ROUNDS = 2;

  /** Tries are compared on one value of so many of the sample. */
  private static final int THINNED = 4;

  /** A try that takes less than this share of the first's bits is not compared: where nothing is coded, no quality is missed. */
  private static final double LEAST_SHARE = 0.6;

  private final TrellisMethod method;
  private final Arrangement arrangement;
  private final double values;
  private final ChunkEncoder encoder;

  LawChooser(TrellisMethod method, Arrangement arrangement, double values) {
    this.method = method;
    this.arrangement = arrangement;
    this.values = values;
    encoder = new ChunkEncoder(method.chunkSteps());
  }

  /** The point that does best on a sample. */
  TrellisPoint at(double step, PlaneSample sample) {
    double[][] tries = deviation(step) < LEAST_WITHOUT_ZERO ? COARSE_TRIES : TRIES;
    if (method.tries() == 1) {
      return fitted(step, tries[0][0] * coarseness(step), (int) tries[0][1], sample);
    }
    TrellisPoint[] points = new TrellisPoint[method.tries()];
    PlaneSample thin = sample.thinned(THINNED);
    double firstRate = 0;
    double least = Double.POSITIVE_INFINITY;
    int best = 0;
    for (int i = 0; i < points.length; i++) {
      points[i] = fitted(step, tries[i][0] * coarseness(step), (int) tries[i][1], thin);
      Measured measured = measure(points[i], thin, Double.POSITIVE_INFINITY);
      if (i == 0) {
        firstRate = measured.rate();
      } else {
        // Gaps are compared at one rate: they are the smaller the less is coded at all.
        double equalStep = step * StrictMath.pow(2, Math.clamp(measured.rate() - firstRate, -1, 1));
        measured = measure(near(points[i], equalStep, thin), thin, Double.POSITIVE_INFINITY);
      }
      if (measured.rate() >= LEAST_SHARE * firstRate && measured.gap() < least) {
        least = measured.gap();
        best = i;
      }
    }
    return fitted(step, points[best].lambda(), points[best].format().classes(), 1, sample);
  }

  /** Deviation of the reference class in steps. */
  private double deviation(double step) {
    return deviation(arrangement.referenceClass(), step);
  }

  private double deviation(int scaleClass, double step) {
    return arrangement.range().deviation() * ScaleClasses.factor(scaleClass) / step;
  }

  /**
   * What a bit is worth, over what it is where steps are fine. On Shannon's curve that is 2 ln 2 times the error, which is a
   * share of the squared step there, but no more than the variance: were a bit worth more, soon nothing would be coded at all.
   */
  private double coarseness(double step) {
    return Math.min(1, 0.9 * StrictMath.pow(deviation(step), 1.4));
  }

  /** The point of another step, next to one that is known: rates are to follow steps without leaps. */
  TrellisPoint near(TrellisPoint known, double step, PlaneSample sample) {
    int twelfths = (int) StrictMath.rint(Law.OCTAVE * Logarithms.log2(known.step() / step));
    List<Distribution> laws = new ArrayList<>();
    for (int i = 0; i < known.format().classes().size(); i++) {
      Law wider = ((Law) known.format().classes().get(i)).widened(twelfths);
      laws.add(wider.with(alphabet(deviation(TrellisFormat.SCALE_CLASSES_PER_LAW * i, step))));
    }
    return fitted(step, known.lambda() * coarseness(step) / coarseness(known.step()), laws, 1, sample);
  }

  /** A point of any laws, for a tensor whose levels are all 0. */
  TrellisPoint any() {
    return point(1, 0, gaussian(1, UNLIKELY_ZERO, 1));
  }

  private TrellisPoint fitted(double step, double lambda, int secondZero, PlaneSample sample) {
    return fitted(
        step, lambda, gaussian(step, secondZero, sample.greatestClass() / TrellisFormat.SCALE_CLASSES_PER_LAW + 1), ROUNDS,
        sample);
  }

  private TrellisPoint fitted(double step, double lambda, List<Distribution> begin, int rounds, PlaneSample sample) {
    List<Distribution> laws = begin;
    for (int round = 0; round < rounds; round++) {
      Histogram histogram = new Histogram(laws.size());
      search(point(step, lambda, laws), sample, histogram, null);
      laws = fit(histogram, laws, values / sample.count());
    }
    return point(step, lambda, laws);
  }

  private TrellisPoint point(double step, double lambda, List<Distribution> laws) {
    TrellisFormat format = new TrellisFormat(method.stateBits(), method.chunkSteps(), laws);
    return new TrellisPoint(step, TrellisPoint.bound(step, arrangement.range().centre()), lambda, format, 1);
  }

  private List<Distribution> gaussian(double step, int secondZero, int classes) {
    List<Distribution> laws = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      double deviation = deviation(TrellisFormat.SCALE_CLASSES_PER_LAW * i, step);
      double octaves = Logarithms.log2(GAUSSIAN_WIDTH * Math.max(deviation, 1e-9)) - Law.LEAST_OCTAVE;
      int width = (int) Math.clamp(StrictMath.rint(Law.OCTAVE * octaves), 0, Law.GREATEST_WIDTH);
      int zero = deviation < LEAST_WITHOUT_ZERO ? Math.min(1, secondZero) : secondZero;
      laws.add(new Law(alphabet(deviation), width, GAUSSIAN_SHAPE, 0, zero, 0));
    }
    return laws;
  }

  private static Alphabet alphabet(double deviation) {
    return deviation <= MOST_NARROW ? Alphabet.NARROW : deviation <= MOST_MIDDLE ? Alphabet.MIDDLE : Alphabet.WIDE;
  }

  /** A law for each class: its own where that pays, else the one before it, for values that are smaller. */
  private static List<Distribution> fit(Histogram histogram, List<Distribution> before, double scale) {
    List<Distribution> laws = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      LawFit fit = new LawFit(histogram, i);
      boolean isKnown = histogram.values(i) >= LEAST_FITTED;
      Law own = (Law) before.get(i);
      if (isKnown || i == 0) {
        own = fit.from(own);
      }
      Law derived = i == 0 ? null : ((Law) laws.getLast()).widened(-TrellisFormat.WIDTHS_PER_CLASS);
      boolean isDerived = derived != null && (!isKnown && derived.alphabet() == own.alphabet()
          || (fit.bits(derived.frequencies()) - fit.bits(own.frequencies())) * scale <= LAW_BITS);
      laws.add(isDerived ? derived : own);
    }
    return laws;
  }

  /**
   * What a sample takes.
   *
   * @param bits of it, but for lane states and the like
   * @param squaredError with the best gain, of the values within the bound
   * @param beyond values whose error is beyond the bound
   * @param unit what a step is decoded to with that gain; 0 where all levels are
   */
  record Measured(double bits, double squaredError, int values, int beyond, double unit) {
    double rate() {
      return bits / values;
    }

    /** Bits per value less those that the quality is worth. */
    double gap() {
      return rate() + 0.5 * Logarithms.log2(Math.max(squaredError, Double.MIN_NORMAL));
    }
  }

  /** What a sample takes at a point, where errors beyond {@code maxError} are not allowed. */
  Measured measure(TrellisPoint point, PlaneSample sample, double maxError) {
    float[] levels = new float[sample.count()];
    double bits = search(point, sample, null, levels);
    float centre = arrangement.range().centre();
    double products = 0;
    double levelSquares = 0;
    for (int i = 0; i < levels.length; i++) {
      double deviation = (double) sample.values()[i] - centre;
      products += deviation * levels[i];
      levelSquares += (double) levels[i] * levels[i];
    }
    double gain = levelSquares == 0 ? 0 : products / levelSquares;
    double squaredError = 0;
    int beyond = 0;
    for (int i = 0; i < levels.length; i++) {
      double error = (double) sample.values()[i] - centre - gain * levels[i];
      boolean isBeyond = Math.abs(error) > maxError;
      beyond += isBeyond ? 1 : 0;
      squaredError += isBeyond ? 0 : error * error;
    }
    return new Measured(bits, squaredError, levels.length, beyond, gain);
  }

  /**
   * Searches the levels of a sample; returns their bits.
   *
   * @param histogram of the levels; null for none
   * @param levels receives them; null where nobody wants them
   */
  private double search(TrellisPoint point, PlaneSample sample, Histogram histogram, float[] levels) {
    Laws laws = point.format().laws();
    byte[] classes = sample.lawClasses(laws.classes());
    ChunkEncoder.Quantizer quantizer =
        new ChunkEncoder.Quantizer(arrangement.range().centre(), (float) point.step(), point.lambda());
    int chunk = method.chunkSteps() * 16;
    double bits = 0;
    for (int from = 0; from < sample.count(); from += chunk) {
      int count = Math.min(chunk, sample.count() - from);
      encoder.search(
          sample.values(), from, count / 16, quantizer, point.format().trellis(), laws,
          LawMap.part(classes, from, count));
      if (histogram != null) {
        encoder.count(histogram);
      }
      if (levels != null) {
        encoder.levels(levels, from);
        bits += encoder.bits(laws);
      }
    }
    return bits;
  }
}
