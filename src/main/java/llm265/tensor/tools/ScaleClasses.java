package llm265.tensor.tools;

import java.util.Arrays;
import java.util.stream.IntStream;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * The scales of the rows, or of the columns, of a view, in sixths of an octave below a common scale: one class per line.
 * SPEC.md, "Scale classes".
 *
 * <p>Lines of one class lie together on the picture, so that a macroblock holds values of one scale. Its samples are made large
 * enough to fill the eight bits, and its QP reverses this, so that the distortion of values is the same everywhere. Classes
 * give both scale and place; no permutation is sent.
 */
public final class ScaleClasses {
  /** The greatest class: more than ten octaves below the common scale, all values are coded as zeros. */
  public static final int GREATEST = 63;

  /** Number of classes in an octave; the same as steps of QP. */
  public static final int OCTAVE = 6;

  /** The greatest number of rows, columns or channels that have classes. */
  public static final int MOST_LINES = 1 << 20;

  private static final int ALL_EQUAL = 255;
  private static final int MAX_PARAMETER = 7;

  /** 2^(-k / 6) in binary32, indexed by the sum of a row's and a column's class. */
  private static final float[] FACTOR = new float[2 * GREATEST + 1];

  static {
    for (int k = 0; k < FACTOR.length; k++) {
      // The first six are rounded; the others are these divided by powers of two.
      float fraction = (float) StrictMath.pow(2, -(double) (k % OCTAVE) / OCTAVE);
      FACTOR[k] = StrictMath.scalb(fraction, -(k / OCTAVE));
    }
  }

  private final byte[] classes;

  /** @param classes class of each line, 0 to {@link #GREATEST} */
  public ScaleClasses(byte[] classes) {
    this.classes = classes.clone();
  }

  /** The factor of levels for the sum of a row's and a column's class. */
  public static float factor(int sum) {
    return FACTOR[sum];
  }

  public int lines() {
    return classes.length;
  }

  /** Class of a line. */
  public int of(int line) {
    return classes[line];
  }

  /**
   * Share of each sum of a row's and a column's class in a view, indexed by that sum.
   *
   * @param rows null for all 0
   * @param columns null for all 0
   */
  public static double[] shares(ScaleClasses rows, ScaleClasses columns) {
    double[] byRow = shares(rows);
    double[] byColumn = shares(columns);
    double[] shares = new double[FACTOR.length];
    for (int row = 0; row < byRow.length; row++) {
      for (int column = 0; byRow[row] > 0 && column < byColumn.length; column++) {
        shares[row + column] += byRow[row] * byColumn[column];
      }
    }
    return shares;
  }

  private static double[] shares(ScaleClasses of) {
    if (of == null || of.lines() == 0) {
      return new double[] {1};
    }
    double[] shares = new double[GREATEST + 1];
    for (byte line : of.classes) {
      shares[line] += 1.0 / of.classes.length;
    }
    return shares;
  }

  /** The classes of the lines {@code from} to {@code to - 1}. */
  public ScaleClasses range(int from, int to) {
    return new ScaleClasses(Arrays.copyOfRange(classes, from, to));
  }

  /** Rank of each line when lines are in ascending order of classes; lines of one class keep their order. */
  public int[] ranks() {
    int[] starts = new int[GREATEST + 2];
    for (byte line : classes) {
      starts[line + 1]++;
    }
    for (int k = 1; k < starts.length; k++) {
      starts[k] += starts[k - 1];
    }
    int[] ranks = new int[classes.length];
    for (int i = 0; i < classes.length; i++) {
      ranks[i] = starts[classes[i]]++;
    }
    return ranks;
  }

  /** Approximate number of bits that {@link #write} writes. */
  public double bits() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return 8.0 * out.length();
  }

  /** The median class. */
  public int middle() {
    byte[] sorted = classes.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /** Writes the middle class, the Rice parameter and the classes' differences from the middle. */
  public void write(PayloadWriter out) {
    int middle = middle();
    out.u8(middle);
    if (IntStream.range(0, classes.length).allMatch(i -> classes[i] == middle)) {
      out.u8(ALL_EQUAL);
      return;
    }
    BitWriter.signedRice(out, classes.length, i -> classes[i] - middle, MAX_PARAMETER);
  }

  /** Reads the classes of {@code lines} lines. */
  public static ScaleClasses read(PayloadReader in, int lines) {
    int middle = in.u8("middle_class");
    if (middle > GREATEST) {
      throw PayloadReader.malformed("middle_class", middle + " is greater than " + GREATEST);
    }
    int parameter = in.u8("rice_parameter");
    if (parameter == ALL_EQUAL) {
      byte[] classes = new byte[lines];
      Arrays.fill(classes, (byte) middle);
      return new ScaleClasses(classes);
    }
    if (parameter > MAX_PARAMETER || lines > 8L * in.remaining()) {
      throw PayloadReader.malformed("scale classes", lines + " of them do not fit into the section");
    }
    byte[] classes = new byte[lines];
    BitReader bits = new BitReader(in, "scale_class");
    for (int i = 0; i < lines; i++) {
      int value = middle + bits.signedRice(parameter, GREATEST, "scale_class");
      if (value < 0 || value > GREATEST) {
        throw PayloadReader.malformed("scale_class", value + " is not in 0.." + GREATEST);
      }
      classes[i] = (byte) value;
    }
    bits.requireZeros("scale_class");
    return new ScaleClasses(classes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScaleClasses that && Arrays.equals(classes, that.classes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(classes);
  }

  @Override
  public String toString() {
    return lines() + " scale classes";
  }
}
