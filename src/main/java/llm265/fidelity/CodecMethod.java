package llm265.fidelity;

import java.io.IOException;
import java.util.concurrent.Executor;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.model.CompressedModel;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;

/** A {@link CodecForm} on a language model. Bits are those of the compressed file. */
record CodecMethod(CodecForm form, Executor executor, int threads) implements WeightMethod {
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
    ModelCompressor compressor =
        form.hasMoments() ? form.compressor().withCalibration(calibration.moments()) : form.compressor();
    return CodecForm.apply(folder.checkpoint(), () -> tuned(compressor, folder, calibration), file -> {
      try (CompressedModel compressed = CompressedModel.open(file)) {
        return LanguageModel.load(
            folder.config(), new CompressedWeights(compressed), new Workers(executor, threads));
      }
    });
  }

  private ModelCompressor tuned(ModelCompressor compressor, ModelFolder folder, Calibration calibration) throws IOException {
    if (!form.isSearched()) {
      return compressor;
    }
    AllocationSearch search = new AllocationSearch(folder, calibration.text(), executor, threads);
    return compressor.withDivergences(search.search(compressor, tokens -> { }).divergences());
  }
}
