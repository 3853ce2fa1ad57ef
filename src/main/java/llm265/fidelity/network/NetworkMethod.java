package llm265.fidelity.network;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import llm265.baseline.Baselines;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.checkpoint.OnnxGraph;
import llm265.dtype.TensorView;
import llm265.fidelity.CodecForm;
import llm265.fidelity.MethodLine;
import llm265.fidelity.MethodResult;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.network.NetworkWeights;
import llm265.parallel.Workers;

/** A way of making a network smaller, at one rate, that needs no inputs to see. */
interface NetworkMethod {
  String MODELS = "networks in ONNX files";

  /** What it is called in tables. */
  String name();

  /**
   * Makes a network smaller.
   *
   * @param threads number of threads that run what comes of it
   */
  MethodResult<Network> apply(NetworkFile file, int threads) throws IOException;

  /**
   * Our own codec. Bits are those of the compressed file.
   *
   * @throws IllegalArgumentException if it is to be calibrated
   */
  static NetworkMethod of(CodecForm form) {
    MethodLine.requireDataFree(form.name(), form.isCalibrated(), MODELS);
    return new NetworkMethod() {
      @Override
      public String name() {
        return form.name();
      }

      @Override
      public MethodResult<Network> apply(NetworkFile file, int threads) throws IOException {
        return CodecForm.apply(file.checkpoint(), form::compressor, compressed -> {
          try (NetworkWeights weights = NetworkWeights.open(compressed, file, Runnable::run, 1)) {
            return file.load(weights, threads);
          }
        });
      }
    };
  }

  /**
   * A method of {@link Baselines}, for the tensors that our codec codes with loss; all others count with the bytes
   * that they have.
   *
   * @throws IllegalArgumentException if there is no such method, or it is calibrated
   */
  static NetworkMethod of(String specification, Workers workers) {
    WeightQuantizer quantizer = Baselines.of(specification, workers);
    MethodLine.requireDataFree(specification, quantizer.isCalibrated(), MODELS);
    return new Quantized(quantizer);
  }

  /** Tensors by a quantizer, each as a linear layer by itself. */
  record Quantized(WeightQuantizer quantizer) implements NetworkMethod {
    @Override
    public String name() {
      return quantizer.name();
    }

    @Override
    public MethodResult<Network> apply(NetworkFile file, int threads) {
      long start = System.nanoTime();
      Set<String> lossy = CodecForm.lossy(file.checkpoint());
      Set<String> secondFactors = OnnxGraph.secondFactors(file.checkpoint());
      Map<String, MemorySegment> others = new HashMap<>();
      long bits = 0;
      for (TensorView tensor : file.checkpoint().tensors()) {
        if (lossy.contains(tensor.name())) {
          boolean isTransposed = tensor.rank() == 2 && secondFactors.contains(tensor.name());
          QuantizedLayer result = quantizer.quantize(LinearGroup.of(layer(tensor, isTransposed))).getFirst();
          int out = (int) tensor.shape()[0];
          float[] weights = isTransposed ? transposed(result.weights(), result.weights().length / out, out) : result.weights();
          others.put(tensor.name(), NetworkWeights.floats(weights, tensor.dtype()));
          bits += result.bits();
        } else {
          bits += 8 * tensor.byteSize();
        }
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      return new MethodResult<>(file.load(tensor -> others.get(tensor.name()), threads), bits, seconds);
    }

    /** A kernel of a convolution is {@code out x in x places}, a vector one row. */
    private static Layer layer(TensorView tensor, boolean isTransposed) {
      float[] weights = new float[Math.toIntExact(tensor.count())];
      tensor.read(0, weights, 0, weights.length);
      int rows = tensor.rank() < 2 ? 1 : (int) tensor.shape()[0];
      int columns = weights.length / rows;
      return isTransposed
          ? new Layer(tensor.name(), transposed(weights, rows, columns), columns, rows)
          : new Layer(tensor.name(), weights, rows, columns);
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
      float[] result = new float[matrix.length];
      for (int i = 0; i < matrix.length; i++) {
        result[i % columns * rows + i / columns] = matrix[i];
      }
      return result;
    }
  }
}
