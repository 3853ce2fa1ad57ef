package llm265.tensor.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import org.junit.jupiter.api.Test;

class ValueSinkTest {
  @Test
  void floatsTakeThePartOfARowThatFits() {
    float[] data = new float[4];
    ValueSink sink = ValueSink.to(DType.F32, data, 10);
    sink.row(8, new float[] {8, 9, 10, 11}, 4);
    sink.row(12, new float[] {12, 13, 14}, 3);
    sink.row(0, new float[] {1, 2}, 2);
    sink.row(20, new float[] {1, 2}, 2);
    assertThat(data).containsExactly(10, 11, 12, 13);
  }

  @Test
  void exactValuesReplaceThoseOfRows() {
    float[] data = new float[2];
    ValueSink sink = ValueSink.to(DType.F16, data, 5);
    sink.row(5, new float[] {1, 2}, 2);
    sink.exact(6, 0x7C00);
    sink.exact(4, 0x7C00);
    sink.exact(7, 0x7C00);
    assertThat(data).containsExactly(1, Float.POSITIVE_INFINITY);
  }

  @Test
  void memoryHasTheTensorsOwnType() {
    MemorySegment data = MemorySegment.ofArray(new byte[16]);
    ValueSink sink = ValueSink.to(DType.F64, data, 3, 2);
    sink.row(2, new float[] {1, 2, 3, 4}, 4);
    sink.exact(4, Double.doubleToRawLongBits(1e300));
    assertThat(data.get(LittleEndian.DOUBLE, 0)).isEqualTo(2);
    assertThat(data.get(LittleEndian.DOUBLE, 8)).isEqualTo(1e300);
  }

  @Test
  void bytesOfExactTensorsAreCopiedByValue() {
    MemorySegment data = MemorySegment.ofArray(new byte[4]);
    ValueSink.to(DType.I16, data, 1, 2).bytes(0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 4);
    assertThat(data.toArray(ValueLayout.JAVA_BYTE)).containsExactly(3, 4, 5, 6);
  }
}
