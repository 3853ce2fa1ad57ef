package llm265.book;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.rate.BinCost;
import llm265.rate.GaussianModel;

/** Chapter 10: distortion and rate of one coefficient at QP 28, and the model of a whole tensor. */
final class RateFigures {
  /** What half of a level's squared step, and the steepness of 2^-2R, make of lambda: ln 2 / 6. */
  private static final double LAMBDA = Math.log(2) / 6;
  private static final int SIGNIFICANT = 105 + 29;
  private static final int LAST = 166 + 29;
  /** Place of the zigzag order at (2,2), where a level is worth as much as at (0,0). */
  private static final int LATE = 11;
  private static final int FIRST_MAGNITUDE = 227 + 20 + 1;
  private static final int LATER_MAGNITUDE = 227 + 20 + 5;

  private RateFigures() {}

  static void addTo(Figures figures) {
    figures.put("10.lambda", () -> Texts.table(List.of(
        lambdaRow(16), lambdaRow(22), lambdaRow(28), lambdaRow(34))));
    figures.put("10.bits", () -> Texts.table(List.of(
        List.of("level", "at (0,0)", "at (2,2)"), bitsRow(0), bitsRow(1), bitsRow(2), bitsRow(3))));
    figures.put("10.near", () -> candidates(100, 0));
    figures.put("10.alone", RateFigures::alone);
    figures.put("10.model", RateFigures::model);
    figures.put("10.1", () -> fixed(lambda(40), 1));
    figures.put("10.2", () -> Integer.toString(best(-165, 0)));
    figures.put("10.3", () -> fixed(Math.pow(2, 0.06), 3));
    figures.put("10.4", () -> fixed(20 * Math.log10(2), 2));
    figures.put("10.5", () -> {
      double mean = 3;
      double half = Math.log(4) / Math.log(2) / 2;
      return Texts.list((int) (mean - half), (int) (mean + half));
    });
  }

  private static String fixed(double number, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }

  private static double lambda(int qp) {
    return LAMBDA * TransformFigures.step(qp) * TransformFigures.step(qp);
  }

  private static List<String> lambdaRow(int qp) {
    return List.of("QP " + qp, "step " + TransformFigures.plain(TransformFigures.step(qp)), "lambda " + fixed(lambda(qp), 2));
  }

  private static double bin(ContextVariables contexts, int ctxIdx, int value) {
    return (double) BinCost.ofBin(contexts, ctxIdx, value) / BinCost.BIT;
  }

  /** Bits of a magnitude, not the last of its block, with no other level behind it; contexts as they begin at QP 28. */
  private static double bits(int level, int place) {
    ContextVariables contexts = new ContextVariables();
    contexts.init(BookStreams.QP);
    if (level == 0) {
      return bin(contexts, SIGNIFICANT + place, 0);
    }
    double bits = bin(contexts, SIGNIFICANT + place, 1) + bin(contexts, LAST + place, 0) + 1;
    for (int k = 1; k <= level; k++) {
      bits += bin(contexts, k == 1 ? FIRST_MAGNITUDE : LATER_MAGNITUDE, k < level ? 1 : 0);
    }
    return bits;
  }

  private static List<String> bitsRow(int level) {
    return List.of(Integer.toString(level), fixed(bits(level, 0), 2), fixed(bits(level, LATE), 2));
  }

  /** Squared error in samples of a coefficient W at (0,0) that becomes a level of 64 each. */
  private static double distortion(int w, int level) {
    double error = w - 64 * level;
    return error * error / 16;
  }

  private static double cost(int w, int level, int place) {
    return distortion(w, level) + lambda(BookStreams.QP) * bits(level, place);
  }

  private static String candidates(int w, int place) {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("level", "D", "R", "D + lambda R")));
    for (int level = 0; level <= 2; level++) {
      rows.add(List.of(Integer.toString(level), fixed(distortion(w, level), 1), fixed(bits(level, place), 2),
          fixed(cost(w, level, place), 1)));
    }
    return Texts.table(rows);
  }

  /** Bits of a block whose first level is 3 and which has, at most, a 1 at {@link #LATE}. */
  private static double blockBits(boolean late) {
    ContextVariables contexts = new ContextVariables();
    contexts.init(BookStreams.QP);
    double bits = bin(contexts, SIGNIFICANT, 1) + bin(contexts, LAST, late ? 0 : 1);
    if (late) {
      for (int place = 1; place < LATE; place++) {
        bits += bin(contexts, SIGNIFICANT + place, 0);
      }
      bits += bin(contexts, SIGNIFICANT + LATE, 1) + bin(contexts, LAST + LATE, 1) + bin(contexts, FIRST_MAGNITUDE, 0) + 1;
    }
    int first = late ? FIRST_MAGNITUDE + 1 : FIRST_MAGNITUDE;
    return bits + bin(contexts, first, 1) + bin(contexts, LATER_MAGNITUDE, 1) + bin(contexts, LATER_MAGNITUDE, 0) + 1;
  }

  private static String alone() {
    int w = 44;
    List<List<String>> rows = new ArrayList<>(List.of(List.of("level", "D", "R of the block", "D + lambda R")));
    for (int level = 0; level <= 1; level++) {
      double bits = blockBits(level == 1);
      rows.add(List.of(Integer.toString(level), fixed(distortion(w, level), 1), fixed(bits, 2),
          fixed(distortion(w, level) + lambda(BookStreams.QP) * bits, 1)));
    }
    return Texts.table(rows);
  }

  /** The level of the least cost. */
  private static int best(int w, int place) {
    int best = 0;
    for (int level = 1; level <= 3; level++) {
      best = cost(Math.abs(w), level, place) < cost(Math.abs(w), best, place) ? level : best;
    }
    return w < 0 ? -best : best;
  }

  private static String model() {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("bits", "step / deviation", "SNR", "the bound")));
    for (int bits = 1; bits <= 4; bits++) {
      double log2Ratio = GaussianModel.log2RatioForBits(bits);
      rows.add(List.of(Integer.toString(bits), fixed(Math.pow(2, log2Ratio), 3), fixed(GaussianModel.snr(log2Ratio), 2) + " dB",
          fixed(20 * Math.log10(2) * bits, 2) + " dB"));
    }
    return Texts.table(rows);
  }
}
