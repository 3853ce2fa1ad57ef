package llm265.runtime.kv;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.runtime.message.DeviationLaws;

/**
 * How the coefficients of a cell differ in scale from what the model expects: a shift of the whole cell, classes of its rows
 * where they pay, and a family of laws. From these follow the classes of coefficients, and the step that a number of bits takes.
 */
final class CellScales {
  /** Squares of deviations count up to this: a few outliers do not move a row's class. */
  private static final float MOST_SQUARE = 64;

  /** Bits lost a value by a law that is off by an octave, for each squared octave. */
  private static final double BITS_OF_OCTAVE = 0.69;

  /** Units of a place in the histogram of deviations. */
  private static final int PLACE_SHIFT = 2;

  /** What shift and row class add to a deviation's units at most, rounded up. */
  private static final int MOST_MORE = 128 * CellFormat.SHIFT_UNITS + (CellFormat.MOST_ROW + 1) * DeviationLaws.CLASS;

  /** Units of the first place. */
  private static final int LEAST_PLACE = CellModel.LEAST_UNITS - MOST_MORE;
  private static final int PLACES = ((CellModel.GREATEST_UNITS + MOST_MORE - LEAST_PLACE) >> PLACE_SHIFT) + 1;

  /** Squared steps that a bit is worth. */
  private static final double LAMBDA = 0.5;

  /** What is less than the octaves of any row that is not zero. */
  private static final double ZERO_ROW = -200;

  private final int channels;
  private final int[] rowUnits;
  private final double[] octaves;
  private final int[] places = new int[PLACES];
  private final float[] partial = new float[2 * 16];
  private int count;
  private int shift;
  private boolean hasRows;
  private int rowBytes;
  private int family;
  private boolean isWide;
  private boolean isZero;
  private double variance;
  private int firstPlace;
  private int lastPlace;

  CellScales(int channels, int tokens) {
    this.channels = channels;
    rowUnits = new int[tokens];
    octaves = new double[tokens];
  }

  void variance(double ofValues) {
    variance = ofValues;
  }

  /** Variance of the cell's values. */
  double variance() {
    return variance;
  }

  /** Measures coefficients; returns whether all of them are finite. */
  boolean measure(CellModel model, float[] rows, int tokens) {
    count = tokens;
    double magnitudes = 0;
    double squares = 0;
    double sum = 0;
    for (int r = 0; r < tokens; r++) {
      float[] inverse = model.inverseDeviations(TokenTransform.length(r & -TokenTransform.BLOCK, tokens));
      int at = model.transformsTokens() ? (r & (TokenTransform.BLOCK - 1)) * channels : 0;
      sum(rows, r * channels, inverse, at);
      double rowMagnitude = total(0);
      double rowSquare = total(16);
      if (!Double.isFinite(rowMagnitude)) {
        return false;
      }
      octaves[r] = rowSquare == 0 ? ZERO_ROW : 0.5 * Logarithms.log2(rowSquare / channels);
      if (rowSquare > 0) {
        sum += octaves[r];
        // Rows count alike, whatever their scale.
        magnitudes += rowMagnitude / StrictMath.sqrt(rowSquare * channels);
        squares++;
      }
    }
    isZero = squares == 0;
    double ratio = isZero ? 1 : magnitudes / squares;
    family = DeviationLaws.family(ratio);
    chooseRows(isZero ? 0 : sum / squares);
    countPlaces(model);
    return true;
  }

  /** Sums magnitudes and squares, in units of deviations, of sixteen coefficients at a time. */
  private void sum(float[] rows, int from, float[] inverse, int at) {
    Arrays.fill(partial, 0);
    int whole = channels & -16;
    for (int c = 0; c < whole; c += 16) {
      for (int i = 0; i < 16; i++) {
        float z = Math.abs(rows[from + c + i] * inverse[at + c + i]);
        partial[i] += z;
        partial[16 + i] += Math.min(z * z, MOST_SQUARE);
      }
    }
    for (int c = whole; c < channels; c++) {
      float z = Math.abs(rows[from + c] * inverse[at + c]);
      partial[c & 15] += z;
      partial[16 + (c & 15)] += Math.min(z * z, MOST_SQUARE);
    }
  }

  private double total(int first) {
    double sum = 0;
    for (int i = 0; i < 16; i++) {
      sum += partial[first + i];
    }
    return sum;
  }

  private void chooseRows(double meanOctaves) {
    shift = (int) Math.clamp(StrictMath.rint(meanOctaves * DeviationLaws.OCTAVE / CellFormat.SHIFT_UNITS), -128, 127);
    double base = (double) shift * CellFormat.SHIFT_UNITS / DeviationLaws.OCTAVE;
    double saved = 0;
    double bits = 8;
    for (int r = 0; r < count; r++) {
      double off = octaves[r] - base;
      int row = (int) Math.clamp(
          StrictMath.rint(off * DeviationLaws.OCTAVE / DeviationLaws.CLASS), -CellFormat.MOST_ROW, CellFormat.MOST_ROW);
      double left = off - (double) row * DeviationLaws.CLASS / DeviationLaws.OCTAVE;
      saved += channels * BITS_OF_OCTAVE * (Math.min(off * off, 4) - Math.min(left * left, 4));
      rowUnits[r] = row;
      bits += 2 + Math.abs(row);
    }
    hasRows = saved > bits && !isZero;
    rowBytes = hasRows ? (int) (bits / 8) + 1 : 0;
    for (int r = 0; r < count; r++) {
      rowUnits[r] = hasRows ? rowUnits[r] : 0;
    }
  }

  private void countPlaces(CellModel model) {
    Arrays.fill(places, 0);
    for (int r = 0; r < count; r++) {
      int[] expected = model.expected(TokenTransform.length(r & -TokenTransform.BLOCK, count));
      int at = model.transformsTokens() ? (r & (TokenTransform.BLOCK - 1)) * channels : 0;
      int more = units(r) - LEAST_PLACE;
      for (int c = 0; c < channels; c++) {
        places[(expected[at + c] + more) >> PLACE_SHIFT]++;
      }
    }
    firstPlace = 0;
    while (places[firstPlace] == 0) {
      firstPlace++;
    }
    lastPlace = PLACES - 1;
    while (places[lastPlace] == 0) {
      lastPlace--;
    }
  }

  /** Units by which a row is expected to be larger than the model says. */
  private int units(int row) {
    return shift * CellFormat.SHIFT_UNITS + rowUnits[row] * DeviationLaws.CLASS;
  }

  /** Writes the classes of coefficients for a step; returns whether they go beyond the narrow alphabet. */
  boolean classify(CellModel model, int step, byte[] classes) {
    int greatest = (lastPlace << PLACE_SHIFT) + LEAST_PLACE - step;
    isWide = DeviationLaws.valueClass(greatest + (1 << PLACE_SHIFT)) > DeviationLaws.MOST_NARROW;
    classify(model, count, isWide, row -> units(row) - step, classes);
    return isWide;
  }

  /** The same up to the greatest class in any case. */
  void classifyAll(CellModel model, int step, byte[] classes) {
    classify(model, count, true, row -> units(row) - step, classes);
  }

  /** What is added to the expected units of a row. */
  interface RowUnits {
    int of(int row);
  }

  /** Writes the classes of the coefficients of a cell; encoder and decoder both do it. */
  static void classify(CellModel model, int tokens, boolean wide, RowUnits rowUnits, byte[] classes) {
    int channels = model.channels();
    int most = wide ? DeviationLaws.GREATEST : DeviationLaws.MOST_NARROW;
    for (int r = 0; r < tokens; r++) {
      int[] expected = model.expected(TokenTransform.length(r & -TokenTransform.BLOCK, tokens));
      int at = model.transformsTokens() ? (r & (TokenTransform.BLOCK - 1)) * channels : 0;
      int more = rowUnits.of(r) + DeviationLaws.CLASS / 2 + DeviationLaws.UNIT_CLASS * DeviationLaws.CLASS;
      int to = r * channels;
      for (int c = 0; c < channels; c++) {
        classes[to + c] = (byte) Math.min(Math.max((expected[at + c] + more) >> 4, 0), most);
      }
    }
    int values = tokens * channels;
    Arrays.fill(classes, values, Math.ceilDiv(values, 16) * 16, (byte) 0);
  }

  /** Expected bits with a step. */
  private double bits(int step) {
    double sum = 0;
    for (int p = firstPlace; p <= lastPlace; p++) {
      sum += places[p] == 0 ? 0 : places[p] * DeviationLaws.bits((p << PLACE_SHIFT) + LEAST_PLACE - step);
    }
    return sum;
  }

  /** The least step whose expected bits are no more than so many. */
  int stepOf(double bits) {
    int low = Math.max(-32_000, (firstPlace << PLACE_SHIFT) + LEAST_PLACE - 9 * DeviationLaws.OCTAVE);
    int high = Math.min(32_000, (lastPlace << PLACE_SHIFT) + LEAST_PLACE + 5 * DeviationLaws.OCTAVE);
    while (low < high && !isZero) {
      int middle = (low + high) >> 1;
      if (bits(middle) <= bits) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  /** The greatest step whose expected squared error is no more than so much. */
  int stepOfError(double squaredError) {
    int low = Math.max(-32_000, (firstPlace << PLACE_SHIFT) + LEAST_PLACE - 20 * DeviationLaws.OCTAVE);
    int high = Math.min(32_000, (lastPlace << PLACE_SHIFT) + LEAST_PLACE + 5 * DeviationLaws.OCTAVE);
    while (low < high) {
      int middle = (low + high + 1) >> 1;
      if (error(middle) <= squaredError) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private double error(int step) {
    double scale = DeviationLaws.step(step);
    double sum = 0;
    for (int p = firstPlace; p <= lastPlace; p++) {
      sum += places[p] == 0 ? 0 : places[p] * DeviationLaws.error((p << PLACE_SHIFT) + LEAST_PLACE - step);
    }
    return sum * scale * scale;
  }

  /** A step that takes {@code wanted} bits, where {@code step} took {@code taken}. */
  int corrected(int step, double taken, double wanted) {
    if (isZero) {
      return step;
    }
    double slope = (bits(step - DeviationLaws.CLASS) - bits(step + DeviationLaws.CLASS)) / (2 * DeviationLaws.CLASS);
    double units = (taken - wanted) / Math.max(slope, 1e-3 * count * channels / DeviationLaws.OCTAVE);
    int bounded = (int) Math.clamp(taken > wanted ? StrictMath.ceil(units) : StrictMath.floor(units), -480, 480);
    return Math.clamp(step + bounded, -32_000, 32_000);
  }

  /** Squared steps that a bit is worth: less where nearly nothing is coded, or soon nothing would be. */
  double lambda(int step) {
    double mean = bits(step) / ((double) count * channels);
    return LAMBDA * Math.clamp(Math.rint(4 * mean) / 4, 0.25, 1);
  }

  boolean isWide() {
    return isWide;
  }

  int family() {
    return family;
  }

  int shift() {
    return shift;
  }

  boolean hasRows() {
    return hasRows;
  }

  /** Number of rows. */
  int rows() {
    return count;
  }

  int row(int r) {
    return rowUnits[r];
  }

  /** About the bytes of rows' classes. */
  int rowBytes() {
    return rowBytes;
  }
}
