package llm265.h264.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.MalformedStreamException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RbspReaderTest {
  private static RbspReader bits(String bits) {
    String text = bits.replace(" ", "");
    byte[] bytes = new byte[(text.length() + 7) / 8];
    for (int i = 0; i < text.length(); i++) {
      bytes[i / 8] |= (byte) ((text.charAt(i) - '0') << (7 - i % 8));
    }
    return new RbspReader(bytes, 0, bytes.length);
  }

  private static RbspReader hex(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return new RbspReader(bytes, 0, bytes.length);
  }

  /** Table 9-2. */
  @Test
  void codeNumbersAreThoseOfTheTable() {
    RbspReader reader = bits("1 010 011 00100 00101 00110 00111 0001000 0001001 0001010");
    for (int codeNum = 0; codeNum < 10; codeNum++) {
      assertThat(reader.readUe("x")).isEqualTo(codeNum);
    }
  }

  /** Table 9-3. */
  @Test
  void signedValuesAlternate() {
    RbspReader reader = bits("1 010 011 00100 00101 00110 00111");
    for (int expected : new int[] {0, 1, -1, 2, -2, 3, -3}) {
      assertThat(reader.readSe("x", "0", -3, 3)).isEqualTo(expected);
    }
  }

  @Test
  void largestCodesAreRead() {
    // 31 zeros, then 32 ones: 2^32 - 2
    assertThat(hex("00000001 fffffffe").readUe("x")).isEqualTo(0xFFFF_FFFEL);
    assertThat(hex("00000001 fffffffc").readSe("x", "0", -Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(hex("00000001 fffffffe").readSe("x", "0", -Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isEqualTo(-Integer.MAX_VALUE);
  }

  @Test
  void codeOfMoreThan31ZerosIsMalformedAndNotReadForEver() {
    assertThatThrownBy(() -> hex("00000000 80000000 0000").readUe("width"))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("width")
        .hasMessageContaining("9.1");
    RbspReader zeros = new RbspReader(new byte[1 << 20], 0, 1 << 20);
    assertThatThrownBy(() -> zeros.readUe("width")).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void valuesOutOfRangeNameElementAndClause() {
    assertThatThrownBy(() -> bits("00100").readUe("chroma_format_idc", "7.4.2.1.1", 2))
        .isInstanceOfSatisfying(MalformedStreamException.class, e -> {
          assertThat(e.syntaxElement()).isEqualTo("chroma_format_idc");
          assertThat(e.clause()).isEqualTo("7.4.2.1.1");
          assertThat(e.problem()).isEqualTo("3 is not in 0..2");
        });
    assertThatThrownBy(() -> bits("00101").readSe("x", "1", -1, 1)).hasMessageContaining("-2 is not in -1..1");
    assertThatThrownBy(() -> bits("00100").readSe("x", "1", -1, 1)).hasMessageContaining("2 is not in -1..1");
  }

  @Test
  void nothingIsReadBeyondTheEndEvenWhereTheArrayGoesOn() {
    byte[] array = new byte[32];
    Arrays.fill(array, (byte) 0xFF);
    RbspReader reader = new RbspReader(array, 1, 3);
    assertThat(reader.readBits(15, "x")).isEqualTo(0x7FFF);
    assertThat(reader.bitsLeft()).isEqualTo(1);
    assertThatThrownBy(() -> reader.readBits(2, "level_idc"))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("level_idc");
    assertThat(reader.readUe("x")).isZero();
    assertThatThrownBy(() -> reader.readUe("x")).isInstanceOf(MalformedStreamException.class);
    assertThatThrownBy(() -> reader.readFlag("x")).isInstanceOf(MalformedStreamException.class);
    assertThat(reader.readBits(0, "x")).isZero();
    assertThat(reader.bitPosition()).isEqualTo(16);
    assertThat(reader.byteIndex()).isEqualTo(3);
  }

  @Test
  void codeThatTheEndCutsIsMalformed() {
    assertThatThrownBy(() -> bits("0000 1000").readUe("x")).isInstanceOf(MalformedStreamException.class);
    RbspReader second = bits("1111 0001");
    second.readBits(4, "x");
    assertThatThrownBy(() -> second.readSe("x", "0", -9, 9)).hasMessageContaining("ends");
  }

  @Property(tries = 1000)
  void bitsAreReadAsABitByBitReaderWould(
      @ForAll @Size(min = 1, max = 24) byte[] bytes, @ForAll @Size(max = 20) List<@IntRange(max = 32) Integer> lengths) {
    RbspReader reader = new RbspReader(bytes, 0, bytes.length);
    int position = 0;
    for (int n : lengths) {
      if (position + n > 8 * bytes.length) {
        int tooMany = n;
        assertThatThrownBy(() -> reader.readBits(tooMany, "x")).isInstanceOf(MalformedStreamException.class);
        continue;
      }
      long expected = 0;
      for (int i = 0; i < n; i++, position++) {
        expected = (expected << 1) | (bytes[position / 8] >> (7 - position % 8)) & 1;
      }
      assertThat(reader.readBits(n, "x")).isEqualTo(expected);
      assertThat(reader.bitPosition()).isEqualTo(position);
      assertThat(reader.isByteAligned()).isEqualTo(position % 8 == 0);
    }
  }

  @Property(tries = 1000)
  void writtenCodesAreReadBack(@ForAll @Size(max = 20) List<Integer> values) {
    RbspWriter writer = new RbspWriter();
    List<Integer> legal = values.stream().filter(value -> value != Integer.MIN_VALUE).toList();
    for (int value : legal) {
      writer.writeSe(value);
      writer.writeUe(Math.min(value & 0xFFFF_FFFFL, 0xFFFF_FFFEL));
      writer.writeBits(32, value & 0xFFFF_FFFFL);
    }
    writer.writeTrailingBits();
    RbspReader reader = new RbspReader(writer.toByteArray(), 0, writer.size());
    for (int value : legal) {
      assertThat(reader.moreRbspData()).isTrue();
      assertThat(reader.readSe("x", "0", -Integer.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(value);
      assertThat(reader.readUe("x")).isEqualTo(Math.min(value & 0xFFFF_FFFFL, 0xFFFF_FFFEL));
      assertThat(reader.readBits(32, "x")).isEqualTo(value & 0xFFFF_FFFFL);
    }
    assertThat(reader.moreRbspData()).isFalse();
  }

  @Test
  void moreRbspDataEndsAtTheStopBit() {
    RbspReader reader = bits("1011 1000 0000 0000 0000 0000");
    for (int i = 0; i < 4; i++) {
      assertThat(reader.moreRbspData()).isTrue();
      reader.readFlag("x");
    }
    assertThat(reader.moreRbspData()).isFalse();
    assertThat(bits("1000 0000").moreRbspData()).isFalse();
    assertThat(new RbspReader(new byte[4], 0, 4).moreRbspData()).isFalse();
    assertThat(new RbspReader(new byte[] {(byte) 0xFF, 0, (byte) 0xFF}, 1, 2).moreRbspData()).isFalse();
  }

  @Test
  void bytesAreReadAtOnce() {
    RbspReader reader = hex("ab 010203");
    reader.readBits(4, "x");
    assertThatThrownBy(() -> reader.readBytes(1, "x")).isInstanceOf(IllegalStateException.class);
    reader.readBits(4, "x");
    assertThat(reader.readBytes(2, "x")).containsExactly(1, 2);
    assertThatThrownBy(() -> reader.readBytes(2, "x")).isInstanceOf(MalformedStreamException.class);
    assertThat(reader.readBytes(1, "x")).containsExactly(3);
  }

  @Test
  void traceHearsOfEveryElementFromItsFirstBit() {
    List<String> heard = new ArrayList<>();
    RbspReader reader = new RbspReader(HexFormat.of().parseHex("ffab48010203"), 1, 6);
    assertThat(reader.indexed("many", 3)).isEqualTo("many");
    reader.setTrace((name, position, bits, value) -> heard.add(name + " " + position + "+" + bits + "=" + value));
    reader.readBits(8, "a");
    reader.readUe("b", "0", 9);
    reader.readSe(reader.indexed("many", 3), "0", -9, 9);
    assertThat(heard).containsExactly("a 0+8=171", "b 8+3=1", "many[3] 11+3=1");
    assertThatThrownBy(() -> bits("011").readUe("late", "0", 1)).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void boundsOutsideTheArrayAreTheCallersMistake() {
    assertThatThrownBy(() -> new RbspReader(new byte[4], 0, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RbspReader(new byte[4], 3, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
