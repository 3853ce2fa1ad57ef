package llm265.trinity;

import java.util.ArrayList;
import java.util.List;

/** Finds the law that codes counted magnitudes in the fewest bits, by steps in one parameter at a time. */
public final class LawFit {
  private final Histogram histogram;
  private final int valueClass;

  /** @param valueClass class of the histogram that the law is for */
  public LawFit(Histogram histogram, int valueClass) {
    this.histogram = histogram;
    this.valueClass = valueClass;
  }

  /** The best law that steps from {@code start} lead to. */
  public Law from(Law start) {
    Law best = start;
    double least = bits(start.frequencies());
    for (boolean better = true; better;) {
      better = false;
      for (Law law : neighbours(best)) {
        double bits = bits(law.frequencies());
        if (bits < least) {
          best = law;
          least = bits;
          better = true;
        }
      }
    }
    return best;
  }

  private static List<Law> neighbours(Law law) {
    List<Law> laws = new ArrayList<>();
    for (int step : new int[] {-4, -1, 1, 4}) {
      add(laws, law, step, 0, 0, 0, 0);
    }
    for (int step = -1; step <= 1; step += 2) {
      add(laws, law, 0, step, 0, 0, 0);
      // A sharper law of the same deviation is narrower.
      add(laws, law, 2 * step, step, 0, 0, 0);
      add(laws, law, 0, 0, step, 0, 0);
      add(laws, law, 0, 0, 0, step, 0);
      add(laws, law, 0, 0, 0, 0, step);
    }
    return laws;
  }

  private static void add(List<Law> laws, Law law, int width, int shape, int firstZero, int secondZero, int firstOne) {
    Law other = law.moved(width, shape, firstZero, secondZero, firstOne);
    if (!other.equals(law)) {
      laws.add(other);
    }
  }

  /** What the magnitudes take with frequencies, in bits. */
  public double bits(TokenFrequencies frequencies) {
    double sum = 0;
    for (int q = 0; q < 2; q++) {
      for (int k = 0; k <= Histogram.GREATEST; k++) {
        long count = histogram.count(valueClass, q, k);
        if (count > 0) {
          sum += count * frequencies.bits(q, k);
        }
      }
    }
    return sum;
  }
}
