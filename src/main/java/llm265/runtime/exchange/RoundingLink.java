package llm265.runtime.exchange;

import llm265.baseline.Baselines;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.parallel.Workers;

/** Rounds to nearest, with binary16 scale and integer zero for each token, or for groups of a token's values. */
final class RoundingLink implements TensorLink {
  private final WeightQuantizer quantizer;

  /** @param group values of a group; 0 for a group a token */
  RoundingLink(int bits, int group) {
    quantizer = Baselines.of("rtn" + bits + (group == 0 ? "" : "g" + group) + "asym", Workers.CALLER);
  }

  @Override
  public long send(float[] values, int rows, int columns) {
    QuantizedLayer rounded = quantizer.quantize(LinearGroup.of(new Layer("tensor", values, rows, columns))).getFirst();
    System.arraycopy(rounded.weights(), 0, values, 0, values.length);
    return rounded.bits();
  }
}
