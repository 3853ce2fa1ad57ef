package llm265.baseline.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Keys, those after rotary embedding, and values of all layers; of a token both are coded together, the keys first. */
public final class JointSequence implements KvStore {
  private final KvShape shape;
  private final List<CodedRows> layers = new ArrayList<>();
  private int length;

  /** @param coder makes a coder of each layer, in their order */
  public JointSequence(KvShape shape, CodingPlan plan, Supplier<TokenCoder> coder) {
    this.shape = shape;
    for (int layer = 0; layer < shape.layers(); layer++) {
      layers.add(new CodedRows(2 * shape.width(), plan, coder.get()));
    }
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void append(int layer, int rows, float[] keys, float[] values) {
    int width = shape.width();
    float[] both = new float[2 * rows * width];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(keys, row * width, both, 2 * row * width, width);
      System.arraycopy(values, row * width, both, (2 * row + 1) * width, width);
    }
    layers.get(layer).append(rows, both);
  }

  @Override
  public void read(int layer, int head, int count, float[] headKeys, float[] headValues) {
    int size = shape.headSize();
    layers.get(layer).read(head * size, size, count, headKeys);
    layers.get(layer).read(shape.width() + head * size, size, count, headValues);
  }

  @Override
  public void advance(int rows) {
    length += rows;
    layers.forEach(CodedRows::advance);
  }

  @Override
  public KvSize size() {
    return layers.stream().map(CodedRows::size).reduce(new KvSize(0, 0, 0, 0), KvSize::plus);
  }
}
