package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import org.junit.jupiter.api.Test;

class PickedColumnsTest {
  /** 20 rows of 200: twelve runs of 16 columns, and half a run that none is picked of. */
  private static final TensorFraming FRAMING = new TensorFraming(20 * 200, 200, false, 208, 32);

  /** The columns that an excerpt has, in its order. */
  private static int[] columns(PickedColumns picked) {
    int[] columns = new int[picked.count(0)];
    for (int x = 0; x < columns.length; x++) {
      columns[x] = (int) picked.index(0, x);
    }
    return columns;
  }

  private static int[] runs(PickedColumns picked) {
    int[] columns = columns(picked);
    int[] runs = new int[columns.length / 16];
    for (int x = 0; x < columns.length; x++) {
      runs[x / 16] = columns[x / 16 * 16];
      assertThat(columns[x]).isEqualTo(runs[x / 16] + x % 16);
    }
    return runs;
  }

  @Test
  void runsAreInTheMiddlesOfTheirStrata() {
    // Four strata of three runs: the middle ones are 1, 4, 7 and 10.
    PickedColumns picked = PickedColumns.of(FRAMING, 64, null, null);

    assertThat(runs(picked)).containsExactly(16, 64, 112, 160);
    assertThat(picked.width()).isEqualTo(64);
    assertThat(picked.height()).isEqualTo(32);
    assertThat(picked.rows()).isEqualTo(20);
    assertThat(picked.values()).isEqualTo(20 * 64);
    assertThat(picked.index(19, 17)).isEqualTo(19 * 200 + 65);
    assertThat(picked.hasClasses()).isFalse();
    assertThat(picked.isTransposed()).isFalse();
  }

  @Test
  void thereAreThreeRunsAtLeastAndTheWholeRunsAtMost() {
    assertThat(runs(PickedColumns.of(FRAMING, 0, null, null))).containsExactly(2 * 16, 6 * 16, 10 * 16);
    assertThat(columns(PickedColumns.of(FRAMING, 10_000, null, null))).hasSize(192).startsWith(0, 1).endsWith(191);
  }

  @Test
  void narrowPlaneIsPaddedToAPicture() {
    TensorFraming framing = new TensorFraming(16 * 40, 40, false, 48, 16);
    PickedColumns picked = PickedColumns.of(framing, 1000, null, null);

    assertThat(columns(picked)).hasSize(32).startsWith(0).endsWith(31);
    assertThat(picked.width()).isEqualTo(48);
    assertThat(picked.height()).isEqualTo(16);
  }

  @Test
  void rowsAreReadRunByRun() {
    float[] data = new float[20 * 200];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    TensorElements elements = new TensorElements(DType.F32, MemorySegment.ofArray(data));
    PickedColumns picked = PickedColumns.of(FRAMING, 64, null, null);
    ValueRow row = new ValueRow(picked.width());
    for (int y : new int[] {0, 7, 19}) {
      picked.read(elements, y, row);
      for (int x = 0; x < 64; x++) {
        assertThat(row.get(x)).isEqualTo(picked.index(y, x));
      }
    }
  }

  @Test
  void classesAreThoseOfThePickedColumns() {
    byte[] ofColumns = new byte[200];
    for (int x = 0; x < 200; x++) {
      ofColumns[x] = (byte) (x % 50);
    }
    byte[] ofRows = new byte[20];
    ofRows[0] = 6;
    PickedColumns picked = PickedColumns.of(FRAMING, 64, new ScaleClasses(ofRows), new ScaleClasses(ofColumns));
    float[] factors = new float[64];
    picked.factors(0, factors);
    for (int x = 0; x < 64; x++) {
      assertThat(factors[x]).isEqualTo(ScaleClasses.factor(6 + ofColumns[(int) picked.index(0, x)]));
    }
    assertThat(picked.start(0)).as("behind the 19 rows of class 0").isEqualTo(19 * 64);
    assertThat(picked.start(1)).isZero();
    // The columns 16 to 31, 64 to 79, 112 to 127 and 160 to 175: class 10 is the least, of column 160.
    assertThat(picked.columnRanks(0)[48]).isZero();
  }

  @Test
  void rowsAloneHaveClasses() {
    byte[] ofRows = new byte[20];
    ofRows[3] = 12;
    PickedColumns picked = PickedColumns.of(FRAMING, 64, new ScaleClasses(ofRows), null);
    float[] factors = new float[64];
    picked.factors(3, factors);

    assertThat(factors).containsOnly(0.25f);
    assertThat(picked.columnRanks(3)).isNull();
    assertThat(picked.start(3)).isEqualTo(19 * 64);
  }
}
