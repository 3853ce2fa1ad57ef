package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class Float8Test {
  /** The oracle of {@link #roundsToTheNearestCode}: finite values of a format by code. */
  private static TreeMap<BigDecimal, Integer> finiteValues(boolean e4m3) {
    TreeMap<BigDecimal, Integer> codes = new TreeMap<>();
    for (int code = 0; code < 128; code++) {
      float value = e4m3 ? Float8.e4m3ToFloat((byte) code) : Float8.e5m2ToFloat((byte) code);
      if (Float.isFinite(value)) {
        codes.put(new BigDecimal(value), code);
      }
    }
    return codes;
  }

  @Test
  void everyCodeHasItsValueAndComesBack() {
    assertThat(Float8.e4m3ToFloat((byte) 0x7E)).isEqualTo(448);
    assertThat(Float8.e4m3ToFloat((byte) 0x01)).isEqualTo(0x1p-9f);
    assertThat(Float8.e4m3ToFloat((byte) 0x08)).isEqualTo(0x1p-6f);
    assertThat(Float8.e5m2ToFloat((byte) 0x7B)).isEqualTo(57344);
    assertThat(Float8.e5m2ToFloat((byte) 0x01)).isEqualTo(0x1p-16f);
    assertThat(Float8.e5m2ToFloat((byte) 0xFC)).isEqualTo(Float.NEGATIVE_INFINITY);
    for (int code = 0; code < 256; code++) {
      float e4m3 = Float8.e4m3ToFloat((byte) code);
      assertThat(Float.isNaN(e4m3)).isEqualTo((code & 0x7F) == 0x7F);
      assertThat(Float8.floatToE4m3(e4m3)).isEqualTo((byte) code);
      float e5m2 = Float8.e5m2ToFloat((byte) code);
      assertThat(Float8.floatToE5m2(e5m2)).isEqualTo(Float.isNaN(e5m2) ? (byte) (code & 0x80 | 0x7E) : (byte) code);
    }
  }

  @Test
  void roundsToTheNearestCode() {
    for (boolean e4m3 : new boolean[] {true, false}) {
      TreeMap<BigDecimal, Integer> codes = finiteValues(e4m3);
      BigDecimal last = codes.lastKey();
      for (BigDecimal low : codes.headMap(last).keySet()) {
        int code = codes.get(low);
        float middle = low.add(codes.higherKey(low)).divide(BigDecimal.TWO).floatValue();
        assertThat(round(e4m3, middle)).isEqualTo(code + (code & 1));
        assertThat(round(e4m3, Math.nextDown(middle))).isEqualTo(code);
        assertThat(round(e4m3, Math.nextUp(middle))).isEqualTo(code + 1);
        assertThat(round(e4m3, -middle)).isEqualTo((code + (code & 1)) | 0x80);
      }
    }
  }

  private static int round(boolean e4m3, float value) {
    return (e4m3 ? Float8.floatToE4m3(value) : Float8.floatToE5m2(value)) & 0xFF;
  }

  @Test
  void overflowsAsItsFormatSays() {
    assertThat(round(true, 464)).isEqualTo(0x7E);
    assertThat(round(true, Math.nextUp(464f))).isEqualTo(0x7F);
    assertThat(round(true, Float.NEGATIVE_INFINITY)).isEqualTo(0xFF);
    assertThat(round(true, Float.NaN)).isEqualTo(0x7F);
    assertThat(round(false, Math.nextDown(61440f))).isEqualTo(0x7B);
    assertThat(round(false, 61440f)).isEqualTo(0x7C);
    assertThat(round(false, -Float.MAX_VALUE)).isEqualTo(0xFC);
  }
}
