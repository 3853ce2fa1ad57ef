package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** SPEC.md, "Predicted values". */
class RowPredictorTest {
  private static final short[] NO_WEIGHTS = {};

  private static Prediction unsigned(Predictor predictor, short... weights) {
    return new Prediction(Prediction.Order.UNSIGNED, 0, 16, predictor, 100, 0, weights);
  }

  /** The differences of three rows of values, as signed numbers. */
  private static long[][] differences(Prediction prediction, long[]... rows) {
    RowPredictor predictor = new RowPredictor(prediction, 16, rows[0].length);
    predictor.begin(rows[0].length);
    long[][] result = new long[rows.length][];
    for (int y = 0; y < rows.length; y++) {
      result[y] = rows[y].clone();
      predictor.predict(result[y], rows[y].length);
      result[y] = LongStream.of(result[y]).map(number -> (short) number).toArray();
    }
    return result;
  }

  private static long[] row(long... values) {
    return values;
  }

  private static long[][] example(Predictor predictor, short... weights) {
    return differences(unsigned(predictor, weights), row(101, 103, 106), row(110, 120, 90), row(115, 119, 80));
  }

  @Test
  void everyPredictorHasItsFormula() {
    assertThat(example(Predictor.NONE)).isDeepEqualTo(new long[][] {{1, 3, 6}, {10, 20, -10}, {15, 19, -20}});
    assertThat(example(Predictor.LEFT)).isDeepEqualTo(new long[][] {{1, 2, 3}, {9, 10, -30}, {5, 4, -39}});
    assertThat(example(Predictor.ABOVE)).isDeepEqualTo(new long[][] {{1, 2, 3}, {9, 17, -16}, {5, -1, -10}});
    assertThat(example(Predictor.PREVIOUS)).isDeepEqualTo(new long[][] {{1, 2, 3}, {4, 10, -30}, {25, 4, -39}});
    // At the edges on from the two before: 2 * 103 - 101 is 105, and 2 * 110 - 101 is 119.
    assertThat(example(Predictor.PLANE)).isDeepEqualTo(new long[][] {{1, 2, 1}, {9, 8, -33}, {-4, -6, -9}});
    // 110 + 103 - 101 is more than both; 120 + 106 - 103 too; 119 + 90 - 120 is between neither: the least is 90.
    assertThat(example(Predictor.MEDIAN)).isDeepEqualTo(new long[][] {{1, 2, 1}, {9, 10, -30}, {-4, -1, -10}});
    assertThat(example(Predictor.MEAN)).isDeepEqualTo(new long[][] {{1, 2, 3}, {9, 14, -23}, {5, 2, -24}});
  }

  @Test
  void weightsBelongToDifferencesFromTheLeft() {
    short[] above = new short[Prediction.NEIGHBOURS.length];
    above[0] = 1 << Prediction.WEIGHT_BITS;
    assertThat(example(Predictor.WEIGHTED, above)[2]).containsExactly(-4, -1, -10);
    short[] none = new short[Prediction.NEIGHBOURS.length];
    assertThat(example(Predictor.WEIGHTED, none)[2]).containsExactly(-4, 4, -39);
    short[] far = new short[Prediction.NEIGHBOURS.length];
    far[0] = 4 << (Prediction.WEIGHT_BITS - 1);
    // 119 + 2 * (90 - 119) is 61, less than each of 119, 90, 120 and 90.
    assertThat(example(Predictor.WEIGHTED, far)[2]).containsExactly(-4, -6, 19);
    assertThat(example(Predictor.WEIGHTED_WITHIN, far)[2][2]).isEqualTo(80 - 90);
  }

  @Test
  void meansFollowSlowly() {
    long[][] flat = differences(unsigned(Predictor.SMOOTH_ROW), row(140, 140, 140, 140, 180, 140));
    assertThat(flat[0]).containsExactly(40, 0, 0, 0, 40, -10);
    assertThat(differences(unsigned(Predictor.SMOOTH), row(100, 100), row(100, 100), row(100, 140))[2]).containsExactly(0, 40);
  }

  @Test
  void theBestOfNearbyCountsMost() {
    long[][] columns = new long[12][];
    for (int y = 0; y < columns.length; y++) {
      columns[y] = row(1000, 5000, 200, 9000, 17);
    }
    assertThat(differences(unsigned(Predictor.BLENDED), columns)[11]).as("each as above").containsOnly(0);
  }

  @Test
  void ordersMakeNumbersThatGrowWithValues() {
    assertThat(Prediction.Order.SIGNED.number(0xFFFF, 16)).isEqualTo(0x7FFF);
    assertThat(Prediction.Order.SIGNED.number(0, 16)).isEqualTo(0x8000);
    assertThat(Prediction.Order.FLOAT.number(0x8000, 16)).as("-0").isEqualTo(0x7FFF);
    assertThat(Prediction.Order.FLOAT.number(0, 16)).as("0").isEqualTo(0x8000);
    assertThat(Prediction.Order.FLOAT.number(0xBF80, 16)).as("-1").isLessThan(Prediction.Order.FLOAT.number(0x8001, 16));
    assertThat(Prediction.Order.MAGNITUDE.number(0xBF80, 16)).isEqualTo(0x7F01);
  }

  @Property(tries = 2000)
  void whatIsPredictedIsRestored(@ForAll Predictor predictor, @ForAll Prediction.Order order, @ForAll long seed) {
    Random random = new Random(seed);
    int width = 8 << random.nextInt(4);
    int most = predictor.hasFractions() ? Math.min(width, Prediction.MOST_BITS_OF_FRACTIONS) : width;
    int bits = 1 + random.nextInt(most);
    int lowBits = random.nextInt(width - bits + 1);
    short[] weights = predictor.isWeighted() ? new short[Prediction.NEIGHBOURS.length] : NO_WEIGHTS;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (short) random.nextInt();
    }
    long all = -1L >>> (64 - width);
    long base = (random.nextLong() & all) >>> lowBits;
    Prediction prediction =
        new Prediction(order, lowBits, bits, predictor, base, random.nextLong() & (-1L >>> (64 - bits)), weights);
    long same = bits + lowBits == 64 ? 0 : (base << lowBits) & (-1L << (bits + lowBits));
    int columns = 1 + random.nextInt(20);
    RowPredictor forward = new RowPredictor(prediction, width, columns + random.nextInt(3));
    RowPredictor backward = new RowPredictor(prediction, width, columns + random.nextInt(3));
    for (int tile = 0; tile < 2; tile++) {
      forward.begin(columns);
      backward.begin(columns);
      for (int y = 0; y < 6; y++) {
        int count = y == 5 ? random.nextInt(columns) + 1 : columns;
        long[] row = new long[columns];
        for (int x = 0; x < count; x++) {
          long number = random.nextLong() & (-1L >>> (64 - bits - lowBits));
          row[x] = order.pattern(number | same, width);
        }
        long[] there = row.clone();
        forward.predict(there, count);
        assertThat(LongStream.of(there).limit(count).allMatch(number -> number >>> (lowBits + bits - 1) < 2)).isTrue();
        backward.restore(there, count);
        assertThat(there).isEqualTo(row);
      }
    }
  }
}
