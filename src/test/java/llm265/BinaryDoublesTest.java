package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.distortion.TensorDistortion;
import org.junit.jupiter.api.Test;

/** Tensors of type F64: coded as the nearest values of F32, told of as what they are. */
class BinaryDoublesTest {
  private static TensorView doubles(double... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[8 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(LittleEndian.DOUBLE, 8L * i, values[i]);
    }
    return new TensorView("t", DType.F64, new long[] {values.length / 96, 96}, data);
  }

  private static double[] gaussian(int count, double mean, double deviation) {
    Random random = new Random(5);
    return random.doubles(count, 0, 1).map(x -> mean + deviation * random.nextGaussian()).toArray();
  }

  private static TensorView decoded(byte[] stream, TensorView original) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) original.byteSize()]);
    TensorDecoder.open(stream).decodeInto(data);
    return new TensorView("t", DType.F64, original.shape(), data);
  }

  @Test
  void areCodedAsFloatsAre() {
    double[] values = gaussian(96 * 128, 0, 1);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    byte[] stream = TensorEncoder.atBits(3).encode(doubles(values));
    assertThat(stream.length).isCloseTo(TensorEncoder.atBits(3).encode(floats, 128, 96).length, within(8));
    TensorView again = decoded(stream, doubles(values));
    double snr = TensorDistortion.between(doubles(values), again).snr();
    assertThat(snr).isGreaterThan(15).isCloseTo(TensorDecoder.open(stream).info().snr(), within(0.01));
  }

  @Test
  void valuesBeyondFloatsComeBackBitForBit() {
    double[] values = gaussian(96 * 64, 0, 1);
    double payload = Double.longBitsToDouble(0x7FF8_0000_1234_5678L);
    double[] odd = {1e300, -1e300, Double.MAX_VALUE, Double.NaN, payload, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
        1e-300};
    for (int i = 0; i < odd.length; i++) {
      values[100 + 700 * i] = odd[i];
    }
    TensorView again = decoded(TensorEncoder.atBits(4).encode(doubles(values)), doubles(values));
    for (int i = 0; i < odd.length - 1; i++) {
      assertThat(again.data().get(LittleEndian.LONG, 8L * (100 + 700 * i))).as("%s", odd[i])
          .isEqualTo(Double.doubleToRawLongBits(odd[i]));
    }
    assertThat(again.data().get(LittleEndian.DOUBLE, 8L * (100 + 700 * 7))).as("a value near 0").isCloseTo(0, within(1.0));
  }

  @Test
  void theErrorOfRoundingToFloatsIsTold() {
    // Steps of floats are 128 there: they are the error, whatever the rate.
    TensorView times = doubles(gaussian(96 * 64, 1.7e9, 40));
    MemoryStore store = new MemoryStore();
    EncodedTensor report = TensorEncoder.atBits(6).encode(times, store);
    double actual = TensorDistortion.between(times, decoded(store.toByteArray(), times)).snr();
    assertThat(report.snr()).isCloseTo(actual, within(1.0)).isLessThan(3);
  }

  @Test
  void aBoundHoldsForTheDoublesThemselves() {
    double[] values = gaussian(96 * 64, 1e8, 100);
    TensorView again = decoded(TensorEncoder.atMaxError(3).encode(doubles(values)), doubles(values));
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(again.data().get(LittleEndian.DOUBLE, 8L * i) - values[i])).isLessThanOrEqualTo(3);
    }
  }
}
