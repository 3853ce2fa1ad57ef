package llm265.h264.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScalingListsTest {
  private static final int[] DEFAULT = {};

  private static int[] constant(int list, int value) {
    int[] scales = new int[list < 6 ? 16 : 64];
    Arrays.fill(scales, value);
    return scales;
  }

  private static int[][] all(ScalingLists lists) {
    int[][] all = Arrays.copyOf(lists.lists4x4(), 12);
    System.arraycopy(lists.lists8x8(), 0, all, 6, 6);
    return all;
  }

  private static int[][] resolve(int[][] sequence, int[][] picture) {
    return all(ScalingLists.resolve(ScalingMatrix.of(sequence), ScalingMatrix.of(picture)));
  }

  @Test
  void withoutMatricesEveryScaleIs16() {
    int[][] lists = resolve(null, null);
    for (int i = 0; i < 12; i++) {
      assertThat(lists[i]).isEqualTo(constant(i, 16));
    }
  }

  /** Table 7-2, fall-back rule set A: defaults for the first of a kind, the list before for the others. */
  @Test
  void listsThatAreNotPresentInTheSequenceAreTheDefaults() {
    int[][] lists = resolve(new int[8][], null);
    assertThat(lists[0]).startsWith(6, 13, 13, 20).endsWith(37, 42);
    assertThat(lists[1]).isEqualTo(lists[0]);
    assertThat(lists[2]).isEqualTo(lists[0]);
    assertThat(lists[3]).startsWith(10, 14, 14, 20).endsWith(30, 34);
    assertThat(lists[5]).isEqualTo(lists[3]);
    assertThat(lists[6]).startsWith(6, 10, 10, 13, 11, 13).endsWith(40, 40, 42);
    assertThat(lists[7]).startsWith(9, 13, 13, 15, 13, 15).endsWith(33, 33, 35);
    assertThat(lists[8]).isEqualTo(lists[6]);
    assertThat(lists[9]).isEqualTo(lists[7]);
    assertThat(lists[10]).isEqualTo(lists[6]);
    assertThat(lists[11]).isEqualTo(lists[7]);
  }

  @Test
  void listsThatAreNotPresentTakeTheOneBefore() {
    int[][] sent = new int[12][];
    sent[1] = constant(1, 30);
    sent[3] = constant(3, 40);
    sent[4] = DEFAULT;
    sent[6] = constant(6, 50);
    sent[9] = constant(9, 60);
    int[][] lists = resolve(sent, null);
    assertThat(lists[0][0]).isEqualTo(6);
    assertThat(lists[2]).isEqualTo(constant(2, 30));
    assertThat(lists[4][0]).isEqualTo(10);
    assertThat(lists[5]).isEqualTo(lists[4]);
    assertThat(lists[8]).isEqualTo(constant(8, 50));
    assertThat(lists[10]).isEqualTo(constant(10, 50));
    assertThat(lists[7][0]).isEqualTo(9);
    assertThat(lists[11]).isEqualTo(constant(11, 60));
  }

  /** Fall-back rule set B: the first of a kind falls back to the list of the sequence. */
  @Test
  void listsThatAreNotPresentInThePictureAreThoseOfTheSequence() {
    int[][] sequence = IntStream.range(0, 8).mapToObj(i -> constant(i, 20 + i)).toArray(int[][]::new);
    int[][] picture = new int[8][];
    picture[4] = constant(4, 99);
    picture[7] = DEFAULT;
    int[][] lists = resolve(sequence, picture);
    assertThat(lists[0]).isEqualTo(constant(0, 20));
    assertThat(lists[1]).as("list 0 of the picture, not list 1 of the sequence").isEqualTo(constant(1, 20));
    assertThat(lists[3]).isEqualTo(constant(3, 23));
    assertThat(lists[5]).isEqualTo(constant(5, 99));
    assertThat(lists[6]).isEqualTo(constant(6, 26));
    assertThat(lists[7][0]).isEqualTo(9);
    assertThat(resolve(sequence, null)[1]).isEqualTo(constant(1, 21));
  }

  @Test
  void pictureWithoutListsOfTheSequenceFallsBackToTheDefaults() {
    int[][] lists = resolve(null, new int[6][]);
    assertThat(lists[0][0]).isEqualTo(6);
    assertThat(lists[3][0]).isEqualTo(10);
    assertThat(lists[6][0]).isEqualTo(6);
  }

  /** The default 8x8 lists are symmetric matrices: their scales are equal along each anti-diagonal, but for one. */
  @Test
  void defaultListsOf8x8RiseAlongTheDiagonals() {
    int[][] lists = resolve(new int[8][], null);
    for (int list = 6; list < 8; list++) {
      int[] middle = new int[15];
      for (int diagonal = 0, index = 0; diagonal < 15; diagonal++) {
        int length = Math.min(diagonal, 14 - diagonal) + 1;
        middle[diagonal] = lists[list][index];
        for (int k = 0; k < length; k++) {
          assertThat(lists[list][index + k]).isEqualTo(lists[list][index + length - 1 - k]);
        }
        index += length;
      }
      assertThat(middle).isSorted();
    }
  }
}
