package llm265.runtime.exchange;

import java.util.Arrays;
import llm265.baseline.Baselines;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.parallel.Workers;
import llm265.runtime.message.Segments;

/** Rounds to nearest in groups of each tensor's values, one behind the other; scales are binary16. */
final class RoundingCompressor implements Compressor {
  private final Segments tensors;
  private final WeightQuantizer quantizer;

  RoundingCompressor(Segments tensors, int bits, int group) {
    this.tensors = tensors;
    quantizer = Baselines.of("rtn" + bits + "g" + group + "sym", Workers.CALLER);
  }

  @Override
  public double send(float[] values) {
    double bits = 0;
    for (int i = 0; i < tensors.count(); i++) {
      int begin = tensors.begin(i);
      float[] tensor = Arrays.copyOfRange(values, begin, tensors.end(i));
      QuantizedLayer rounded =
          quantizer.quantize(LinearGroup.of(new Layer("gradient", tensor, 1, tensor.length))).getFirst();
      System.arraycopy(rounded.weights(), 0, values, begin, tensor.length);
      bits += rounded.bits();
    }
    return bits;
  }
}
