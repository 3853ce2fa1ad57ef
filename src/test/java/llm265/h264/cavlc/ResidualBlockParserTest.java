package llm265.h264.cavlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.written.ReferenceResidualWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualBlockParserTest {
  private static final int[] RASTER = IntStream.range(0, 64).toArray();

  private static PrefixCode[] totalZeros(int maxNumCoeff) {
    return maxNumCoeff == 4 ? CodeTables.TOTAL_ZEROS_2X2
        : maxNumCoeff == 8 ? CodeTables.TOTAL_ZEROS_2X4 : CodeTables.TOTAL_ZEROS_4X4;
  }

  private static int[] parse(RbspReader reader, int column, int maxNumCoeff) {
    int[] levels = new int[maxNumCoeff];
    int total = new ResidualBlockParser().parse(
        reader, column, totalZeros(maxNumCoeff), maxNumCoeff, RASTER, 0, 0, levels, 0);
    assertThat(total).isEqualTo((int) Arrays.stream(levels).filter(level -> level != 0).count());
    return levels;
  }

  private static RbspReader bits(String bits) {
    RbspWriter writer = new RbspWriter();
    for (char bit : bits.replace(" ", "").toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
    writer.writeTrailingBits();
    byte[] bytes = writer.toByteArray();
    return new RbspReader(bytes, 0, bytes.length);
  }

  @Property(tries = 300)
  void levelsComeBack(
      @ForAll long seed, @ForAll @IntRange(max = 3) int kind, @ForAll @IntRange(max = 3) int column,
      @ForAll @IntRange(min = 1, max = 22) int largestBits) {
    SplittableRandom random = new SplittableRandom(seed);
    int maxNumCoeff = new int[] {4, 8, 15, 16}[kind];
    int coeffToken = kind < 2 ? 4 + kind : column;
    int blocks = 8;
    int[][] written = new int[blocks][maxNumCoeff];
    RbspWriter writer = new RbspWriter();
    for (int[] block : written) {
      int density = random.nextInt(0, 6);
      int ones = random.nextInt(maxNumCoeff + 1);
      for (int i = 0; i < maxNumCoeff; i++) {
        int size = i >= ones ? 1 : 1 << random.nextInt(largestBits);
        block[i] = random.nextInt(5) < density ? random.nextInt(-size, size + 1) : 0;
      }
      ReferenceResidualWriter.write(writer, block, coeffToken);
    }
    writer.writeTrailingBits();
    byte[] bytes = writer.toByteArray();
    RbspReader reader = new RbspReader(bytes, 0, bytes.length);
    for (int[] block : written) {
      assertThat(parse(reader, coeffToken, maxNumCoeff)).isEqualTo(block);
    }
    assertThat(reader.moreRbspData()).isFalse();
  }

  /** Levels of the escapes: level_prefix 14 and 15 with each suffixLength, and beyond 15. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7, 8, 15, 16, 17, 480, 2063, 2064, 2065, 4096, 32767, 32768, (1 << 21) - 1, 1 << 21})
  void everySizeOfLevelComesBack(int level) {
    for (int after = 0; after < 7; after++) {
      int[] written = new int[16];
      written[0] = level;
      written[1] = -level;
      // Levels before it in the stream make suffixLength grow.
      Arrays.fill(written, 2, 2 + after, 1 << after);
      RbspWriter writer = new RbspWriter();
      ReferenceResidualWriter.write(writer, written, 0);
      writer.writeTrailingBits();
      byte[] bytes = writer.toByteArray();
      assertThat(parse(new RbspReader(bytes, 0, bytes.length), 0, 16)).isEqualTo(written);
    }
  }

  /**
   * (9.2.2.1) by hand, one level a block and nC 0: levelCode is Min(15, level_prefix) << suffixLength + level_suffix, 15 more for
   * level_prefix 15 and suffixLength 0, (1 << level_prefix - 3) - 4096 more from level_prefix 16 on, and 2 more for the first
   * level.
   */
  @ParameterizedTest
  @CsvSource({
    "1, '', 2", "01, '', -2", "00000000000001, '', -8",
    "000000000000001, 0000, 9", "000000000000001, 1111, -16",
    "0000000000000001, 000000000000, 17", "0000000000000001, 111111111111, -2064",
    "00000000000000001, 0000000000000, 2065", "00000000000000001, 1111111111111, -6160",
    "000000000000000001, 00000000000000, 6161", "000000000000000001, 11111111111111, -14352"
  })
  void escapesOfTheFirstLevel(String levelPrefix, String levelSuffix, int level) {
    // coeff_token 0/1, total_zeros 0
    int[] levels = parse(bits("000101" + levelPrefix + levelSuffix + "1"), 0, 16);
    assertThat(levels[0]).isEqualTo(level);
  }

  /** The second level has suffixLength 1 after a first of up to 3, and 2 after a greater one (9.2.2, the last steps). */
  @ParameterizedTest
  @CsvSource({
    "01, 1 0, 1, -2", "01, 01 1, -2, -2", "00001, 1 00, 1, 4", "00001, 01 11, -4, 4",
    "00001, 0000000000000001 000000000000, 31, 4", "01, 0000000000000001 000000000001, -16, -2",
    "01, 000000000000001 1, -15, -2"
  })
  void suffixLengthGrows(String first, String second, int lower, int higher) {
    // coeff_token 0/2, total_zeros 0
    int[] levels = parse(bits("00000111" + first + second + "111"), 0, 16);
    assertThat(Arrays.copyOf(levels, 2)).containsExactly(lower, higher);
  }

  /** The block 0, 3, 0, 1, -1, -1, 0, 1 of the literature, coded by hand with the tables for nC = 0. */
  @Test
  void knownBlock() {
    // coeff_token 3/5, signs + - -, level +1 as code 0, level +3 as 001 with suffix 0, total_zeros 3, runs 1 0 0 1
    int[] levels = parse(bits("0000100 0 1 1 1 0010 111 10 1 1 01"), 0, 16);
    assertThat(levels).isEqualTo(new int[] {0, 3, 0, 1, -1, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0});
  }

  @ParameterizedTest
  @CsvSource({
    "0, 16, 0000000000000000, coeff_token",
    "0, 15, 0000000000000100, coeff_token",
    "3, 15, 111100, coeff_token",
    "0, 16, 01 0 000000000, total_zeros",
    "0, 15, 01 0 000000001, total_zeros",
    "0, 16, 000101 0000000000000000000000000001 0, level_prefix",
    "1, 16, 011 0 0 0011 00000000001, run_before"
  })
  void whatNoEncoderWritesIsMalformed(int column, int maxNumCoeff, String written, String element) {
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> parse(bits(written), column, maxNumCoeff))
        .withMessageContaining(element);
  }

  @Test
  void dataThatEndsIsMalformed() {
    RbspReader reader = new RbspReader(new byte[] {0b0000_0001}, 0, 1);
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> parse(reader, 0, 16));
  }
}
