package llm265.tensor.trellis;

import java.util.List;
import llm265.numeric.Logarithms;
import llm265.tensor.tools.TrellisFormat;
import llm265.tensor.values.TensorElements;
import llm265.trinity.Distribution;
import llm265.trinity.Law;

/**
 * How a tensor is coded at one step.
 *
 * @param step difference of neighbouring points of both quantizers together
 * @param bound deviation from the centre beyond which values are kept exactly; negative where all are
 * @param lambda squared steps that a bit is worth
 * @param format with the laws for that step
 * @param gain what a step is decoded to, in steps, where that must be known before levels are searched
 */
public record TrellisPoint(double step, double bound, double lambda, TrellisFormat format, double gain) {
  /** Values farther than so many steps from the centre are kept exactly: a magnitude has 16 bits. */
  private static final int MOST_STEPS = 100_000;

  /** Octaves of the step within which laws cost next to nothing as they are. */
  private static final double SAME = 0.06;

  /** Octaves of the step within which laws keep their shape. */
  private static final double NEAR = 0.25;

  /** The deviation from the centre beyond which values are kept exactly with a step. */
  static double bound(double step, float centre) {
    return Math.min(MOST_STEPS * step, TensorElements.GREATEST_CODED_MAGNITUDE - Math.abs(centre));
  }

  /** Whether the laws will do for another step, once they are as wide as that asks for. */
  public boolean isNear(double other) {
    return octavesTo(other) < NEAR;
  }

  /** Whether the laws will do for another step as they are. */
  public boolean isAt(double other) {
    return octavesTo(other) < SAME;
  }

  /** How far another step is, in octaves. */
  double octavesTo(double other) {
    return Math.abs(Logarithms.log2(other / step));
  }

  /** The same laws with another step. */
  public TrellisPoint withStep(double newStep, float centre) {
    return new TrellisPoint(newStep, bound(newStep, centre), lambda, format, gain);
  }

  TrellisPoint withGain(double newGain) {
    return new TrellisPoint(step, bound, lambda, format, newGain);
  }

  /** Another step, and laws as wide as that asks for. */
  public TrellisPoint movedTo(double newStep, float centre) {
    int twelfths = (int) StrictMath.rint(Law.OCTAVE * Logarithms.log2(step / newStep));
    List<Distribution> laws = format.classes().stream()
        .map(law -> law instanceof Law known ? known.widened(twelfths) : law).toList();
    return new TrellisPoint(
        newStep, bound(newStep, centre), lambda, new TrellisFormat(format.stateBits(), format.chunkSteps(), laws), gain);
  }
}
