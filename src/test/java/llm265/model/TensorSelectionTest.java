package llm265.model;

import static llm265.model.TensorSelection.Kind.EXACT;
import static llm265.model.TensorSelection.Kind.KEPT;
import static llm265.model.TensorSelection.Kind.LOSSY;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.rate.RateTarget;
import org.junit.jupiter.api.Test;

class TensorSelectionTest {
  private static TensorView tensor(DType type, long... shape) {
    return new TensorView(
        "t" + Arrays.toString(shape), type, shape, MemorySegment.ofArray(new byte[(int) type.byteSize(Shape.count(shape))]));
  }

  private static List<TensorSelection.Kind> kinds(RateTarget target, TensorView... tensors) {
    TensorSelection selection = TensorSelection.of(List.of(tensors), ModelSettings.at(target));
    return IntStream.range(0, tensors.length).mapToObj(selection::kind).toList();
  }

  @Test
  void matricesOfEveryFloatingPointTypeLoseSomething() {
    assertThat(kinds(new RateTarget.Bits(3), tensor(DType.F64, 64, 64), tensor(DType.F32, 64, 64), tensor(DType.F16, 2, 32, 64),
        tensor(DType.BF16, 4096, 1))).containsOnly(LOSSY);
  }

  @Test
  void vectorsAndSmallMatricesStayBesideLargeOnes() {
    assertThat(kinds(new RateTarget.Bits(3), tensor(DType.F32, 1024, 1024), tensor(DType.F32, 5000), tensor(DType.F32, 32, 64)))
        .containsExactly(LOSSY, KEPT, KEPT);
  }

  @Test
  void vectorsAndSmallMatricesThatTheFileConsistsOfAreCompressed() {
    assertThat(kinds(new RateTarget.Bits(3), tensor(DType.F32, 300_000), tensor(DType.F32, 4095), tensor(DType.F32, 1000)))
        .containsExactly(LOSSY, KEPT, KEPT);
    assertThat(kinds(new RateTarget.Snr(20), tensor(DType.BF16, 8, 256), tensor(DType.BF16, 256, 8), tensor(DType.BF16, 10, 100)))
        .containsExactly(LOSSY, LOSSY, KEPT);
  }

  @Test
  void integersAndFp8LoseNothing() {
    assertThat(kinds(new RateTarget.Bits(3), tensor(DType.I64, 512), tensor(DType.F8_E4M3, 64, 64), tensor(DType.BOOL, 600),
        tensor(DType.F4, 64, 64), tensor(DType.U8, 100))).containsExactly(EXACT, EXACT, EXACT, KEPT, KEPT);
  }

  @Test
  void theReasonIsTold() {
    Predicate<TensorView> matrices = tensor -> tensor.rank() == 2;
    List<TensorView> tensors = List.of(
        tensor(DType.F32, 1024, 1024), tensor(DType.F32, 5000), tensor(DType.F32, 32, 64), tensor(DType.F4, 64, 64));
    ModelSettings settings = ModelSettings.at(new RateTarget.Bits(3));
    TensorSelection selection = TensorSelection.of(tensors, settings);
    assertThat(IntStream.range(0, 4).mapToObj(selection::reason)).containsExactly(
        null, CompressionReport.Kept.SHORT_VECTOR, CompressionReport.Kept.SMALL, CompressionReport.Kept.TYPE);
    assertThat(TensorSelection.of(tensors, settings.with(matrices)).reason(1)).isEqualTo(CompressionReport.Kept.UNWANTED);
  }
}
