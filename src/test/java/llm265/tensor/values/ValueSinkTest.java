package llm265.tensor.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import llm265.dtype.DType;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ValueSinkTest {
  private static byte[] littleEndian(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** What a window of values from {@code from} on holds once {@code count} values 100, 101... from {@code first} on have come. */
  private static float[] expected(int from, int size, int first, int count) {
    float[] expected = new float[size];
    for (int i = 0; i < size; i++) {
      int index = from + i;
      expected[i] = index >= first && index < first + count ? 100 + index - first : -1;
    }
    return expected;
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void rowsLeaveWhatIsInTheWindowAndNothingElse(
      @ForAll @IntRange(max = 20) int from, @ForAll @IntRange(max = 12) int size,
      @ForAll @IntRange(max = 30) int first, @ForAll @IntRange(max = 20) int count) {
    // One more than count: rows may be longer than what they hold.
    float[] row = new float[count + 1];
    for (int i = 0; i <= count; i++) {
      row[i] = 100 + i;
    }
    float[] floats = new float[size];
    float[] elements = new float[size];
    float[] fromBytes = new float[size];
    float[] elementsFromBytes = new float[size];
    for (float[] each : new float[][] {floats, elements, fromBytes, elementsFromBytes}) {
      Arrays.fill(each, -1);
    }
    ValueSink.to(DType.F32, floats, from).row(first, row, 0, count);
    ValueSink.to(DType.F32, MemorySegment.ofArray(elements), from, size).row(first, row, 0, count);
    ValueSink.to(DType.F32, fromBytes, from).bytes(first, littleEndian(row), count);
    ValueSink.to(DType.F32, MemorySegment.ofArray(elementsFromBytes), from, size).bytes(first, littleEndian(row), count);

    float[] expected = expected(from, size, first, count);
    assertThat(floats).containsExactly(expected);
    assertThat(elements).containsExactly(expected);
    assertThat(fromBytes).containsExactly(expected);
    assertThat(elementsFromBytes).containsExactly(expected);
  }

  @Test
  void windowsFarIntoATensorTakeTheirValues() {
    long far = 5_000_000_000L;
    float[] values = new float[2];
    ValueSink sink = ValueSink.to(DType.F32, values, far);

    sink.row(0, new float[] {1, 1, 1}, 0, 3);
    sink.row(2 * far, new float[] {2, 2, 2}, 0, 3);
    assertThat(values).containsOnly(0);
    sink.row(far - 1, new float[] {9, 3, 4, 5}, 1, 3);
    assertThat(values).containsExactly(4, 5);
    sink.exact(far + 1, Float.floatToRawIntBits(6));
    assertThat(values).containsExactly(4, 6);
  }

  @Test
  void elementsAreStoredInTheirType() {
    byte[] data = new byte[6];
    ValueSink.to(DType.F16, MemorySegment.ofArray(data), 0, 3).row(0, new float[] {1, -2, 65_504}, 0, 3);
    assertThat(data).containsExactly(0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B);

    ValueSink.to(DType.BF16, MemorySegment.ofArray(data), 0, 3).row(1, new float[] {1, -2}, 0, 2);
    assertThat(data).containsExactly(0x00, 0x3C, 0x80, 0x3F, 0x00, 0xC0);

    byte[] wide = new byte[16];
    ValueSink.to(DType.F64, MemorySegment.ofArray(wide), 7, 2).row(8, new float[] {1}, 0, 1);
    assertThat(wide).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F);
  }

  @Test
  void exactValuesAreBitPatternsOfTheType() {
    byte[] data = new byte[4];
    ValueSink sixteen = ValueSink.to(DType.F16, MemorySegment.ofArray(data), 10, 2);
    sixteen.exact(9, 0x1111);
    sixteen.exact(12, 0x1111);
    // A NaN with a payload of its own.
    sixteen.exact(11, 0x7E01);
    assertThat(data).containsExactly(0, 0, 0x01, 0x7E);

    byte[] wide = new byte[8];
    ValueSink.to(DType.F64, MemorySegment.ofArray(wide), 0, 1).exact(0, 0x8102_0304_0506_0708L);
    assertThat(wide).containsExactly(8, 7, 6, 5, 4, 3, 2, 0x81);
  }

  @Test
  void exactValuesBecomeFloats() {
    float[] values = new float[1];
    ValueSink.to(DType.F16, values, 3).exact(3, 0xC000);
    assertThat(values).containsExactly(-2);
    ValueSink.to(DType.BF16, values, 3).exact(3, 0x4040);
    assertThat(values).containsExactly(3);
    ValueSink.to(DType.F32, values, 3).exact(3, 0xFF80_0000L);
    assertThat(values).containsExactly(Float.NEGATIVE_INFINITY);
    ValueSink.to(DType.F64, values, 3).exact(3, Double.doubleToRawLongBits(0.1));
    assertThat(values).containsExactly(0.1f);

    ValueSink.to(DType.F32, values, 3).exact(2, 0);
    ValueSink.to(DType.F32, values, 3).exact(4, 0);
    assertThat(values).containsExactly(0.1f);
  }

  @Test
  void bytesOfTypesThatAreNotSampledAreKept() {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
    byte[] small = new byte[4];
    ValueSink.to(DType.U8, MemorySegment.ofArray(small), 3, 4).bytes(1, bytes, 8);
    assertThat(small).containsExactly(3, 4, 5, 6);

    byte[] wide = new byte[16];
    ValueSink.to(DType.I64, MemorySegment.ofArray(wide), 4, 2).bytes(5, bytes, 1);
    assertThat(wide).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void bytesBecomeFloatsInTheirType() {
    float[] values = new float[2];
    ValueSink.to(DType.F16, values, 1).bytes(0, new byte[] {0, 0, 0, 0x3C, 0, (byte) 0xC0, 0, 0}, 4);

    assertThat(values).containsExactly(1, -2);
  }

  @Test
  void nowhereTakesAnything() {
    assertThatCode(() -> {
      ValueSink.NOWHERE.row(Long.MAX_VALUE, new float[0], 0, 5);
      ValueSink.NOWHERE.exact(-1, 0);
      ValueSink.NOWHERE.bytes(0, null, 1);
    }).doesNotThrowAnyException();
  }

  @Test
  void whatLiesInTheWindowIsWanted() {
    ValueSink array = ValueSink.to(DType.F32, new float[10], 100);
    ValueSink memory = ValueSink.to(DType.F32, MemorySegment.ofArray(new byte[40]), 100, 10);
    for (ValueSink sink : new ValueSink[] {array, memory}) {
      assertThat(sink.wants(90, 10)).isFalse();
      assertThat(sink.wants(90, 11)).isTrue();
      assertThat(sink.wants(109, 5)).isTrue();
      assertThat(sink.wants(110, 5)).isFalse();
      assertThat(sink.wants(0, 1000)).isTrue();
    }
    assertThat(ValueSink.NOWHERE.wants(0, 1)).as("whoever checks a stream wants all of it decoded").isTrue();
  }
}
