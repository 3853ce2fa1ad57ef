package llm265.runtime.message;

import llm265.numeric.Logarithms;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Alphabet;
import llm265.trinity.Law;

/**
 * Holds a rate from message to message without a search: the step, over the deviation of the values, is what it was, corrected
 * by how far the last message was from the rate. Deviations may drift as they like; only the shape of the values moves it.
 */
final class StepControl {
  /** Share of a message's miss that the next one makes up for. What is left is noise of one message. */
  private static final double CORRECTION = 0.6;

  /** Octaves of the step that one correction may take; where steps are coarse, farther ones would leave the law without ones. */
  private static final double MOST_OCTAVES = 3;
  private static final double MOST_COARSE_OCTAVES = 1;

  /** Bounds of the step in octaves over the deviation: all is 0 before the last, all are escapes before the first. */
  private static final double LEAST_STEP = -14;
  private static final double GREATEST_STEP = 6;

  /** Messages after which a law of a wide alphabet is fitted anew. */
  private static final int WIDE_PERIOD = 8;

  /** Width of the law of Gaussian values over their deviation, in octaves. */
  private static final double GAUSSIAN_WIDTH = 0.485;

  private static final int GAUSSIAN_SHAPE = 16;

  /** Octaves of the step under the deviation up to which the narrow alphabet, and the middle one, take least. */
  private static final double MOST_NARROW = 3.6;
  private static final double MOST_MIDDLE = 4.9;

  private double logStep;
  private Law law;
  private boolean isCoarse;
  private final Surplus surplus = new Surplus();
  private int messages;

  /** Steps of the message at hand that took too much and too little. */
  private double tooFine;
  private double tooCoarse;

  /** Whether there has been no message yet. */
  boolean isNew() {
    return law == null;
  }

  /** The step over the deviation. */
  double step() {
    return StrictMath.pow(2, logStep);
  }

  Law law() {
    return law;
  }

  /**
   * Makes ready for a message; begins anew where the way of coding changes.
   *
   * @param coarse whether most levels are to be 0
   */
  void begin(double rate, boolean coarse) {
    tooFine = Double.NEGATIVE_INFINITY;
    tooCoarse = Double.POSITIVE_INFINITY;
    if (law == null || coarse != isCoarse) {
      // Of Gaussian values, measured.
      logStep = coarse ? 0.5 - 0.42 * Logarithms.log2(rate) : rate < 1.2 ? 0.75 - 0.85 * rate : 0.95 - rate;
      isCoarse = coarse;
      law = gaussian();
    }
  }

  /** The law of Gaussian values of the deviation. */
  private Law gaussian() {
    double octaves = GAUSSIAN_WIDTH - logStep - Law.LEAST_OCTAVE;
    int width = (int) Math.clamp(StrictMath.rint(Law.OCTAVE * octaves), 0, Law.GREATEST_WIDTH);
    // The second quantizer has a use for zero where steps are coarse.
    return new Law(alphabet(), width, GAUSSIAN_SHAPE, 0, isCoarse || logStep > 0.15 ? 0 : 6, 0);
  }

  private Alphabet alphabet() {
    return -logStep <= MOST_NARROW ? Alphabet.NARROW : -logStep <= MOST_MIDDLE ? Alphabet.MIDDLE : Alphabet.WIDE;
  }

  /** What a message of so many bits by the rate is to take, for the mean to be the rate. */
  double target(double bits) {
    return surplus.target(bits);
  }

  /** The law that did best with the last step. */
  void learn(Law fitted) {
    law = fitted;
  }

  /** Whether it is time to look for the law that fits: those of wide alphabets take long to compute, and change little. */
  boolean isLawDue() {
    return law.alphabet() == Alphabet.NARROW || messages % WIDE_PERIOD == 0;
  }

  /**
   * Moves the step after bits that a message took, or would take, of those that it was to take; and the law with it.
   *
   * @param rate of the message in bits per value
   * @param share of the miss to make up for, 0 to 1
   */
  private void move(double taken, double wanted, double rate, double share) {
    // On Shannon's curve the rate falls by a bit an octave. At low rates it falls faster than that, since laws follow levels.
    double octaves = Math.max(0.1, 0.69 * rate) * Logarithms.log2(Math.max(taken, 1e-3 * wanted) / wanted);
    double before = logStep;
    double most = isCoarse ? MOST_COARSE_OCTAVES : MOST_OCTAVES;
    logStep = Math.clamp(logStep + share * Math.clamp(octaves, -most, most), LEAST_STEP, GREATEST_STEP);
    law = law.widened((int) StrictMath.rint(Law.OCTAVE * (before - logStep))).with(alphabet());
  }

  /** Makes up for all of a miss: the message is coded again. */
  void correct(double taken, double wanted, double rate) {
    if (taken > wanted) {
      tooFine = logStep;
    } else {
      tooCoarse = logStep;
    }
    move(taken, wanted, rate, 1);
    if (logStep <= tooFine || logStep >= tooCoarse) {
      logStep = (tooFine + tooCoarse) / 2;
    }
    if (taken <= 0) {
      // A law of nothing but zeros would let nothing else come up.
      law = gaussian();
    }
  }

  /** Takes note of a message that is sent. */
  void sent(double taken, double wanted, double rate, double excess) {
    move(taken, wanted, rate, CORRECTION);
    surplus.add(excess);
    messages++;
  }

  void write(PayloadWriter out) {
    out.u8(law == null ? 0 : isCoarse ? 2 : 1);
    if (law != null) {
      CodecState.write(logStep, out);
      surplus.write(out);
      out.u32(messages);
      MessageHeader.write(law, out);
    }
  }

  static StepControl read(PayloadReader in) {
    StepControl control = new StepControl();
    int kind = in.u8("step_control");
    if (kind > 2) {
      throw MessageFault.of("step_control", kind + " is not known");
    }
    if (kind > 0) {
      control.isCoarse = kind == 2;
      control.logStep = CodecState.readDouble(in);
      if (!Double.isFinite(control.logStep)) {
        throw MessageFault.of("step_control", "is not a finite number");
      }
      control.surplus.read(in);
      control.messages = in.u32("messages");
      control.law = MessageHeader.readLaw(in);
    }
    return control;
  }
}
