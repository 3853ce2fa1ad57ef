package llm265.runtime.training.torch;

import java.util.Arrays;
import llm265.runtime.exchange.ParameterLayout;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.training.GptShape;
import llm265.runtime.training.StageBoundary;
import llm265.runtime.training.TrainableModel;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The transformer of a {@link GptShape}, a stage for each block; embeddings belong to the first, the head to the last.
 *
 * <p>Each stage has a graph of its own, which begins at a copy of what it received. So the gradient by that copy is what goes
 * back, and what boundaries do to values is not differentiated.
 */
public final class TorchGpt implements TrainableModel {
  private static final double NORM_EPSILON = 1e-5;

  private static final int BEFORE_BLOCKS = 2;

  private final GptShape shape;
  private final ParameterLayout layout;
  private final Tensor[] parameters;

  public TorchGpt(GptShape shape) {
    this.shape = shape;
    this.layout = shape.layout();
    this.parameters = new Tensor[layout.parameters().size()];
    // Sums in one order, whatever the machine has; and models are too small for more threads.
    torch.set_num_threads(1);
    try (PointerScope scope = new PointerScope()) {
      for (int i = 0; i < parameters.length; i++) {
        Parameter parameter = layout.parameters().get(i);
        long[] dimensions = parameter.isMatrix()
            ? new long[] {parameter.rows(), parameter.columns()} : new long[] {parameter.values()};
        parameters[i] = tensor(new float[parameter.values()], dimensions).set_requires_grad(true);
        parameters[i].retainReference();
      }
    }
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  @Override
  public float[] initialWeights(long seed) {
    return shape.initialWeights(seed);
  }

  @Override
  public int boundaries() {
    return shape.layers() - 1;
  }

  @Override
  public double gradient(float[] weights, int[][] windows, float[] gradient, StageBoundary boundary) {
    load(weights);
    int rows = windows.length * shape.context();
    try (PointerScope scope = new PointerScope()) {
      Tensor[] received = new Tensor[shape.layers()];
      Tensor[] sent = new Tensor[shape.layers()];
      Tensor loss = forward(windows, received, sent, boundary);
      loss.backward();
      for (int stage = shape.layers() - 1; stage > 0; stage--) {
        float[] values = values(received[stage].grad());
        boundary.backward(stage - 1, values, rows, shape.width());
        sent[stage - 1].backward(
            tensor(values, windows.length, shape.context(), shape.width()), new BoolOptional(), false,
            new TensorArrayRefOptional());
      }
      for (int i = 0; i < parameters.length; i++) {
        Parameter parameter = layout.parameters().get(i);
        Tensor of = parameters[i].grad();
        of.data_ptr_float().get(gradient, parameter.offset(), parameter.values());
        of.zero_();
      }
      return loss.item_float();
    }
  }

  @Override
  public double loss(float[] weights, int[][] windows, StageBoundary boundary) {
    load(weights);
    GradMode.set_enabled(false);
    try (PointerScope scope = new PointerScope()) {
      return forward(windows, new Tensor[shape.layers()], new Tensor[shape.layers()], boundary).item_float();
    } finally {
      GradMode.set_enabled(true);
    }
  }

  private void load(float[] weights) {
    for (int i = 0; i < parameters.length; i++) {
      Parameter parameter = layout.parameters().get(i);
      try (PointerScope scope = new PointerScope()) {
        parameters[i].data_ptr_float().put(weights, parameter.offset(), parameter.values());
      }
    }
  }

  private Tensor forward(int[][] windows, Tensor[] received, Tensor[] sent, StageBoundary boundary) {
    long batch = windows.length;
    received[0] = torch.embedding(parameters[0], symbols(windows, 0)).add(parameters[1]);
    for (int stage = 0; stage < shape.layers(); stage++) {
      if (stage > 0) {
        float[] values = values(sent[stage - 1]);
        boundary.forward(stage - 1, values, windows.length * shape.context(), shape.width());
        received[stage] = tensor(values, batch, shape.context(), shape.width()).set_requires_grad(GradMode.is_enabled());
      }
      sent[stage] = block(BEFORE_BLOCKS + GptShape.OF_BLOCK * stage, received[stage], batch);
    }
    int last = parameters.length - 1;
    Tensor logits = torch.linear(norm(sent[shape.layers() - 1], parameters[last - 1]), parameters[last]);
    return torch.cross_entropy_loss(logits.view(-1, shape.vocabulary()), symbols(windows, 1).view(-1));
  }

  private Tensor block(int first, Tensor x, long batch) {
    Tensor qkv = torch.linear(norm(x, parameters[first]), parameters[first + 1]);
    Tensor attended = torch.scaled_dot_product_attention(
        heads(qkv, 0, batch), heads(qkv, 1, batch), heads(qkv, 2, batch), new TensorOptional(), 0, true, new DoubleOptional(),
        false);
    Tensor joined = attended.transpose(1, 2).reshape(batch, shape.context(), shape.width());
    Tensor middle = x.add(torch.linear(joined, parameters[first + 2]));
    Tensor up = torch.linear(norm(middle, parameters[first + 3]), parameters[first + 4]).relu().square();
    return middle.add(torch.linear(up, parameters[first + 5]));
  }

  private Tensor heads(Tensor qkv, int which, long batch) {
    return qkv.narrow(2, (long) which * shape.width(), shape.width())
        .reshape(batch, shape.context(), shape.heads(), shape.width() / shape.heads()).transpose(1, 2);
  }

  private Tensor norm(Tensor x, Tensor weight) {
    return torch.layer_norm(
        x, new long[] {shape.width()}, new TensorOptional(weight), new TensorOptional(), NORM_EPSILON, false);
  }

  /** The symbols of all windows but each one's last, or but its first. */
  private Tensor symbols(int[][] windows, int from) {
    long[] symbols = Arrays.stream(windows)
        .flatMapToLong(window -> Arrays.stream(window, from, from + shape.context()).asLongStream()).toArray();
    return torch.from_blob(
        new LongPointer(symbols), new long[] {windows.length, shape.context()}, new TensorOptions(torch.ScalarType.Long)).clone();
  }

  /** Copies, as the library would otherwise use memory that Java frees. */
  private static Tensor tensor(float[] values, long... dimensions) {
    return torch.from_blob(new FloatPointer(values), dimensions, new TensorOptions(torch.ScalarType.Float)).clone();
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    tensor.contiguous().data_ptr_float().get(values);
    return values;
  }

  @Override
  public void close() {
    for (Tensor parameter : parameters) {
      parameter.releaseReference();
    }
  }
}
