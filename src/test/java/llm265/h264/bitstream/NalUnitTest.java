package llm265.h264.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import llm265.h264.MalformedStreamException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NalUnitTest {
  private static NalUnit unit(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return new NalUnit(MemorySegment.ofArray(bytes), 0, bytes.length, 7);
  }

  private static String rbsp(String hex) {
    NalUnit.Rbsp rbsp = unit(hex).rbsp();
    return HexFormat.of().formatHex(rbsp.data(), 0, rbsp.length());
  }

  @Test
  void headerIsReadBitByBit() {
    NalUnit idr = unit("65 88");
    assertThat(idr.forbiddenZeroBit()).isFalse();
    assertThat(idr.nalRefIdc()).isEqualTo(3);
    assertThat(idr.nalUnitType()).isEqualTo(NalUnit.SLICE_IDR);
    assertThat(idr.isIdr()).isTrue();
    assertThat(unit("41").isIdr()).isFalse();
    assertThat(unit("41").nalRefIdc()).isEqualTo(2);
  }

  @Test
  void forbiddenZeroBitOfOneIsMalformedAtItsPlace() {
    assertThatThrownBy(unit("e5 88")::rbsp)
        .isInstanceOfSatisfying(MalformedStreamException.class, e -> {
          assertThat(e.syntaxElement()).isEqualTo("forbidden_zero_bit");
          assertThat(e.position().nalIndex()).isEqualTo(7);
        });
  }

  @Test
  void emulationPreventionBytesAreRemoved() {
    assertThat(rbsp("67 000003")).isEqualTo("0000");
    assertThat(rbsp("67 00000301")).isEqualTo("000001");
    assertThat(rbsp("67 000003000003")).isEqualTo("00000000");
    assertThat(rbsp("67 00000300000300000301 80")).isEqualTo("00000000000001" + "80");
    assertThat(rbsp("67 11 000003 22 000003 33")).isEqualTo("11000022000033");
  }

  @Test
  void byteThreeWithoutTwoZerosBeforeItStays() {
    assertThat(rbsp("67 03 0003 000103 0303")).isEqualTo("0300030001030303");
    assertThat(rbsp("67 00000303")).isEqualTo("000003");
    // The zero of the header byte's low bits is none of the payload
    assertThat(rbsp("60 0003 00")).isEqualTo("000300");
  }

  @Test
  void payloadOfAHeaderAloneIsEmpty() {
    NalUnit.Rbsp rbsp = unit("0b").rbsp();
    assertThat(rbsp.length()).isZero();
    assertThat(rbsp.reader().moreRbspData()).isFalse();
  }

  @Property(tries = 1000)
  void writerEscapesWhatTheReaderUnescapesAndNoForbiddenSequenceIsLeft(
      @ForAll @Size(max = 80) byte @IntRange(max = 4) [] payload) {
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(payload, 0, payload.length);
    writer.writeTrailingBits();
    byte[] rbsp = writer.toByteArray();
    byte[] nal = writer.toNalUnit(1, NalUnit.SEI, false);
    for (int i = 3; i + 3 <= nal.length; i++) {
      boolean forbidden = nal[i] == 0 && nal[i + 1] == 0 && nal[i + 2] >= 0 && nal[i + 2] < 3;
      assertThat(forbidden).as("0x00000%d at %d", nal[i + 2], i).isFalse();
    }
    NalUnit.Rbsp read = new NalUnit(MemorySegment.ofArray(nal), 3, nal.length - 3, 0).rbsp();
    assertThat(Arrays.copyOf(read.data(), read.length())).isEqualTo(rbsp);
    for (int i = read.length(); i < read.length() + NalUnit.SLACK; i++) {
      assertThat(read.data()[i]).as("slack").isZero();
    }
  }

  @Test
  void prefixHoldsTheFirstBytesUnescaped() {
    NalUnit.Rbsp rbsp = unit("67 11 000003 22 33 44").rbspPrefix(6);
    assertThat(HexFormat.of().formatHex(rbsp.data(), 0, rbsp.length())).isEqualTo("11000022");
    assertThat(unit("67 11").rbspPrefix(100).length()).isEqualTo(1);
  }

  @Test
  void structureNamesAreThoseOfTable71() {
    assertThat(unit("67").structureName()).isEqualTo("seq_parameter_set_rbsp");
    assertThat(unit("68").structureName()).isEqualTo("pic_parameter_set_rbsp");
    assertThat(unit("0c").structureName()).isEqualTo("filler_data_rbsp");
    assertThat(unit("76").structureName()).isEqualTo("reserved");
    assertThat(unit("78").structureName()).isEqualTo("unspecified");
    assertThat(unit("60").structureName()).isEqualTo("unspecified");
  }
}
