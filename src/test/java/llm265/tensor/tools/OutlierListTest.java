package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.TreeSet;
import llm265.h264.MalformedStreamException;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutlierListTest {
  private static final TensorFraming FRAMING = new TensorFraming(90 * 70, 90, false, 96, 80);

  private static PayloadReader reader(PayloadWriter writer) {
    byte[] bytes = writer.toByteArray();
    return new PayloadReader(bytes, 0, bytes.length);
  }

  private static OutlierList read(PayloadReader in, ElementType type) {
    return OutlierList.read(in, type, FRAMING, FRAMING.tile(0));
  }

  private static OutlierList random(int count, ElementType type, long seed) {
    Random random = new Random(seed);
    TreeSet<Integer> positions = new TreeSet<>();
    while (positions.size() < count) {
      positions.add(random.nextInt(70) * 96 + random.nextInt(90));
    }
    OutlierList list = new OutlierList(0);
    for (int position : positions) {
      list.add(position, random.nextLong() >>> (64 - type.dtype().bits()));
    }
    return list;
  }

  @Property(tries = 200)
  void whatIsWrittenIsRead(@ForAll @IntRange(max = 6300) int count, @ForAll ElementType type, @ForAll long seed) {
    OutlierList list = random(count, type, seed);
    PayloadWriter out = new PayloadWriter();
    list.write(out, type);
    PayloadReader in = reader(out);
    OutlierList twin = read(in, type);

    in.requireEnd("list");
    assertThat(twin.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      assertThat(twin.position(i)).isEqualTo(list.position(i));
      assertThat(twin.bits(i)).isEqualTo(list.bits(i));
    }
  }

  @Test
  void emptyListTakesOneByte() {
    PayloadWriter out = new PayloadWriter();
    OutlierList.EMPTY.write(out, ElementType.F32);

    assertThat(out.length()).isEqualTo(1);
  }

  @Test
  void outliersTakeAboutTheirEntropy() {
    // 63 of 6300: log2(100) + 1.44 bits a position at best; a sign, 23 bits of mantissa, and exponents of 1 bit each.
    Random random = new Random(1);
    OutlierList positions = random(63, ElementType.F32, 1);
    OutlierList list = new OutlierList(0);
    for (int i = 0; i < 63; i++) {
      list.add(positions.position(i), Float.floatToIntBits((random.nextBoolean() ? 1 : -1) * (4 + 12 * random.nextFloat())));
    }
    PayloadWriter out = new PayloadWriter();
    list.write(out, ElementType.F32);

    assertThat(8.0 * out.length() / 63).isBetween(7.5 + 25, 8.7 + 26);
  }

  @Test
  void positionsMustAscend() {
    OutlierList list = new OutlierList(2);
    list.add(5, 0);

    assertThatIllegalArgumentException().isThrownBy(() -> list.add(5, 0));
  }

  @Test
  void countBeyondTheTileOrTheSectionIsMalformed() {
    for (long count : new long[] {6301, 6300, Long.MAX_VALUE}) {
      PayloadWriter out = new PayloadWriter();
      out.varint(count);
      out.u8(0);
      out.bytes(new byte[1000]);

      assertThatExceptionOfType(MalformedStreamException.class)
          .isThrownBy(() -> read(reader(out), ElementType.F32))
          .withMessageContaining("outlier_count");
    }
  }

  @Test
  void positionInThePaddingOrBehindTheTileIsMalformed() {
    // Column 90 is the first of the padding; 96 * 80 is behind the tile.
    for (int position : new int[] {90, 96 * 70, 96 * 80, Integer.MAX_VALUE}) {
      PayloadWriter out = new PayloadWriter();
      out.varint(1);
      out.u8(24 << 3);
      out.u8(0);
      // A gap of 31 bits: quotient in ones, zero, 24 bits.
      int ones = position >>> 24;
      long bits = (((1L << ones) - 1) << 25) | position & 0xFF_FFFF;
      int length = ones + 25;
      for (int i = 0; i < length; i += 8) {
        int shift = length - 8 - i;
        out.u8((int) (shift >= 0 ? bits >>> shift : bits << -shift));
        if (i > 150) {
          break;
        }
      }
      out.bytes(new byte[40]);

      assertThatExceptionOfType(MalformedStreamException.class)
          .isThrownBy(() -> read(reader(out), ElementType.F16))
          .withMessageContaining("outlier_gap");
    }
  }

  @Test
  void exponentBeyondTheTypeIsMalformed() {
    PayloadWriter out = new PayloadWriter();
    out.varint(1);
    // Gap 0 (parameter 0), sign 0, exponent 31 + 1.
    out.u8(0);
    out.u8(31);
    out.u8(0b0010_0000);
    out.bytes(new byte[10]);

    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(reader(out), ElementType.F16))
        .withMessageContaining("outlier_exponent");
  }

  @Test
  void riceParameterBeyondItsRangeIsMalformed() {
    PayloadWriter out = new PayloadWriter();
    out.varint(1);
    out.u8(25 << 3);
    out.bytes(new byte[10]);

    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(reader(out), ElementType.F16))
        .withMessageContaining("rice_parameters");
  }
}
