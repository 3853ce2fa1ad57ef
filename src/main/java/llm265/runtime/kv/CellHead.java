package llm265.runtime.kv;

import llm265.runtime.message.DeviationLaws;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.PayloadReader;

/**
 * What the body of a cell of coefficients begins with. SPEC.md, "Cells".
 *
 * @param first cell_kind
 * @param step in units
 * @param gain less the least
 * @param shift in units
 * @param rowClasses of each token
 * @param exact values that are not finite
 */
record CellHead(int first, int step, int gain, int shift, int[] rowClasses, ExactValues exact) {
  private static final int MOST_PARAMETER = 7;

  /** Reads what follows cell_kind. */
  static CellHead read(CellFormat format, int first, PayloadReader in, int tokens) {
    int step = (short) (in.u8("step") | (in.u8("step") << 8));
    int gain = in.u8("gain");
    int shift = (byte) in.u8("shift") * CellFormat.SHIFT_UNITS;
    int[] rows = new int[tokens];
    if ((first & CellFormat.ROWS_FLAG) != 0) {
      readRows(in, rows);
    }
    ExactValues exact = (first & CellFormat.EXACT_FLAG) == 0 ? ExactValues.none()
        : ExactValues.read(format, in, format.values(tokens));
    return new CellHead(first, step, gain, shift, rows, exact);
  }

  private static void readRows(PayloadReader in, int[] rows) {
    int parameter = in.u8("row_parameter");
    if (parameter > MOST_PARAMETER) {
      throw PayloadReader.malformed("row_parameter", "is " + parameter);
    }
    BitReader bits = new BitReader(in, "row_class");
    for (int r = 0; r < rows.length; r++) {
      rows[r] = bits.signedRice(parameter, CellFormat.MOST_ROW, "row_class");
    }
    bits.requireZeros("row_class");
  }

  int family() {
    int family = (first >> CellFormat.FAMILY_SHIFT) & 3;
    if (family >= DeviationLaws.FAMILIES) {
      throw PayloadReader.malformed("cell_kind", "names no family of laws");
    }
    return family;
  }

  boolean isWide() {
    return (first & CellFormat.WIDE_FLAG) != 0;
  }

  /** Units over the step that are added to what is expected of a row. */
  int units(int row) {
    return shift - step + rowClasses[row] * DeviationLaws.CLASS;
  }

  int rowClass(int row) {
    return rowClasses[row];
  }

  /** What levels are multiplied by. */
  float scale() {
    return (float) (DeviationLaws.step(step) * (double) (CellFormat.LEAST_GAIN + gain) / CellFormat.GAIN_UNIT);
  }

  double squaredStep() {
    return (double) DeviationLaws.step(step) * DeviationLaws.step(step);
  }
}
