package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.h264.rate.AdaptiveLevelCosts;
import llm265.numeric.Logarithms;
import llm265.tensor.tools.CarrierFormat;
import llm265.tensor.tools.TrellisFormat;
import llm265.trinity.ChunkKernels;

/**
 * What magnitudes take on pictures that carry levels, by class of value and quantizer: at first by the entropy of a Gaussian
 * source, then as measured. Immutable but for the tables that are made when first wanted.
 */
public final class CarrierCosts {
  /** Levels whose costs are measured one by one. */
  private static final int MEASURED = 24;

  /** Times that a level must occur for its cost to be trusted. */
  private static final int ENOUGH = 24;

  /** Values of a class that must be seen. */
  private static final int ENOUGH_OF_CLASS = 512;

  /** Of a magnitude that must not occur. */
  private static final double NEVER = 1e9;

  /** Deviation in steps up to which greater magnitudes than those of narrow tables hardly occur. */
  private static final double MOST_NARROW = 14;

  private static final double LEAST_PROBABILITY = 0x1p-40;

  /** By class. */
  private final int[] lowBits;
  private final int classes;
  /** By class, quantizer and magnitude of the level. */
  private final double[] levels;
  private final int length;
  private float[] table;
  private double tableLambda;

  private CarrierCosts(int[] lowBits, int classes, int length, double[] levels) {
    this.lowBits = lowBits;
    this.classes = classes;
    this.length = length;
    this.levels = levels;
  }

  /**
   * Costs of Gaussian values.
   *
   * @param ofFirst low bits of the first class
   * @param deviations by class, in steps
   */
  static CarrierCosts gaussian(int ofFirst, double[] deviations) {
    int[] lowBits = new int[deviations.length];
    for (int i = 0; i < lowBits.length; i++) {
      lowBits[i] = CarrierFormat.lowBits(ofFirst, TrellisFormat.SCALE_CLASSES_PER_LAW * i);
    }
    return gaussian(lowBits, deviations);
  }

  /**
   * Costs of Gaussian values.
   *
   * @param bitsByClass low bits of each class; not copied
   * @param deviations by class, in steps
   */
  public static CarrierCosts gaussian(int[] bitsByClass, double[] deviations) {
    int classes = deviations.length;
    double[] levels = new double[classes * 2 * MEASURED];
    for (int table = 0; table < 2 * classes; table++) {
      double deviation = Math.max(deviations[table / 2], 0.3);
      int quantizer = table & 1;
      int lowBits = bitsByClass[table / 2];
      double[] weights = new double[MEASURED];
      double sum = 0;
      for (int level = 0; level < MEASURED; level++) {
        // The middle of the level's indices, for those of the second quantizer about an odd step.
        double steps = lowBits == 0 ? Math.max(2 * level - quantizer, 0) : level * (2 << lowBits);
        double x = steps / deviation;
        weights[level] = Math.max(StrictMath.exp(-0.5 * x * x), LEAST_PROBABILITY)
            * (level > 0 ? 2 : lowBits == 0 && quantizer == 1 ? 1.0 / 16 : 1);
        sum += weights[level];
      }
      for (int level = 0; level < MEASURED; level++) {
        levels[table * MEASURED + level] = -Logarithms.log2(weights[level] / sum);
      }
    }
    return new CarrierCosts(bitsByClass, classes, length(deviations), levels);
  }

  private static int length(double[] deviations) {
    double greatest = 0;
    for (double deviation : deviations) {
      greatest = Math.max(greatest, deviation);
    }
    return greatest < MOST_NARROW ? ChunkKernels.NARROW_LENGTH : ChunkKernels.WIDE_LENGTH;
  }

  /** Low bits of the first class. */
  int lowBits() {
    return lowBits[0];
  }

  /** Low bits of a class. */
  int lowBits(int valueClass) {
    return lowBits[valueClass];
  }

  int classes() {
    return classes;
  }

  /** Elements of a quantizer's table. */
  public int length() {
    return length;
  }

  /**
   * Costs by class, quantizer and magnitude, behind the last class those of padding, which is 0. Not to be changed.
   */
  public synchronized float[] table(double lambda) {
    if (table == null || tableLambda != lambda) {
      float[] all = new float[(classes + 1) * 2 * length];
      int padding = classes * 2 * length;
      for (int i = 0; i < padding; i++) {
        int quantizer = i / length & 1;
        all[i] = (float) (lambda * bits(i / length, quantizer, i % length));
      }
      Arrays.fill(all, padding, all.length, (float) NEVER);
      all[padding] = 0;
      all[padding + length] = 0;
      table = all;
      tableLambda = lambda;
    }
    return table;
  }

  private double bits(int of, int quantizer, int magnitude) {
    int lowBits = this.lowBits[of / 2];
    if (lowBits == 0) {
      return levelBits(of, magnitude);
    }
    if (quantizer == 1 && magnitude == 0) {
      return NEVER;
    }
    int half = 1 << (lowBits - 1);
    int positive = (magnitude - quantizer + half) >> lowBits;
    int negative = (half - magnitude) >> lowBits;
    return lowBits + 0.5 * (levelBits(of, positive) + levelBits(of, Math.abs(negative)));
  }

  private double levelBits(int of, int level) {
    int at = of * MEASURED;
    if (level < MEASURED) {
      return levels[at + level];
    }
    return levels[at + MEASURED - 1] + AdaptiveLevelCosts.suffixBits(level - 1) - AdaptiveLevelCosts.suffixBits(MEASURED - 2);
  }

  /** Collects what levels take. */
  static final class Measurement {
    private final CarrierCosts before;
    private final double[] bits;
    private final int[] counts;

    /** @param before costs that the levels were searched with */
    Measurement(CarrierCosts before) {
      this.before = before;
      bits = new double[before.classes * 2 * MEASURED];
      counts = new int[bits.length];
    }

    void add(int valueClass, int quantizer, int level, double taken) {
      int at = (2 * valueClass + quantizer) * MEASURED + Math.min(Math.abs(level), MEASURED - 1);
      bits[at] += taken;
      counts[at]++;
    }

    /** The costs; those of classes that are hardly there are those of the next that is. */
    CarrierCosts costs() {
      double[] levels = before.levels.clone();
      int known = -1;
      for (int i = 0; i < before.classes; i++) {
        int from = 2 * i * MEASURED;
        int seen = 0;
        for (int k = from; k < from + 2 * MEASURED; k++) {
          seen += counts[k];
        }
        if (seen >= ENOUGH_OF_CLASS) {
          measured(levels, from);
          measured(levels, from + MEASURED);
          for (int j = known + 1; known < 0 && j < i; j++) {
            System.arraycopy(levels, from, levels, 2 * j * MEASURED, 2 * MEASURED);
          }
          known = i;
        } else if (known >= 0) {
          System.arraycopy(levels, 2 * known * MEASURED, levels, from, 2 * MEASURED);
        }
      }
      return new CarrierCosts(before.lowBits, before.classes, before.length, levels);
    }

    private void measured(double[] levels, int from) {
      double slope = 1.5;
      for (int level = 0; level < MEASURED; level++) {
        int at = from + level;
        if (counts[at] >= ENOUGH) {
          double own = bits[at] / counts[at];
          slope = level > 1 && counts[at - 1] >= ENOUGH ? Math.max(0.3, own - levels[at - 1]) : slope;
          levels[at] = own;
        } else if (level == 0) {
          // A zero that hardly occurs is not to come back by accident.
          levels[at] = 12;
        } else {
          levels[at] = levels[at - 1] + (level == 1 ? 0 : slope);
        }
      }
    }
  }
}
