package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.numeric.Logarithms;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Histogram;
import llm265.trinity.Law;
import llm265.trinity.LawFit;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/**
 * Laws of coefficients whose standard deviation is known, in classes of a quarter of an octave of deviations in steps. They are
 * fitted to what the trellis makes of random values of a normal distribution, and so are the factors by which levels come
 * nearest to them. So a page needs no laws of its own.
 */
final class CoefficientLaws {
  /** Deviations of an octave. */
  private static final int OCTAVE = 4;
  private static final int LEAST_OCTAVE = -3;
  private static final int CLASSES = 11 * OCTAVE;

  private static final int SAMPLE = 1 << 13;
  private static final int ROUNDS = 3;
  private static final int STEPS = SAMPLE / 16;
  private static final double GAUSSIAN_WIDTH = Math.sqrt(2);

  private final Trellis trellis;
  private final double lambda;
  private final List<Law> fitted = new ArrayList<>();
  private final float[] gains = new float[CLASSES];
  private final Laws laws;

  /** Those of 8 states; bits are weighed a little less than what they are worth at high rates, .39. */
  static CoefficientLaws usual() {
    return Usual.LAWS;
  }

  private static final class Usual {
    static final CoefficientLaws LAWS = new CoefficientLaws(3, 0.3);
  }

  CoefficientLaws(int stateBits, double lambda) {
    trellis = Trellis.of(stateBits);
    this.lambda = lambda;
    SplittableRandom random = new SplittableRandom(1);
    float[] normal = new float[SAMPLE];
    for (int i = 0; i < SAMPLE; i++) {
      normal[i] = (float) random.nextGaussian();
    }
    ChunkEncoder encoder = new ChunkEncoder(STEPS);
    for (int i = 0; i < CLASSES; i++) {
      fit(i, normal, encoder);
    }
    laws = new Laws(fitted);
  }

  Trellis trellis() {
    return trellis;
  }

  double lambda() {
    return lambda;
  }

  Laws laws() {
    return laws;
  }

  /** What a level is multiplied by, beside its step. */
  float gain(int valueClass) {
    return gains[valueClass];
  }

  /** The class of coefficients of a deviation in steps. */
  static int classOf(double deviation) {
    double octaves = Logarithms.log2(Math.max(deviation, 1e-9)) - LEAST_OCTAVE;
    return (int) Math.clamp(StrictMath.rint(OCTAVE * octaves), 0, CLASSES - 1);
  }

  static double deviation(int valueClass) {
    return StrictMath.pow(2, (double) valueClass / OCTAVE + LEAST_OCTAVE);
  }

  private void fit(int valueClass, float[] normal, ChunkEncoder encoder) {
    double deviation = deviation(valueClass);
    float[] values = new float[SAMPLE];
    for (int i = 0; i < SAMPLE; i++) {
      values[i] = (float) (deviation * normal[i]);
    }
    double octaves = Logarithms.log2(GAUSSIAN_WIDTH * deviation) - Law.LEAST_OCTAVE;
    int width = (int) Math.clamp(StrictMath.rint(Law.OCTAVE * octaves), 0, Law.GREATEST_WIDTH);
    Alphabet alphabet = deviation <= 6 ? Alphabet.NARROW : deviation <= 20 ? Alphabet.MIDDLE : Alphabet.WIDE;
    Law law = new Law(alphabet, width, 16, 0, deviation < 0.9 ? 1 : 6, 0);
    float[] levels = new float[SAMPLE];
    for (int round = 0; round < ROUNDS; round++) {
      encoder.search(
          values, 0, STEPS, new ChunkEncoder.Quantizer(0, 1, lambda), trellis, new Laws(List.of(law)), null);
      Histogram histogram = new Histogram(1);
      encoder.count(histogram);
      encoder.levels(levels, 0);
      law = new LawFit(histogram, 0).from(law);
    }
    double products = 0;
    double squares = 0;
    for (int i = 0; i < SAMPLE; i++) {
      products += (double) values[i] * levels[i];
      squares += (double) levels[i] * levels[i];
    }
    gains[valueClass] = squares == 0 ? 1 : (float) (products / squares);
    fitted.add(law);
  }
}
