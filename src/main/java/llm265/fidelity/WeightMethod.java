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
  Result apply(ModelFolder folder, Calibration calibration) throws IOException;

  /**
   * A smaller model.
   *
   * @param model computes with the weights that are left
   * @param bits all that is stored for all tensors
   * @param seconds time taken to make it smaller, without what is shared with other methods
   */
  record Result(LanguageModel model, long bits, double seconds) {}
}
