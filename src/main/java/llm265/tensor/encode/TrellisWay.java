package llm265.tensor.encode;

import llm265.tensor.Codec;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.tools.Rotation;
import llm265.tensor.trellis.CarrierMethod;
import llm265.tensor.trellis.CarrierPlan;
import llm265.tensor.trellis.TrellisMethod;
import llm265.tensor.trellis.TrellisPlan;
import llm265.tensor.trellis.TrellisSampling;

/** The ways of keeping what a trellis finds. */
sealed interface TrellisWay {
  /**
   * How a tensor is coded as it is arranged.
   *
   * @param moments of the inputs that are the plane's rows, if there is to be feedback; else null
   */
  TrellisPlan plan(Arrangement arrangement, ErrorBounds bounds, DampedMoments moments);

  /** Inputs that are coded together, before later ones make up for their errors, where these are rows of a plane. */
  int feedbackBlock(TensorFraming framing);

  /** Values of the sample that a plan is made on. */
  int sampleValues();

  /** What a plan for a file remembers of it. */
  MethodChoice choice(Rotation rotation);

  /** In chunks, without pictures. */
  record Chunks(TrellisMethod method) implements TrellisWay {
    @Override
    public TrellisPlan plan(Arrangement arrangement, ErrorBounds bounds, DampedMoments moments) {
      return new TrellisSampling(arrangement, method, bounds, moments);
    }

    @Override
    public int feedbackBlock(TensorFraming framing) {
      return TrellisSampling.feedbackBlock(framing.columns());
    }

    @Override
    public int sampleValues() {
      return method.sampleValues();
    }

    @Override
    public MethodChoice choice(Rotation rotation) {
      return new MethodChoice(false, rotation, false, false, false, Codec.TRINITY);
    }
  }

  /** On pictures that carry the levels. */
  record Carriers(CarrierMethod method) implements TrellisWay {
    @Override
    public TrellisPlan plan(Arrangement arrangement, ErrorBounds bounds, DampedMoments moments) {
      return new CarrierPlan(arrangement, method, bounds, moments, values -> TensorExcerpt.map(arrangement, values, false));
    }

    @Override
    public int feedbackBlock(TensorFraming framing) {
      return FeedbackFactor.BAND;
    }

    @Override
    public int sampleValues() {
      return method.sampleValues();
    }

    @Override
    public MethodChoice choice(Rotation rotation) {
      return new MethodChoice(false, rotation, false, false, true, Codec.H264);
    }
  }
}
