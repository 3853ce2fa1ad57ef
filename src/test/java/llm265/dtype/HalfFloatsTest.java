package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatsTest {
  /** The value of a format's code by its definition: sign, exponent with bias, mantissa. */
  private static double byDefinition(int bits, int mantissaBits, int bias) {
    int exponentMask = (1 << (15 - mantissaBits)) - 1;
    int exponent = (bits >> mantissaBits) & exponentMask;
    int mantissa = bits & ((1 << mantissaBits) - 1);
    double scale = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == exponentMask) {
      return mantissa == 0 ? scale * Double.POSITIVE_INFINITY : Double.NaN;
    }
    double fraction = Math.scalb((double) mantissa, -mantissaBits);
    return scale * (exponent == 0 ? Math.scalb(fraction, 1 - bias) : Math.scalb(1 + fraction, exponent - bias));
  }

  @Test
  void everyBinary16HasItsValueAndComesBack() {
    for (int bits = 0; bits < 65536; bits++) {
      float value = HalfFloats.f16ToFloat((short) bits);
      assertThat((double) value).as("code %04x", bits).isEqualTo(Double.valueOf(byDefinition(bits, 10, 15)));
      // A signalling NaN becomes quiet, as with any IEEE conversion.
      int quiet = Float.isNaN(value) ? bits | 0x0200 : bits;
      assertThat(HalfFloats.floatToF16(value) & 0xFFFF).as("code %04x", bits).isEqualTo(quiet);
    }
  }

  @Test
  void everyBfloat16HasItsValueAndComesBack() {
    for (int bits = 0; bits < 65536; bits++) {
      float value = HalfFloats.bf16ToFloat((short) bits);
      assertThat((double) value).as("code %04x", bits).isEqualTo(Double.valueOf(byDefinition(bits, 7, 127)));
      int quiet = Float.isNaN(value) ? bits | 0x0040 : bits;
      assertThat(HalfFloats.floatToBf16(value) & 0xFFFF).as("code %04x", bits).isEqualTo(quiet);
    }
  }

  @Test
  void halfWayBetweenNeighboursGoesToTheEvenCode() {
    for (int bits = 0; bits < 0x7F7F; bits++) {
      float low = HalfFloats.bf16ToFloat((short) bits);
      float middle = Float.intBitsToFloat((bits << 16) | 0x8000);
      int even = bits + (bits & 1);
      assertThat(HalfFloats.floatToBf16(middle)).isEqualTo((short) even);
      assertThat(HalfFloats.floatToBf16(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(HalfFloats.floatToBf16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloats.floatToBf16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(low).isLessThan(middle);
    }
    for (int bits = 0; bits < 0x7BFF; bits++) {
      float middle = (HalfFloats.f16ToFloat((short) bits) + HalfFloats.f16ToFloat((short) (bits + 1))) / 2;
      assertThat(HalfFloats.floatToF16(middle)).isEqualTo((short) (bits + (bits & 1)));
      assertThat(HalfFloats.floatToF16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloats.floatToF16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void whatIsTooLargeBecomesInfinity() {
    assertThat(HalfFloats.floatToF16(Math.nextDown(65520f))).isEqualTo((short) 0x7BFF);
    assertThat(HalfFloats.floatToF16(65520f)).isEqualTo((short) 0x7C00);
    float lastFinite = Float.intBitsToFloat(0x7F7F_7FFF);
    assertThat(HalfFloats.floatToBf16(lastFinite)).isEqualTo((short) 0x7F7F);
    assertThat(HalfFloats.floatToBf16(Math.nextUp(lastFinite))).isEqualTo((short) 0x7F80);
    assertThat(HalfFloats.floatToBf16(-Float.MAX_VALUE)).isEqualTo((short) 0xFF80);
  }

  @Test
  void aNanWithPayloadOnlyInTheLowerBitsStaysOne() {
    assertThat(HalfFloats.floatToBf16(Float.intBitsToFloat(0x7F80_0001))).isEqualTo((short) 0x7FC0);
    assertThat(HalfFloats.floatToBf16(Float.intBitsToFloat(0xFFFF_FFFF))).isEqualTo((short) 0xFFFF);
  }
}
