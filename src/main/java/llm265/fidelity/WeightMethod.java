package llm265.fidelity;

import java.io.IOException;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;

/** A way of making a model smaller, at one rate. */
interface WeightMethod {
  /** What it is called in tables. */
  String name();

  /** Whether it needs moments of inputs. */
  boolean isCalibrated();

  /**
   * Makes a model smaller.
   *
   * @param calibration what methods that are calibrated see; null if none is
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if the method cannot be used on the model
   */
  MethodResult<LanguageModel> apply(ModelFolder folder, Calibration calibration) throws IOException;
}
