package llm265.model;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import llm265.dtype.TensorView;
import llm265.rate.RateTarget;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.format.TensorHeader;

/**
 * Decides for each tensor of a model whether it is coded with loss, coded without loss if this makes it smaller, or kept. It
 * looks at the tensor's type and shape, and at the rest of the model.
 *
 * <p>Vectors and small matrices are norms, biases and tables, to which a model is sensitive and which take little space. They are
 * kept, unless the model consists of them.
 */
final class TensorSelection {
  /** Matrices with fewer values are small. */
  static final long LEAST_VALUES = 4096;

  /** With fewer values a stream's headers take as much as its values. */
  static final long LEAST_SMALL_VALUES = 1024;

  /** The same for lossless coding, where tensors that would get larger are kept, too. */
  static final long LEAST_LOSSLESS_VALUES = 512;

  /** A vector, or all small matrices together, is worth its loss from this share of a model's values on. */
  private static final double LEAST_SHARE = 0.01;

  /** What a tensor is to become. */
  enum Kind { LOSSY, EXACT, KEPT }

  private final Kind[] kinds;
  private final CompressionReport.Kept[] reasons;

  private TensorSelection(int tensors) {
    kinds = new Kind[tensors];
    reasons = new CompressionReport.Kept[tensors];
  }

  /** Selects tensors without looking at any value. */
  static TensorSelection of(List<TensorView> tensors, ModelSettings settings) {
    TensorSelection selection = new TensorSelection(tensors.size());
    boolean lossless = settings.target() instanceof RateTarget.Lossless;
    double values = tensors.stream().mapToDouble(TensorView::count).sum();
    double inSmall = tensors.stream().filter(TensorSelection::isSmallMatrix).mapToDouble(TensorView::count).sum();
    boolean smallCount = inSmall >= LEAST_SHARE * values;
    for (int i = 0; i < selection.kinds.length; i++) {
      TensorView tensor = tensors.get(i);
      if (!settings.filter().test(tensor)) {
        selection.keep(i, CompressionReport.Kept.UNWANTED);
      } else if (tensor.rank() > TensorHeader.MAX_RANK) {
        selection.keep(i, CompressionReport.Kept.TYPE);
      } else if (lossless && !(isMatrix(tensor) && settings.pinned(tensor).isPresent()) || !mayLose(tensor)
          || settings.exact().contains(tensor.name())) {
        selection.selectExact(i, tensor, settings.mayPack(tensor));
      } else if (isMatrix(tensor) || smallCount && isSmallMatrix(tensor) || isVector(tensor)
          && tensor.count() >= LEAST_SHARE * values) {
        selection.kinds[i] = Kind.LOSSY;
      } else {
        selection.keep(i, tensor.rank() < 2 ? CompressionReport.Kept.SHORT_VECTOR : CompressionReport.Kept.SMALL);
      }
    }
    return selection;
  }

  private void keep(int i, CompressionReport.Kept reason) {
    kinds[i] = Kind.KEPT;
    reasons[i] = reason;
  }

  private void selectExact(int i, TensorView tensor, boolean mayPack) {
    if (!mayPack && !ExactCoding.isPossible(tensor)) {
      keep(i, CompressionReport.Kept.TYPE);
    } else if (tensor.count() < LEAST_LOSSLESS_VALUES) {
      keep(i, CompressionReport.Kept.SMALL);
    } else {
      kinds[i] = Kind.EXACT;
    }
  }

  /** Whether a tensor's values are numbers of types that models are computed in. */
  static boolean mayLose(TensorView tensor) {
    return switch (tensor.dtype()) {
      case F64, F32, F16, BF16 -> true;
      default -> false;
    };
  }

  /** Whether a tensor may lose something whatever else the model has. */
  static boolean isMatrix(TensorView tensor) {
    return mayLose(tensor) && tensor.rank() >= 2 && tensor.rank() <= TensorHeader.MAX_RANK && tensor.count() >= LEAST_VALUES;
  }

  private static boolean isSmallMatrix(TensorView tensor) {
    return mayLose(tensor) && tensor.rank() >= 2 && tensor.count() >= LEAST_SMALL_VALUES && tensor.count() < LEAST_VALUES;
  }

  private static boolean isVector(TensorView tensor) {
    return mayLose(tensor) && tensor.rank() == 1 && tensor.count() >= LEAST_VALUES;
  }

  Kind kind(int i) {
    return kinds[i];
  }

  /** Why a tensor is kept; null if it is not. */
  CompressionReport.Kept reason(int i) {
    return reasons[i];
  }

  int[] all(Kind kind) {
    IntPredicate isKind = i -> kinds[i] == kind;
    return IntStream.range(0, kinds.length).filter(isKind).toArray();
  }

  /** Whether only the filter prevents tensors from being compressed. */
  boolean isEmptiedByFilter(List<TensorView> tensors, ModelSettings settings) {
    boolean empty = all(Kind.KEPT).length == kinds.length;
    Predicate<TensorView> everything = tensor -> true;
    return empty && of(tensors, settings.with(everything)).all(Kind.KEPT).length < kinds.length;
  }
}
