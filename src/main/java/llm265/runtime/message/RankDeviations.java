package llm265.runtime.message;

import llm265.numeric.Logarithms;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * How far the values of each rank of an {@link Expectation} deviate in one message, in thirds of an octave over the root mean
 * square. Neighbouring ranks deviate nearly alike, so a rank takes about three bits. SPEC.md, "Run-time messages".
 */
final class RankDeviations {
  /** Thirds of an octave below which a rank is taken for zeros. */
  private static final int LEAST = -60;
  private static final int GREATEST = 60;

  private static final int GREATEST_RICE = 7;

  private static final int THIRDS = DeviationLaws.OCTAVE / DeviationLaws.CLASS;

  private final int[] thirds;

  private RankDeviations(int[] thirds) {
    this.thirds = thirds;
  }

  /**
   * The deviations of ranks.
   *
   * @param squares sum of squares of each rank's values
   * @param counts their number; a rank may have none
   */
  static RankDeviations of(double[] squares, int[] counts) {
    int[] thirds = new int[squares.length];
    for (int i = 0; i < thirds.length; i++) {
      thirds[i] = squares[i] == 0 ? (i == 0 ? LEAST : thirds[i - 1])
          : (int) Math.clamp(StrictMath.rint(THIRDS * Logarithms.log2(squares[i] / counts[i]) / 2), LEAST, GREATEST);
    }
    return new RankDeviations(thirds);
  }

  /** Number of ranks. */
  int ranks() {
    return thirds.length;
  }

  /** The deviation of a rank in units. */
  int units(int rank) {
    return thirds[rank] * DeviationLaws.CLASS;
  }

  void write(PayloadWriter out) {
    BitWriter.signedRice(out, thirds.length, i -> thirds[i] - (i == 0 ? 0 : thirds[i - 1]), GREATEST_RICE);
  }

  static RankDeviations read(PayloadReader in, int ranks) {
    int parameter = in.u8("deviation_parameter");
    if (parameter > GREATEST_RICE) {
      throw MessageFault.of("deviation_parameter", parameter + " is greater than " + GREATEST_RICE);
    }
    BitReader bits = new BitReader(in, "rank_deviation");
    int[] thirds = new int[ranks];
    for (int i = 0; i < ranks; i++) {
      thirds[i] = (i == 0 ? 0 : thirds[i - 1]) + bits.signedRice(parameter, GREATEST - LEAST, "rank_deviation");
      if (thirds[i] < LEAST || thirds[i] > GREATEST) {
        throw MessageFault.of("rank_deviation", thirds[i] + " is not in " + LEAST + ".." + GREATEST);
      }
    }
    bits.requireZeros("rank_deviation");
    return new RankDeviations(thirds);
  }
}
