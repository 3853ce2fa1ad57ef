package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorViewTest {
  private static TensorView view(DType dtype, int bytes, long... shape) {
    return new TensorView("name", dtype, shape, MemorySegment.ofArray(new byte[bytes]));
  }

  @Test
  void countsItsValues() {
    assertThat(view(DType.F32, 4).count()).isEqualTo(1);
    assertThat(view(DType.F32, 0, 3, 0).count()).isZero();
    assertThat(view(DType.F64, 48, 2, 3).count()).isEqualTo(6);
    assertThat(view(DType.F6_E3M2, 9, 3, 4).byteSize()).isEqualTo(9);
    assertThat(view(DType.F32, 4).toString()).isEqualTo("name F32 []");
  }

  @Test
  void theDataFitTheShape() {
    assertThatThrownBy(() -> view(DType.F32, 5, 1)).hasMessageContaining("needs 4 bytes, not 5");
    assertThatThrownBy(() -> view(DType.F4, 2, 3)).hasMessageContaining("do not fill whole bytes");
    assertThatThrownBy(() -> view(DType.U8, 0, -1)).hasMessageContaining("negative dimension");
    assertThatThrownBy(() -> view(DType.U8, 0, 1L << 32, 1L << 32)).hasMessageContaining("2^63 values or more");
    assertThatThrownBy(() -> view(DType.F64, 0, 1L << 61))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2^63 bits or more");
    assertThat(view(DType.U8, 0, 1L << 32, 1L << 32, 0).count()).isZero();
  }

  @Test
  void theShapeCannotBeChangedFromOutside() {
    long[] shape = {1, 2};
    TensorView view = view(DType.U8, 2, shape);
    shape[0] = 9;
    view.shape()[1] = 9;
    assertThat(view.shape()).containsExactly(1, 2);
  }

  @Test
  void namesOfTypesAreFoundInBothCases() {
    assertThat(DType.of("bf16")).isEqualTo(DType.BF16);
    assertThat(DType.of("F8_e4m3")).isEqualTo(DType.F8_E4M3);
    assertThatThrownBy(() -> DType.of("float")).isInstanceOf(IllegalArgumentException.class);
  }
}
