package llm265.h264.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import llm265.h264.DecoderLimits;
import llm265.h264.UnsupportedStreamException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteStreamTest {
  private static List<String> units(String hex) {
    List<String> found = new ArrayList<>();
    for (NalUnit unit : new ByteStream(HexFormat.of().parseHex(hex.replace(" ", "")))) {
      byte[] bytes = unit.stream().asSlice(unit.offset(), unit.length()).toArray(ValueLayout.JAVA_BYTE);
      found.add(unit.index() + "@" + unit.offset() + ":" + HexFormat.of().formatHex(bytes));
    }
    return found;
  }

  @Test
  void startCodesOfThreeAndFourBytesSeparateNalUnits() {
    assertThat(units("00000001 6711 000001 6822 00000001 65aabb"))
        .containsExactly("0@4:6711", "1@9:6822", "2@15:65aabb");
  }

  @Test
  void bytesBeforeTheFirstStartCodeAreSkipped() {
    assertThat(units("1234 00 ff 0000 000001 0902")).containsExactly("0@9:0902");
  }

  @Test
  void trailingZeroBytesBelongToNoNalUnit() {
    assertThat(units("000001 0910 0000000000 000001 0b 000000")).containsExactly("0@3:0910", "1@13:0b");
  }

  @Test
  void zerosThatNoStartCodeFollowsStayInTheNalUnit() {
    assertThat(units("000001 65 00000005 0000027f 000001 09f0")).containsExactly("0@3:65000000050000027f", "1@15:09f0");
  }

  @Test
  void nalUnitsWithoutAByteAreSkipped() {
    assertThat(units("000001 000001 00000001 0910 000001")).containsExactly("0@10:0910");
  }

  @Test
  void streamWithoutStartCodeHasNoNalUnit() {
    assertThat(units("")).isEmpty();
    assertThat(units("0000")).isEmpty();
    assertThat(units("67640028 000002 0000000000")).isEmpty();
    assertThat(units("000001")).isEmpty();
  }

  @Test
  void iteratorEndsWithTheStream() {
    Iterator<NalUnit> units = new ByteStream(new byte[] {0, 0, 1, 9}).iterator();
    assertThat(units.next().nalUnitType()).isEqualTo(NalUnit.ACCESS_UNIT_DELIMITER);
    assertThat(units.hasNext()).isFalse();
    assertThatThrownBy(units::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void nalUnitOverTheLimitIsRefusedBeforeItIsCopiedAndTheNextOneIsFound() {
    byte[] stream = new byte[40];
    Arrays.fill(stream, (byte) 0x55);
    stream[0] = stream[1] = stream[30] = stream[31] = 0;
    stream[2] = stream[32] = 1;
    DecoderLimits limits = new DecoderLimits(1, 1, 26);
    Iterator<NalUnit> units = new ByteStream(MemorySegment.ofArray(stream), limits).iterator();
    assertThatThrownBy(units::next)
        .isInstanceOfSatisfying(UnsupportedStreamException.class, e -> {
          assertThat(e.syntaxElement()).isEqualTo("NumBytesInNALunit");
          assertThat(e.position().byteOffset()).isEqualTo(3);
          assertThat(e.position().nalIndex()).isZero();
        });
    NalUnit next = units.next();
    assertThat(next.index()).isEqualTo(1);
    assertThat(next.length()).isEqualTo(7);
  }

  /** Few byte values, so that start codes and all that is nearly one are frequent. */
  @Property(tries = 2000)
  void findsTheSameStartCodeAsAPlainSearch(
      @ForAll @Size(max = 60) byte @IntRange(max = 3) [] bytes, @ForAll @IntRange(max = 12) int skipped) {
    int from = Math.min(skipped, bytes.length);
    int expected = from;
    while (expected < bytes.length
        && !(expected + 3 <= bytes.length
            && bytes[expected] == 0
            && bytes[expected + 1] == 0
            && bytes[expected + 2] == 1)) {
      expected++;
    }
    assertThat(ByteStream.findStartCode(MemorySegment.ofArray(bytes), from, bytes.length)).isEqualTo(expected);
  }

  @Test
  void everyPlaceOfAStartCodeInRandomBytesIsFound() {
    Random random = new Random(1);
    byte[] bytes = new byte[64];
    for (int place = 0; place + 3 <= bytes.length; place++) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (2 + random.nextInt(254));
      }
      bytes[place] = bytes[place + 1] = 0;
      bytes[place + 2] = 1;
      MemorySegment segment = MemorySegment.ofArray(bytes);
      assertThat(ByteStream.findStartCode(segment, 0, bytes.length)).isEqualTo(place);
      assertThat(ByteStream.findStartCode(segment, 0, place + 2)).isEqualTo(place + 2);
      assertThat(ByteStream.findStartCode(segment, place + 1, bytes.length)).isEqualTo(bytes.length);
    }
  }

  @Test
  void startCodesBeyondTwoGibibytesAreFound(@TempDir Path folder) throws Exception {
    long far = (1L << 31) + 12_345;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = sparse(folder, far + 6, arena);
      write(stream, far, new byte[] {0, 0, 1, 0x09, (byte) 0xF0});
      assertThat(ByteStream.findStartCode(stream, far - 100_000, far + 6)).isEqualTo(far);
    }
  }

  @Test
  @Tag("long")
  void nalUnitsBeyondTwoGibibytesAreFound(@TempDir Path folder) throws Exception {
    long far = (1L << 31) + 12_345;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = sparse(folder, far + 6, arena);
      write(stream, 0, new byte[] {0, 0, 1, 0x67, 0x11});
      write(stream, far, new byte[] {0, 0, 1, 0x09, (byte) 0xF0});
      List<NalUnit> units = new ArrayList<>();
      new ByteStream(stream, DecoderLimits.DEFAULT).forEach(units::add);
      assertThat(units).extracting(NalUnit::offset).containsExactly(3L, far + 3);
      assertThat(units.get(1).rbsp().data()[0]).isEqualTo((byte) 0xF0);
    }
  }

  /** A sparse file: next to nothing on the disk. */
  private static MemorySegment sparse(Path folder, long size, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(
        folder.resolve("large.264"), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
    }
  }

  private static void write(MemorySegment segment, long offset, byte[] bytes) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, offset, bytes.length);
  }

  @Property(tries = 500)
  void whatIsWrittenAsNalUnitsIsFoundAgain(
      @ForAll @Size(max = 6) List<@Size(max = 40) byte @IntRange(max = 4) []> payloads,
      @ForAll @IntRange(max = 2) int cabacZeroWords,
      @ForAll boolean longStartCodes) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<byte[]> written = new ArrayList<>();
    for (byte[] payload : payloads) {
      RbspWriter writer = new RbspWriter();
      writer.writeBytes(payload, 0, payload.length);
      writer.writeTrailingBits();
      writer.writeBytes(new byte[2 * cabacZeroWords], 0, 2 * cabacZeroWords);
      written.add(writer.toByteArray());
      stream.writeBytes(writer.toNalUnit(2, NalUnit.SLICE_NON_IDR, longStartCodes));
    }
    List<byte[]> found = new ArrayList<>();
    for (NalUnit unit : new ByteStream(stream.toByteArray())) {
      assertThat(unit.nalRefIdc()).isEqualTo(2);
      assertThat(unit.nalUnitType()).isEqualTo(NalUnit.SLICE_NON_IDR);
      NalUnit.Rbsp rbsp = unit.rbsp();
      found.add(Arrays.copyOf(rbsp.data(), rbsp.length()));
    }
    assertThat(found.toArray(byte[][]::new)).isDeepEqualTo(written.toArray(byte[][]::new));
  }
}
