package llm265.model.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.distortion.TensorDistortion;
import llm265.tensor.encode.CodingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeltaCodingTest {
  private static final long[] SHAPE = {96, 128};
  private static final int VALUES = 96 * 128;

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F64", "F32", "F16", "BF16"})
  void qualityIsThatOfTheTensorAndNotOfTheDifference(DType type) {
    TensorView base = of(type, gaussian(1, 1));
    TensorView tensor = of(type, plus(floats(base), gaussian(0.03, 2)));
    for (double snr : new double[] {35, 45}) {
      Coded coded = code(tensor, RangedTensor.of(base), new RateTarget.Snr(snr));
      double real = TensorDistortion.between(tensor, coded.decoded).snr();
      assertThat(real).isBetween(snr - 0.1, snr + 1.5);
      assertThat(coded.result.snr()).isBetween(real - 1.5, real + 0.1);
      // By itself it takes about a bit for 6 dB.
      assertThat(coded.result.bitsPerValue()).isLessThan((snr - 30.5) / 6 + 1.2);
    }
  }

  @Test
  void aBaseThatIsGoodEnoughTakesNothing() {
    TensorView base = of(DType.F32, gaussian(1, 3));
    TensorView tensor = of(DType.F32, plus(floats(base), gaussian(0.01, 4)));
    Coded coded = code(tensor, RangedTensor.of(base), new RateTarget.Snr(30));
    assertThat(coded.result.bytes()).isLessThan(100);
    assertThat(coded.result.isLossless()).isFalse();
    assertThat(coded.result.snr()).isCloseTo(TensorDistortion.between(tensor, base).snr(), offset(1e-6));
  }

  @Test
  void aLittleIsCorrectedWhereTheBaseIsNearlyGoodEnough() {
    TensorView base = of(DType.F32, gaussian(1, 60));
    TensorView tensor = of(DType.F32, plus(floats(base), gaussian(0.03, 61)));
    double snr = TensorDistortion.between(tensor, base).snr() + 0.2;
    Coded coded = code(tensor, RangedTensor.of(base), new RateTarget.Snr(snr));
    assertThat(TensorDistortion.between(tensor, coded.decoded).snr()).isGreaterThan(snr - 0.1);
    assertThat(coded.result.bitsPerValue()).isLessThan(0.8);
  }

  @Test
  void ratesAreThoseOfTheDelta() {
    TensorView base = of(DType.BF16, gaussian(1, 5));
    TensorView tensor = of(DType.BF16, plus(floats(base), gaussian(0.05, 6)));
    Coded coded = code(tensor, RangedTensor.of(base), new RateTarget.Bits(2));
    assertThat(coded.result.bitsPerValue()).isBetween(1.85, 2.15);
    assertThat(TensorDistortion.between(tensor, coded.decoded).snr()).isGreaterThan(26 + 9);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F64", "F32", "F16", "BF16"})
  void noErrorExceedsTheBound(DType type) {
    TensorView base = of(type, gaussian(1, 7));
    TensorView tensor = of(type, plus(floats(base), gaussian(0.1, 8)));
    Coded coded = code(tensor, RangedTensor.of(base), new RateTarget.MaxError(0.02));
    assertThat(TensorDistortion.between(tensor, coded.decoded).greatestError()).isLessThanOrEqualTo(0.02);
    assertThat(coded.result.bitsPerValue()).isLessThan(type == DType.BF16 || type == DType.F16 ? 6 : 5);
  }

  @Test
  void errorsOfAChainDoNotAddUp() {
    float[] weights = gaussian(1, 9);
    TensorView first = of(DType.F32, weights);
    Coded link = codeAlone(first, 30);
    for (int step = 0; step < 3; step++) {
      weights = plus(weights, gaussian(0.1, 10 + step));
      TensorView tensor = of(DType.F32, weights);
      link = code(tensor, RangedTensor.of(link.decoded), new RateTarget.Snr(30));
      assertThat(TensorDistortion.between(tensor, link.decoded).snr()).isBetween(29.9, 31.0);
    }
  }

  @Test
  void valuesThatAreNotFiniteComeBack() {
    float[] from = gaussian(1, 20);
    float[] to = plus(from, gaussian(0.1, 21));
    to[5] = Float.NaN;
    to[6] = Float.POSITIVE_INFINITY;
    to[7] = -0f;
    from[8] = Float.NaN;
    from[9] = Float.NEGATIVE_INFINITY;
    Coded coded = code(of(DType.F32, to), RangedTensor.of(of(DType.F32, from)), new RateTarget.Snr(30));
    float[] decoded = floats(coded.decoded);
    assertThat(decoded[5]).isNaN();
    assertThat(decoded[6]).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(decoded[8]).isCloseTo(to[8], offset(0.3f));
    assertThat(decoded[9]).isCloseTo(to[9], offset(0.3f));
  }

  @Test
  void aTensorThatHasNothingToDoWithItsBaseIsNotWorthIt() {
    TensorView base = of(DType.F32, gaussian(1, 30));
    assertThat(coding(of(DType.F32, gaussian(1, 31)), base).isWorthItWithLoss()).isFalse();
    assertThat(coding(of(DType.F32, plus(floats(base), gaussian(0.5, 32))), base).isWorthItWithLoss()).isTrue();
    float[] great = gaussian(1, 33);
    great[0] = 3e38f;
    float[] least = great.clone();
    least[0] = -3e38f;
    assertThat(coding(of(DType.F32, great), of(DType.F32, least)).isWorthItWithLoss()).isFalse();
  }

  @Test
  void fewChangedRowsAreNearlyFree() {
    float[] from = gaussian(1, 40);
    float[] to = from.clone();
    for (int i = 0; i < 128; i++) {
      to[i] += 0.5f;
    }
    TensorView base = of(DType.BF16, from);
    TensorView tensor = of(DType.BF16, to);
    MemoryStore store = new MemoryStore();
    coding(tensor, base).codeExactly(store);
    assertThat(store.size()).isLessThan(600);
  }

  @Test
  void aStepSaysNothing() {
    TensorView base = of(DType.F32, gaussian(1, 50));
    TensorView tensor = of(DType.F32, plus(floats(base), gaussian(0.1, 51)));
    assertThatThrownBy(() -> code(tensor, RangedTensor.of(base), new RateTarget.Qp(30)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("QP");
  }

  private record Coded(EncodedTensor result, TensorView decoded) {}

  private static DeltaCoding coding(TensorView tensor, TensorView base) {
    return new DeltaCoding(tensor, RangedTensor.of(base), Workers.CALLER);
  }

  private static Coded code(TensorView tensor, RangedTensor base, RateTarget target) {
    MemoryStore store = new MemoryStore();
    EncodedTensor result;
    try (Arena arena = Arena.ofConfined()) {
      DeltaCoding coding = new DeltaCoding(tensor, base, Workers.CALLER);
      CodingSettings settings = CodingSettings.at(target).with(Codec.TRINITY);
      result = coding.codeWithLoss(settings, coding.difference(arena), store);
    }
    assertThat(result.bytes()).isEqualTo(store.size());
    DeltaTensor delta =
        DeltaTensor.open(MemorySegment.ofArray(store.toByteArray()), tensor.dtype(), tensor.shape(), () -> base);
    assertThat(delta.snr()).isEqualTo(result.snr());
    delta.verify(Workers.CALLER);
    MemorySegment data = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
    delta.read(0, data, Workers.CALLER);
    return new Coded(result, new TensorView("w", tensor.dtype(), tensor.shape(), data));
  }

  private static Coded codeAlone(TensorView tensor, double snr) {
    TensorView zero = of(tensor.dtype(), new float[VALUES]);
    return code(tensor, RangedTensor.of(zero), new RateTarget.Snr(snr));
  }

  private static float[] gaussian(double deviation, long seed) {
    Random random = new Random(seed);
    float[] values = new float[VALUES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  private static float[] plus(float[] a, float[] b) {
    float[] sums = a.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += b[i];
    }
    return sums;
  }

  private static TensorView of(DType type, float[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return new TensorView("w", type, SHAPE, data);
  }

  private static float[] floats(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }
}
