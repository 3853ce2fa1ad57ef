package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void dimensionsAreMultiplied() {
    assertThat(Shape.count(2, 3, 4)).isEqualTo(24);
    assertThat(Shape.count(1L << 40, 1L << 22)).isEqualTo(1L << 62);
    assertThat(Shape.count(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aScalarHasOneValue() {
    assertThat(Shape.count()).isEqualTo(1);
  }

  @Test
  void aDimensionOfNothingLeavesNoneHoweverLargeTheOthersAre() {
    assertThat(Shape.count(1L << 40, 1L << 40, 0)).isZero();
    assertThat(Shape.count(0, Long.MAX_VALUE, Long.MAX_VALUE)).isZero();
  }

  @Test
  void largerShapesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.count(1L << 40, 1L << 23))
        .withMessageContaining("2^63 values or more");
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.count(1L << 40, 1L << 40));
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.count(3, Long.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.count(3, -1)).withMessage("negative dimension in shape [3, -1]");
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.count(-1, 0));
  }
}
