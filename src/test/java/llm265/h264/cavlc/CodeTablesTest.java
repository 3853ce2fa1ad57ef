package llm265.h264.cavlc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.written.ReferenceResidualWriter;
import org.junit.jupiter.api.Test;

class CodeTablesTest {
  /** What a table reads from these bits, or -1 for no code. */
  private static int read(PrefixCode code, String bits) {
    byte[] bytes = new byte[4];
    for (int i = 0; i < bits.length(); i++) {
      bytes[i >> 3] |= (byte) ((bits.charAt(i) - '0') << (7 - (i & 7)));
    }
    RbspReader reader = new RbspReader(bytes, 0, bytes.length);
    int value = code.read(reader);
    assertThat(reader.bitPosition()).as(bits).isEqualTo(bits.length());
    return value;
  }

  @Test
  void everyCoeffTokenIsReadAsItsRowSays() {
    int[] mostCoeffs = {16, 16, 16, 16, 4, 8};
    for (int column = 0; column < 6; column++) {
      List<String> codes = new ArrayList<>();
      for (int total = 0; total <= mostCoeffs[column]; total++) {
        for (int ones = 0; ones <= Math.min(3, total); ones++) {
          String code = ReferenceResidualWriter.cell("coeff-token.txt", column, ones, total);
          assertThat(read(CodeTables.COEFF_TOKEN[column], code)).isEqualTo(4 * total + ones);
          codes.add(code);
        }
      }
      assertPrefixFree(codes);
    }
  }

  @Test
  void everyRunIsReadAsItsRowSays() {
    check("total-zeros-4x4.txt", CodeTables.TOTAL_ZEROS_4X4, 16);
    check("total-zeros-chroma-dc-2x2.txt", CodeTables.TOTAL_ZEROS_2X2, 4);
    check("total-zeros-chroma-dc-2x4.txt", CodeTables.TOTAL_ZEROS_2X4, 8);
    for (int zerosLeft = 1; zerosLeft <= 7; zerosLeft++) {
      int most = zerosLeft == 7 ? 14 : zerosLeft;
      List<String> codes = new ArrayList<>();
      for (int run = 0; run <= most; run++) {
        String code = ReferenceResidualWriter.cell("run-before.txt", zerosLeft - 1, run);
        assertThat(read(CodeTables.RUN_BEFORE[zerosLeft - 1], code)).isEqualTo(run);
        codes.add(code);
      }
      assertPrefixFree(codes);
    }
  }

  private static void check(String resource, PrefixCode[] tables, int maxNumCoeff) {
    for (int totalCoeff = 1; totalCoeff < maxNumCoeff; totalCoeff++) {
      List<String> codes = new ArrayList<>();
      for (int zeros = 0; zeros <= maxNumCoeff - totalCoeff; zeros++) {
        String code = ReferenceResidualWriter.cell(resource, totalCoeff - 1, zeros);
        assertThat(read(tables[totalCoeff - 1], code)).isEqualTo(zeros);
        codes.add(code);
      }
      assertPrefixFree(codes);
    }
  }

  private static void assertPrefixFree(List<String> codes) {
    for (String one : codes) {
      assertThat(codes.stream().filter(other -> other.startsWith(one)).toList()).containsExactly(one);
    }
  }
}
