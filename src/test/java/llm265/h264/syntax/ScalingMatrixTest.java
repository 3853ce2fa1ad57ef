package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ScalingMatrixTest {
  private static int[] constant(int length, int value) {
    int[] list = new int[length];
    Arrays.fill(list, value);
    return list;
  }

  private static long bitsOf(int[] list) {
    RbspWriter writer = new RbspWriter();
    ScalingMatrix.of(new int[][] {list}).write(writer, 1);
    return writer.bitPosition();
  }

  @Property(tries = 1000)
  void everyMatrixIsReadAsWritten(@ForAll long seed) {
    int count = new int[] {6, 8, 12}[(int) Math.floorMod(seed, 3L)];
    ScalingMatrix matrix = ScalingMatrix.of(new SyntaxGenerator(seed).scalingLists(count));
    RbspWriter writer = new RbspWriter();
    matrix.write(writer, count);
    writer.writeTrailingBits();
    assertThat(ScalingMatrix.parse(reader(writer), count, "flag")).isEqualTo(matrix);
  }

  /** lastScale and nextScale begin as 8; a nextScale of 0 repeats the last scale to the end. */
  @Test
  void differencesAddUpModulo256() {
    // 1: 8 + 2, 10 - 9 = 1, 1 - 2 = 255 (modulo 256), then 255 + 1 = 0: stop
    ScalingMatrix matrix =
        ScalingMatrix.parse(bits("1 00100 000010011 00101 010"), 1, "seq_scaling_list_present_flag");
    assertThat(matrix.list(0)).startsWith(10, 1, 255, 255).endsWith(255).hasSize(16);
  }

  @Test
  void firstScaleOfZeroMeansTheDefaultList() {
    ScalingMatrix matrix = ScalingMatrix.parse(bits("0 1 000010001 0"), 3, "seq_scaling_list_present_flag");
    assertThat(matrix.isPresent(0)).isFalse();
    assertThat(matrix.usesDefault(1)).isTrue();
    assertThat(matrix.isPresent(2)).isFalse();
    assertThat(matrix.isPresent(7)).isFalse();
  }

  @Test
  void differenceOutOfRangeIsMalformed() {
    // 128 is codeNum 255, -129 is codeNum 258
    assertThatThrownBy(() -> ScalingMatrix.parse(bits("1 00000000100000000"), 1, "flag"))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("delta_scale");
    assertThatThrownBy(() -> ScalingMatrix.parse(bits("1 00000000100000011"), 1, "flag"))
        .isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void runOfEqualScalesAtTheEndTakesTheShorterForm() {
    // Present flag, 8 + 0, and 8 - 8 = 0 in 9 bits; 15 more zeros would be longer
    assertThat(bitsOf(constant(16, 8))).isEqualTo(1 + 1 + 9);
    // -100 takes 15 bits, a repeated scale one: the run of 3 is sent as it is
    int[] short3 = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 100, 100, 100};
    assertThat(bitsOf(short3)).isEqualTo(1 + 13 + 15 + 2);
  }

  @Test
  void wrongListsAreTheCallersMistake() {
    assertThatThrownBy(() -> ScalingMatrix.of(new int[][] {constant(15, 9)}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScalingMatrix.of(new int[][] {constant(16, 0)}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScalingMatrix.of(new int[][] {constant(16, 256)}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScalingMatrix.of(new int[13][])).isInstanceOf(IllegalArgumentException.class);
    int[][] short8x8 = new int[8][];
    short8x8[6] = constant(16, 9);
    assertThatThrownBy(() -> ScalingMatrix.of(short8x8)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ScalingMatrix.of(null)).isNull();
  }

  @Test
  void listsOfTheCallerAreCopied() {
    int[][] lists = {constant(16, 9)};
    ScalingMatrix matrix = ScalingMatrix.of(lists);
    lists[0][0] = 1;
    assertThat(matrix.list(0)).containsOnly(9);
  }
}
