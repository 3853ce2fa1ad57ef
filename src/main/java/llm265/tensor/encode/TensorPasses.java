package llm265.tensor.encode;

import llm265.rate.QuantizerPoint;
import llm265.rate.RateController;
import llm265.tensor.EncodedTensor;

/** Presents a tensor to the rate controller. */
public final class TensorPasses implements RateController.Trial {
  private final TensorCoding coding;
  private CodingResult last;

  public TensorPasses(TensorCoding coding) {
    this.coding = coding;
  }

  @Override
  public boolean hasExcerpt() {
    return coding.hasExcerpt();
  }

  @Override
  public int leastQp() {
    return coding.leastQp();
  }

  @Override
  public RateController.Measurement rough(QuantizerPoint point) {
    return measurement(coding.present().rough(point.qp(), point.levelDeviation()));
  }

  @Override
  public RateController.Measurement excerpt(QuantizerPoint point) {
    return measurement(coding.present().excerpt(point.qp(), point.levelDeviation()));
  }

  @Override
  public RateController.Measurement code(QuantizerPoint point) {
    last = coding.code(point.qp(), point.levelDeviation());
    return measurement(last);
  }

  private RateController.Measurement measurement(CodingResult result) {
    return new RateController.Measurement(8 * result.bytes() / coding.values(), result.snr());
  }

  /** The result of the last pass, with which the controller ended. */
  public EncodedTensor result(RateController.Outcome outcome) {
    return coding.encoded(last, outcome.point().qp(), outcome.passes());
  }
}
