package llm265.h264.cavlc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tables 9-5 and 9-7 to 9-10. They are kept as text next to this package, in the standard's layout. */
final class CodeTables {
  /** coeff_token as 4 * TotalCoeff + TrailingOnes, by column of Table 9-5. */
  static final PrefixCode[] COEFF_TOKEN = new PrefixCode[6];

  /** nC of ChromaDCLevel of 4:2:0. */
  static final int CHROMA_DC_420_NC = -1;

  /** nC of ChromaDCLevel of 4:2:2. */
  static final int CHROMA_DC_422_NC = -2;

  /** Column of Table 9-5 by nC + 2. */
  private static final byte[] COEFF_TOKEN_COLUMN = {5, 4, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3};

  /** total_zeros by tzVlcIndex - 1, blocks of 15 and 16 coefficients. */
  static final PrefixCode[] TOTAL_ZEROS_4X4 = totalZeros("total-zeros-4x4.txt", 15);

  /** The same for ChromaDCLevel of 4:2:0. */
  static final PrefixCode[] TOTAL_ZEROS_2X2 = totalZeros("total-zeros-chroma-dc-2x2.txt", 3);

  /** The same for ChromaDCLevel of 4:2:2. */
  static final PrefixCode[] TOTAL_ZEROS_2X4 = totalZeros("total-zeros-chroma-dc-2x4.txt", 7);

  /** run_before, indexed by Min( zerosLeft, 7 ) - 1. */
  static final PrefixCode[] RUN_BEFORE = new PrefixCode[7];

  static {
    List<String[]> rows = rows("coeff-token.txt", 8);
    for (int column = 0; column < COEFF_TOKEN.length; column++) {
      String[] codes = new String[4 * 17];
      for (String[] row : rows) {
        codes[4 * Integer.parseInt(row[1]) + Integer.parseInt(row[0])] = codeOrNull(row[2 + column]);
      }
      COEFF_TOKEN[column] = new PrefixCode("coeff_token", "9.2.1", codes);
    }
    rows = rows("run-before.txt", 8);
    for (int column = 0; column < RUN_BEFORE.length; column++) {
      RUN_BEFORE[column] = new PrefixCode("run_before", "9.2.3", column(rows, column));
    }
  }

  private CodeTables() {}

  /** Column of Table 9-5 for an nC of -2 to 16. */
  static int coeffTokenColumn(int nC) {
    return COEFF_TOKEN_COLUMN[nC + 2];
  }

  private static PrefixCode[] totalZeros(String resource, int columns) {
    List<String[]> rows = rows(resource, 1 + columns);
    PrefixCode[] codes = new PrefixCode[columns];
    for (int column = 0; column < columns; column++) {
      codes[column] = new PrefixCode("total_zeros", "9.2.3", column(rows, column));
    }
    return codes;
  }

  /** The codes of one column of a table whose rows are numbered from 0. */
  private static String[] column(List<String[]> rows, int column) {
    return rows.stream().map(row -> codeOrNull(row[1 + column])).toArray(String[]::new);
  }

  private static String codeOrNull(String cell) {
    return cell.equals("-") ? null : cell;
  }

  private static List<String[]> rows(String resource, int columns) {
    try (InputStream in = CodeTables.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      List<String[]> rows = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)).lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .toList();
      if (rows.stream().anyMatch(row -> row.length != columns)) {
        throw new IllegalStateException("resource " + resource + " has not " + columns + " columns");
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource, e);
    }
  }
}
