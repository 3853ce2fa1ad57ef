package llm265.tensor.distortion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class TensorDistortionTest {
  private static TensorView floats(float... values) {
    return TensorView.copyOf("t", new long[] {values.length}, values);
  }

  private static TensorView as(DType dtype, float... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) dtype.byteSize(values.length)]);
    ValueCodec.write(dtype, data, 0, values, 0, values.length);
    return new TensorView("t", dtype, new long[] {values.length}, data);
  }

  private static TensorView bytes(DType dtype, long count, int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return new TensorView("t", dtype, new long[] {count}, MemorySegment.ofArray(data));
  }

  @Test
  void aSmallExampleByHand() {
    TensorDistortion distortion = TensorDistortion.between(floats(1, 2, 3, 6), floats(1, 2, 5, 5));
    assertThat(distortion.count()).isEqualTo(4);
    assertThat(distortion.differing()).isEqualTo(2);
    assertThat(distortion.isExact()).isFalse();
    assertThat(distortion.variance()).isEqualTo(3.5);
    assertThat(distortion.meanSquaredError()).isEqualTo(1.25);
    assertThat(distortion.greatestError()).isEqualTo(2);
    assertThat(distortion.snr()).isCloseTo(4.471580313, within(1e-9));
    assertThat(distortion.rootMeanSquaredError()).isCloseTo(1.118033989, within(1e-9));
    assertThat(distortion.cosine()).isCloseTo(50 / Math.sqrt(50.0 * 55), within(1e-15));
  }

  @Test
  void equalTensorsHaveNoDistortion() {
    TensorDistortion distortion =
        TensorDistortion.between(as(DType.BF16, 1, -0f, Float.NaN, 3), as(DType.F64, 1, 0, Float.NaN, 3));
    assertThat(distortion.isExact()).isTrue();
    assertThat(distortion.snr()).isInfinite().isPositive();
    assertThat(distortion.cosine()).isEqualTo(1);
    assertThat(distortion.measured()).isEqualTo(3);
  }

  @Test
  void valuesThatAreNotFiniteInOneAloneAreInfinitelyFarOff() {
    float infinity = Float.POSITIVE_INFINITY;
    TensorDistortion distortion =
        TensorDistortion.between(
            floats(1, infinity, infinity, Float.NaN, 5, 3), floats(2, infinity, -infinity, 7, Float.NaN, 2));
    assertThat(distortion.measured()).isEqualTo(2);
    assertThat(distortion.differing()).isEqualTo(5);
    assertThat(distortion.notFinite()).isEqualTo(3);
    assertThat(distortion.variance()).isEqualTo(1);
    assertThat(distortion.meanSquaredError()).isInfinite();
    assertThat(distortion.rootMeanSquaredError()).isInfinite();
    assertThat(distortion.greatestError()).isInfinite();
    assertThat(distortion.snr()).isInfinite().isNegative();
    assertThat(distortion.cosine()).isNaN();
    TensorDistortion both = TensorDistortion.between(floats(1, 2), floats(1, 2)).plus(distortion);
    assertThat(both.notFinite()).isEqualTo(3);
    assertThat(both.snr()).isInfinite().isNegative();
  }

  @Test
  void valuesThatAreNotFiniteInBothAlikeAreLeftOut() {
    float infinity = Float.POSITIVE_INFINITY;
    TensorDistortion distortion =
        TensorDistortion.between(floats(1, infinity, -infinity, Float.NaN, 3), floats(2, infinity, -infinity, Float.NaN, 2));
    assertThat(distortion.measured()).isEqualTo(2);
    assertThat(distortion.notFinite()).isZero();
    assertThat(distortion.variance()).isEqualTo(1);
    assertThat(distortion.meanSquaredError()).isEqualTo(1);
    assertThat(distortion.snr()).isZero();
  }

  @Test
  void emptyAndConstantTensorsHaveDefinedNumbers() {
    TensorDistortion empty = TensorDistortion.between(floats(), floats());
    assertThat(empty).isEqualTo(TensorDistortion.NONE);
    assertThat(empty.cosine()).isEqualTo(1);
    assertThat(TensorDistortion.between(floats(2, 2), floats(2, 3)).snr()).isInfinite().isNegative();
    assertThat(TensorDistortion.between(floats(0, 0), floats(0, 3)).cosine()).isZero();
    TensorDistortion none = TensorDistortion.between(floats(Float.NaN), floats(Float.NaN));
    assertThat(none.snr()).isInfinite().isPositive();
    assertThat(none.plus(TensorDistortion.NONE)).isEqualTo(none);
    assertThat(TensorDistortion.between(floats(Float.NaN), floats(1)).snr()).isInfinite().isNegative();
  }

  @Test
  void largeOffsetsAndManyValuesLoseNoAccuracy() {
    // More than two runs and a part of a block; the mean is 2^20 times the standard deviation.
    int count = (1 << 19) + 5000;
    Random random = new Random(1);
    byte[] a = new byte[8 * count];
    byte[] b = new byte[8 * count];
    TensorView reference = new TensorView("a", DType.F64, new long[] {count}, MemorySegment.ofArray(a));
    TensorView other = new TensorView("b", DType.F64, new long[] {count}, MemorySegment.ofArray(b));
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    BigDecimal errors = BigDecimal.ZERO;
    for (int i = 0; i < count; i++) {
      double value = (1 << 20) + Math.rint(random.nextGaussian() * 1024) / 1024;
      double error = Math.rint(random.nextGaussian() * 256) / 4096;
      reference.data().set(LittleEndian.DOUBLE, 8L * i, value);
      other.data().set(LittleEndian.DOUBLE, 8L * i, value + error);
      BigDecimal exact = new BigDecimal(value);
      sum = sum.add(exact);
      squares = squares.add(exact.multiply(exact));
      errors = errors.add(new BigDecimal(error).pow(2));
    }
    BigDecimal n = BigDecimal.valueOf(count);
    double variance = squares.subtract(sum.multiply(sum).divide(n, MathContext.DECIMAL128))
        .divide(n, MathContext.DECIMAL128).doubleValue();
    TensorDistortion distortion = TensorDistortion.between(reference, other);
    assertThat(distortion.variance() / variance).isCloseTo(1, within(1e-9));
    assertThat(distortion.meanSquaredError() / errors.divide(n, MathContext.DECIMAL128).doubleValue())
        .isCloseTo(1, within(1e-12));
    assertThat(distortion.cosine()).isBetween(0.999999, 1.0);

    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      assertThat(TensorDistortion.between(reference, other, new Workers(executor, 3))).isEqualTo(distortion);
    }
  }

  @Test
  void integersAreComparedBitByBit() {
    TensorView a = bytes(DType.I64, 2, 1, 0, 0, 0, 0, 0, 0x20, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    TensorView b = bytes(DType.I64, 2, 0, 0, 0, 0, 0, 0, 0x20, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    // 2^53 + 1 and 2^53 are the same double.
    assertThat(TensorDistortion.between(a, b).differing()).isEqualTo(1);
    assertThat(TensorDistortion.between(a, b).meanSquaredError()).isZero();
    TensorDistortion u8 = TensorDistortion.between(bytes(DType.U8, 2, 0, 255), bytes(DType.U8, 2, 0, 250));
    assertThat(u8.differing()).isEqualTo(1);
    assertThat(u8.greatestError()).isEqualTo(5);
  }

  @Test
  void typesThatAreNotInterpretedAreOnlyCounted() {
    // 6-bit values, lowest bits first: 1, 2, 3, 4 and 1, 2, 7, 4.
    TensorView a = bytes(DType.F6_E2M3, 4, 0x81, 0x30, 0x10);
    TensorView b = bytes(DType.F6_E2M3, 4, 0x81, 0x70, 0x10);
    TensorDistortion distortion = TensorDistortion.between(a, b);
    assertThat(distortion.differing()).isEqualTo(1);
    assertThat(distortion.snr()).isNaN();
    assertThat(distortion.measured()).isZero();
    assertThat(TensorDistortion.between(a, a).isExact()).isTrue();
    TensorDistortion measured = TensorDistortion.between(floats(0, 2), floats(0, 3));
    assertThat(measured.plus(distortion).snr()).isEqualTo(measured.snr());
  }

  @Test
  void distortionsOfSeveralTensorsAddUp() {
    TensorDistortion first = TensorDistortion.between(floats(0, 2), floats(0, 3));
    TensorDistortion second = TensorDistortion.between(floats(100, 104, 100, 104), floats(100, 104, 100, 101));
    TensorDistortion sum = TensorDistortion.NONE.plus(first).plus(second);
    assertThat(sum.count()).isEqualTo(6);
    assertThat(sum.differing()).isEqualTo(2);
    assertThat(sum.variance()).isCloseTo((2 * 1 + 4 * 4) / 6.0, within(1e-15));
    assertThat(sum.meanSquaredError()).isCloseTo((1 + 9) / 6.0, within(1e-15));
    assertThat(sum.greatestError()).isEqualTo(3);
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    TensorView square = TensorView.copyOf("t", new long[] {2, 2}, 1, 2, 3, 4);
    assertThatThrownBy(() -> TensorDistortion.between(square, floats(1, 2, 3, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape");
    assertThatThrownBy(() -> TensorDistortion.between(bytes(DType.I8, 1, 1), bytes(DType.U8, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("types");
  }
}
