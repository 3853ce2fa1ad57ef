package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ValueCodecTest {
  private static MemorySegment longs(long... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[8 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(LittleEndian.LONG, 8L * i, values[i]);
    }
    return data;
  }

  private static double[] doubles(DType dtype, MemorySegment data, int count) {
    double[] values = new double[count];
    ValueCodec.read(dtype, data, 0, values, 0, count);
    return values;
  }

  private static float[] floats(DType dtype, MemorySegment data, int count) {
    float[] values = new float[count];
    ValueCodec.read(dtype, data, 0, values, 0, count);
    return values;
  }

  @Test
  void bytesAreReadByTheirType() {
    MemorySegment data = MemorySegment.ofArray(new byte[] {(byte) 0x80, (byte) 0xBF, 0, (byte) 0xFF, 1, 2, 3, 4});
    assertThat(doubles(DType.U8, data, 4)).containsExactly(128, 191, 0, 255);
    assertThat(doubles(DType.I8, data, 4)).containsExactly(-128, -65, 0, -1);
    assertThat(doubles(DType.BOOL, data, 4)).containsExactly(1, 1, 0, 1);
    assertThat(doubles(DType.U16, data, 2)).containsExactly(0xBF80, 0xFF00);
    assertThat(doubles(DType.I16, data, 2)).containsExactly(-0x4080, -0x0100);
    assertThat(doubles(DType.BF16, data, 1)).containsExactly(-1);
    assertThat(doubles(DType.F16, data, 1)).containsExactly(-1.875);
    assertThat(doubles(DType.I32, data, 1)).containsExactly((double) 0xFF00BF80);
    assertThat(doubles(DType.U32, data, 1)).containsExactly(0xFF00BF80L);
    assertThat(doubles(DType.F32, data, 1)).containsExactly(Float.intBitsToFloat(0xFF00BF80));
    assertThat(doubles(DType.F64, data, 1)).containsExactly(Double.longBitsToDouble(0x04030201_FF00BF80L));
    assertThat(doubles(DType.F8_E4M3, data, 2)).containsExactly(-0.0, -1.875);
    assertThat(doubles(DType.F8_E5M2, data, 2)).containsExactly(-0.0, -1.75);
  }

  @Test
  void integersOf64BitsAreRoundedOnce() {
    // Just above half-way between floats, by less than a double can tell.
    long above = (1L << 62) + (1L << 38) + 1;
    assertThat(floats(DType.I64, longs(above, -above), 2)).containsExactly(Math.nextUp(0x1p62f), -Math.nextUp(0x1p62f));
    long unsigned = (1L << 63) + (1L << 39) + 1;
    assertThat(floats(DType.U64, longs(unsigned), 1)).containsExactly(Math.nextUp(0x1p63f));
    assertThat(doubles(DType.U64, longs(-1, 1L << 63, (1L << 63) + 1025), 3))
        .containsExactly(0x1p64, 0x1p63, Math.nextUp(0x1p63));
    assertThat(doubles(DType.I64, longs(Long.MIN_VALUE, 5), 2)).containsExactly(-0x1p63, 5);
  }

  @ParameterizedTest
  @FieldSource("llm265.dtype.DType#SAFETENSORS")
  void floatsComeBackFromEveryFloatingPointType(DType dtype) {
    float[] values = {0, -0f, 1, -2.5f, 0.125f, 96, Float.NaN};
    MemorySegment data = MemorySegment.ofArray(new byte[1 + 8 * values.length]).asSlice(1);
    if (!dtype.isFloat()) {
      assertThatThrownBy(() -> ValueCodec.write(dtype, data, 0, values, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      return;
    }
    ValueCodec.write(dtype, data, 1, values, 1, values.length - 1);
    float[] back = new float[values.length];
    ValueCodec.read(dtype, data, 1, back, 1, values.length - 1);
    assertThat(back).containsExactly(values);
    double[] wide = new double[2];
    ValueCodec.read(dtype, data, 3, wide, 1, 1);
    assertThat(wide).containsExactly(0, -2.5);
  }

  @Test
  void binary64IsRoundedToTheNearestFloat() {
    MemorySegment data = longs(Double.doubleToLongBits(1 + 0x1.8p-24), Double.doubleToLongBits(1e300));
    assertThat(floats(DType.F64, data, 2)).containsExactly(1 + 0x1p-23f, Float.POSITIVE_INFINITY);
  }

  @Test
  void runsOutsideTheDataAreRefused() {
    MemorySegment data = MemorySegment.ofArray(new byte[8]);
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.U8, DType.F64}) {
      int count = (int) (8 / dtype.byteSize(1));
      assertThatThrownBy(() -> ValueCodec.read(dtype, data, 1, new float[8], 0, count))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> ValueCodec.read(dtype, data, -1, new double[8], 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> ValueCodec.read(dtype, data, 0, new float[1], 1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> ValueCodec.read(DType.C64, data, 0, new float[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
