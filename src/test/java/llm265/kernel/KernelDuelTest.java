package llm265.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelDuelTest {
  /** A kernel that writes arrays. */
  public interface Fill {
    int fill(int[] out, float[][] rows, int value, @Scratch int[] scratch);
  }

  private static final Fill REFERENCE =
      (out, rows, value, scratch) -> {
        out[1] = value;
        rows[1][0] = value;
        scratch[0] = 1;
        return value;
      };

  private static final Fill SAME =
      (out, rows, value, scratch) -> {
        out[1] = value;
        rows[1][0] = value;
        scratch[0] = 2;
        return value;
      };

  private final int[] out = new int[4];
  private final float[][] rows = new float[2][2];

  private int fill(Fill contender) {
    return KernelDuel.of(Fill.class, REFERENCE, contender).fill(out, rows, 7, new int[1]);
  }

  @Test
  void theContendersResultsReachTheCaller() {
    assertThat(fill(SAME)).isEqualTo(7);
    assertThat(out).containsExactly(0, 7, 0, 0);
    assertThat(rows[1]).containsExactly(7, 0);
  }

  @Test
  void theFirstDifferingElementIsNamed() {
    assertThatThrownBy(
            () ->
                fill(
                    (out, rows, value, scratch) -> {
                      SAME.fill(out, rows, value, scratch);
                      out[2] = 9;
                      return value;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(".fill, argument 0: index 2 is 9 where the reference has 0");
  }

  @Test
  void arraysWithinArraysAreComparedToo() {
    assertThatThrownBy(
            () ->
                fill(
                    (out, rows, value, scratch) -> {
                      SAME.fill(out, rows, value, scratch);
                      rows[1][1] = 5;
                      return value;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("argument 1, array 1: index 1 is 5.0");
  }

  @Test
  void differingReturnValuesAreFound() {
    assertThatThrownBy(
            () ->
                fill(
                    (out, rows, value, scratch) -> {
                      SAME.fill(out, rows, value, scratch);
                      return 8;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("returned 8");
  }

  @Test
  void exceptionsOfTheKernelsComeThrough() {
    assertThatThrownBy(() -> KernelDuel.of(Fill.class, REFERENCE, SAME).fill(new int[1], rows, 1, new int[1]))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  @Test
  void anArrayPassedTwiceStaysOneArray() {
    Fill copying =
        (out, rows, value, scratch) -> {
          scratch[0] = value;
          out[1] = out[0];
          return out[1];
        };
    int[] both = new int[4];
    assertThat(KernelDuel.of(Fill.class, copying, copying).fill(both, rows, 6, both)).isEqualTo(6);
  }
}
