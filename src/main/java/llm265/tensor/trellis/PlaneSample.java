package llm265.tensor.trellis;

import llm265.tensor.TensorFraming;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;
import llm265.tensor.values.TensorElements;

/**
 * Values from all over a plane, in runs of 16 that lie side by side: what they take speaks for the whole, since neighbours have
 * no part in coding.
 *
 * @param values finite
 * @param scaleClasses sum of each value's row and column class
 */
record PlaneSample(float[] values, byte[] scaleClasses) {
  /** Values that lie side by side. */
  static final int RUN = 16;

  /**
   * About so many values of a tensor as it is arranged; values that are kept exactly are the centre here.
   *
   * @param bound deviations from the centre beyond which values are kept exactly
   */
  static PlaneSample of(Arrangement arrangement, int count, double bound) {
    TensorFraming framing = arrangement.framing();
    long runsInRow = framing.columns() / RUN;
    // Planes have whole runs: the narrowest have 48 columns.
    long all = runsInRow * Math.max(1, framing.values() / framing.columns());
    int runs = (int) Math.min(Math.max(1, count / RUN), all);
    float[] values = new float[runs * RUN];
    byte[] classes = new byte[values.length];
    float centre = arrangement.range().centre();
    for (int i = 0; i < runs; i++) {
      // Evenly spread, with a stride that is not one of rows.
      long run = runs == all ? i : (long) ((i + 0.5) * all / runs);
      long row = run / runsInRow;
      long column = run % runsInRow * RUN;
      readRun(arrangement, row, column, values, classes, i * RUN);
      for (int at = i * RUN; at < (i + 1) * RUN; at++) {
        values[at] = Math.abs(values[at] - centre) <= bound ? values[at] : centre;
      }
    }
    return new PlaneSample(values, classes);
  }

  /** Reads a run and the sums of its classes. */
  static void readRun(Arrangement arrangement, long row, long column, float[] values, byte[] classes, int at) {
    read(arrangement.elements(), arrangement.framing(), row, column, values, at);
    for (int x = 0; x < RUN; x++) {
      classes[at + x] = (byte) (of(arrangement.rows(), row) + of(arrangement.columns(), column + x));
    }
  }

  private static int of(ScaleClasses classes, long line) {
    return classes == null ? 0 : classes.of((int) line);
  }

  private static void read(
      TensorElements elements, TensorFraming framing, long row, long column, float[] values, int at) {
    if (!framing.transposed()) {
      elements.read(row * framing.viewColumns() + column, values, at, (int) Math.clamp(
          framing.values() - row * framing.viewColumns() - column, 0, RUN));
      return;
    }
    for (int x = 0; x < RUN; x++) {
      elements.read((column + x) * framing.viewColumns() + row, values, at + x, 1);
    }
  }

  /** One value of {@code share}, in the same runs. */
  PlaneSample thinned(int share) {
    int runs = Math.max(1, values.length / RUN / share);
    float[] some = new float[runs * RUN];
    byte[] classes = new byte[some.length];
    for (int i = 0; i < runs; i++) {
      int from = (int) ((long) i * (values.length / RUN) / runs) * RUN;
      System.arraycopy(values, from, some, i * RUN, RUN);
      System.arraycopy(scaleClasses, from, classes, i * RUN, RUN);
    }
    return new PlaneSample(some, classes);
  }

  int count() {
    return values.length;
  }

  /** Classes of laws, of a number of them; null for one. */
  byte[] lawClasses(int laws) {
    if (laws == 1) {
      return null;
    }
    byte[] classes = new byte[scaleClasses.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) TrellisFormat.classOf(scaleClasses[i], laws);
    }
    return classes;
  }

  /** The greatest sum of classes. */
  int greatestClass() {
    int greatest = 0;
    for (byte scaleClass : scaleClasses) {
      greatest = Math.max(greatest, scaleClass);
    }
    return greatest;
  }
}
