package llm265.fidelity;

import java.io.IOException;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;

/** A {@link CodecForm} on a language model. Bits are those of the compressed file. */
record CodecMethod(CodecForm form, Workers workers) implements WeightMethod {
  @Override
  public String name() {
    return form.name();
  }

  @Override
  public boolean isCalibrated() {
    return form.isCalibrated();
  }

  @Override
  public MethodResult<LanguageModel> apply(ModelFolder folder, Calibration calibration) throws IOException {
    return form.apply(folder.checkpoint(), isCalibrated() ? calibration.moments() : null, file -> {
      try (CompressedModel compressed = CompressedModel.open(file)) {
        return LanguageModel.load(folder.config(), new CompressedWeights(compressed), workers);
      }
    });
  }
}
