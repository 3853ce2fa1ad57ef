package llm265.h264.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RbspWriterTest {
  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void codesAreThoseOfTheTables() {
    RbspWriter writer = new RbspWriter();
    for (int value : new int[] {0, 1, 2, 3}) {
      writer.writeUe(value); // 1 010 011 00100
    }
    for (int value : new int[] {-1, 2}) {
      writer.writeSe(value); // 011 00100
    }
    assertThat(writer.bitPosition()).isEqualTo(20);
    writer.writeTrailingBits();
    // 1010 0110 0100 0110 0100 1000
    assertThat(hex(writer.toByteArray())).isEqualTo("a64648");
  }

  @Test
  void trailingBitsOfWholeBytesAreAByte() {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(8, 0x12);
    writer.writeTrailingBits();
    assertThat(hex(writer.toByteArray())).isEqualTo("1280");
  }

  @Test
  void alignmentFillsWithOnesAndOnlyWhereNeeded() {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(3, 0);
    writer.alignWithOnes();
    writer.alignWithOnes();
    writer.writeBytes(new byte[] {9, 8, 7}, 1, 2);
    assertThat(hex(writer.toByteArray())).isEqualTo("1f0807");
  }

  @Test
  void startCodesAndHeaderPrecedeThePayload() {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(8, 0xAB);
    assertThat(hex(writer.toNalUnit(3, 7, true))).isEqualTo("0000000167ab");
    assertThat(hex(writer.toNalUnit(0, 6, false))).isEqualTo("00000106ab");
  }

  @Test
  void zerosThatEndThePayloadAreClosedByAThree() {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(32, 0x8000_0000L);
    writer.writeBits(8, 0);
    assertThat(hex(writer.toNalUnit(3, 5, false))).isEqualTo("00000165" + "80000003000003");
  }

  @Test
  void valuesThatDoNotFitAreTheCallersMistake() {
    RbspWriter writer = new RbspWriter();
    assertThatThrownBy(() -> writer.writeBits(3, 8)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.writeBits(3, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.writeUe(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.writeUe(0xFFFF_FFFFL)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.writeSe(Integer.MIN_VALUE)).isInstanceOf(IllegalArgumentException.class);
    assertThat(writer.bitPosition()).isZero();
  }

  @Test
  void unalignedBytesAndNalUnitsAreTheCallersMistake() {
    RbspWriter writer = new RbspWriter();
    writer.writeFlag(true);
    assertThatThrownBy(() -> writer.writeBytes(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.toNalUnit(1, 1, true)).isInstanceOf(IllegalStateException.class);
  }
}
