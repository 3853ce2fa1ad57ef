package llm265.fidelity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import llm265.baseline.Baselines;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.lm.LanguageModel;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.ModelFolder;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * A method of {@link Baselines}. It quantizes the tensors that our codec codes with loss; all others count with
 * the bytes that they have.
 *
 * <p>Embeddings and the head, which calibrated methods leave alone, get the method's format without calibration. Linear layers of
 * the blocks come in groups that share an input. GPTQ sees inputs that the blocks before, already quantized, make; other methods
 * see those of the original.
 */
final class BaselineMethod implements WeightMethod {
  private final WeightQuantizer quantizer;
  private final WeightQuantizer dataFree;
  private final boolean isSequential;
  private final Workers workers;

  private BaselineMethod(WeightQuantizer quantizer, WeightQuantizer dataFree, boolean isSequential, Workers workers) {
    this.quantizer = quantizer;
    this.dataFree = dataFree;
    this.isSequential = isSequential;
    this.workers = workers;
  }

  /** @throws IllegalArgumentException if there is no such method */
  static BaselineMethod of(String specification, Workers workers) {
    WeightQuantizer quantizer = Baselines.of(specification, workers);
    return new BaselineMethod(
        quantizer, Baselines.of(dataFree(quantizer.name()), workers), quantizer.name().contains("gptq"), workers);
  }

  /** The specification of the same format without calibration. */
  static String dataFree(String specification) {
    return specification.replaceFirst("^(gptq|awq)", "rtn").replaceAll("-(actorder|static|gptq|imatrix)", "");
  }

  @Override
  public String name() {
    return quantizer.name();
  }

  @Override
  public boolean isCalibrated() {
    return quantizer.isCalibrated();
  }

  @Override
  public MethodResult<LanguageModel> apply(ModelFolder folder, Calibration calibration) throws IOException {
    Function<String, InputMoments> moments = isCalibrated() && !isSequential ? calibration.moments() : layer -> null;
    LanguageModel original = LanguageModel.load(folder.config(), folder.weights(), workers);
    long start = System.nanoTime();
    List<LayerGroup> groups = LayerGroup.of(original);
    Set<String> ofBlocks = new HashSet<>();
    groups.forEach(group -> group.layers().forEach(layer -> ofBlocks.add(layer.name())));
    Set<String> lossy = CodecForm.lossy(folder.checkpoint());
    SeparateTensors others = SeparateTensors.of(folder, dataFree, lossy, ofBlocks);
    long bits = others.bits();
    LanguageModel model = LanguageModel.load(folder.config(), folder.weights().with(others.weights()), workers);
    BlockInputs inputs = isSequential && isCalibrated() ? new BlockInputs(model, calibration.text(), workers) : null;
    for (int block = 0; block < model.layers(); block++) {
      Function<String, InputMoments> ofBlock = inputs == null ? moments : inputs.moments(block);
      for (LayerGroup group : groups.subList(block * LayerGroup.IN_BLOCK, (block + 1) * LayerGroup.IN_BLOCK)) {
        bits += quantize(folder, model, group.only(lossy), ofBlock);
      }
      if (inputs != null) {
        inputs.pass(block);
      }
    }
    return new MethodResult<>(model, bits, (System.nanoTime() - start) * 1e-9);
  }

  /** Replaces the weights of a group, and gives what they take. */
  private long quantize(ModelFolder folder, LanguageModel model, LayerGroup group, Function<String, InputMoments> moments) {
    List<LinearLayer> layers = group.layers();
    if (layers.isEmpty()) {
      return 0;
    }
    List<Layer> matrices = new ArrayList<>();
    for (LinearLayer layer : layers) {
      float[] weights = folder.weights().read(layer.name());
      int out = layer.outFeatures();
      int in = layer.inFeatures();
      matrices.add(new Layer(layer.name(), layer.transposed() ? transposed(weights, in, out) : weights, out, in));
    }
    InputMoments ofInput = isCalibrated() ? moments.apply(layers.getFirst().group()) : null;
    List<QuantizedLayer> results =
        quantizer.quantize(new LinearGroup(matrices, ofInput, group.inputGain(), group.foldable()));
    long bits = 0;
    for (int i = 0; i < results.size(); i++) {
      LinearLayer layer = layers.get(i);
      float[] weights = results.get(i).weights();
      model.setWeight(
          layer.name(), layer.transposed() ? transposed(weights, layer.outFeatures(), layer.inFeatures()) : weights);
      bits += results.get(i).bits();
    }
    return bits;
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }
}
