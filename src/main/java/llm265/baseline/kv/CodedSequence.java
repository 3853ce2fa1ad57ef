package llm265.baseline.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Keys, those after rotary embedding, and values of all layers, each coded by themselves. */
public final class CodedSequence implements KvStore {
  private final KvShape shape;
  private final List<CodedRows> keys = new ArrayList<>();
  private final List<CodedRows> values = new ArrayList<>();
  private int length;

  /**
   * A sequence.
   *
   * @param keyCoder makes a coder of each layer, in their order
   * @param valueCoder likewise
   */
  public CodedSequence(
      KvShape shape, CodingPlan keyPlan, CodingPlan valuePlan, Supplier<TokenCoder> keyCoder,
      Supplier<TokenCoder> valueCoder) {
    this.shape = shape;
    for (int layer = 0; layer < shape.layers(); layer++) {
      keys.add(new CodedRows(shape.width(), keyPlan, keyCoder.get()));
      values.add(new CodedRows(shape.width(), valuePlan, valueCoder.get()));
    }
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void append(int layer, int rows, float[] newKeys, float[] newValues) {
    keys.get(layer).append(rows, newKeys);
    values.get(layer).append(rows, newValues);
  }

  @Override
  public void read(int layer, int head, int count, float[] headKeys, float[] headValues) {
    int size = shape.headSize();
    keys.get(layer).read(head * size, size, count, headKeys);
    values.get(layer).read(head * size, size, count, headValues);
  }

  @Override
  public void advance(int rows) {
    length += rows;
    keys.forEach(CodedRows::advance);
    values.forEach(CodedRows::advance);
  }

  @Override
  public KvSize size() {
    KvSize sum = new KvSize(0, 0, 0, 0);
    for (int layer = 0; layer < shape.layers(); layer++) {
      sum = sum.plus(keys.get(layer).size()).plus(values.get(layer).size());
    }
    return sum;
  }
}
