package llm265.fidelity.kv;

import java.util.Arrays;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvSize;
import llm265.baseline.kv.KvStore;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.LayerObserver;

/** A store that also keeps what it was given, and compares what attention makes of the one and of the other. */
final class ComparedStore implements KvStore, LayerObserver {
  /** Of so many queries one is looked at. */
  private static final int EVERY = 32;

  private final KvStore store;
  private final KvShape shape;
  private final AttentionError errors;
  private final float[][] keys;
  private final float[][] values;

  ComparedStore(KvStore store, KvShape shape, AttentionError errors) {
    this.store = store;
    this.shape = shape;
    this.errors = errors;
    keys = new float[shape.layers()][0];
    values = new float[shape.layers()][0];
  }

  @Override
  public int length() {
    return store.length();
  }

  @Override
  public boolean storesRotatedKeys() {
    return store.storesRotatedKeys();
  }

  @Override
  public void append(int layer, int rows, float[] newKeys, float[] newValues) {
    keys[layer] = append(keys[layer], rows, newKeys);
    values[layer] = append(values[layer], rows, newValues);
    store.append(layer, rows, newKeys, newValues);
  }

  private float[] append(float[] rows, int count, float[] more) {
    float[] longer = Arrays.copyOf(rows, (length() + count) * shape.width());
    System.arraycopy(more, 0, longer, length() * shape.width(), count * shape.width());
    return longer;
  }

  @Override
  public void read(int layer, int head, int count, float[] headKeys, float[] headValues) {
    store.read(layer, head, count, headKeys, headValues);
  }

  @Override
  public void advance(int rows) {
    store.advance(rows);
  }

  @Override
  public KvSize size() {
    return store.size();
  }

  @Override
  public void queries(int layer, AttentionShape attention, int first, int rows, float[] queries) {
    int group = attention.heads() / attention.kvHeads();
    int size = shape.headSize();
    int firstLooked = (EVERY - 1 - first % EVERY + EVERY) % EVERY;
    if (firstLooked >= rows) {
      return;
    }
    int count = first + rows;
    float[] codedKeys = new float[count * size];
    float[] codedValues = new float[count * size];
    float[] rawKeys = new float[count * size];
    float[] rawValues = new float[count * size];
    for (int kvHead = 0; kvHead < shape.heads(); kvHead++) {
      store.read(layer, kvHead, count, codedKeys, codedValues);
      head(keys[layer], kvHead, count, rawKeys);
      head(values[layer], kvHead, count, rawValues);
      for (int row = firstLooked; row < rows; row += EVERY) {
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
          errors.add(layer, attention, queries, (row * attention.heads() + head) * size,
              attention.causal() ? first + row : count - 1,
              new float[][] {rawKeys, rawValues}, new float[][] {codedKeys, codedValues});
        }
      }
    }
  }

  private void head(float[] rows, int head, int count, float[] out) {
    for (int token = 0; token < count; token++) {
      System.arraycopy(rows, token * shape.width() + head * shape.headSize(), out, token * shape.headSize(), shape.headSize());
    }
  }

  /** Compares all keys and values of the sequence as they are read now. */
  void compareRows() {
    int count = length();
    float[][] coded = new float[2][count * shape.headSize()];
    float[] raw = new float[count * shape.headSize()];
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (int head = 0; head < shape.heads(); head++) {
        store.read(layer, head, count, coded[0], coded[1]);
        head(keys[layer], head, count, raw);
        errors.addRows(layer, false, raw, coded[0]);
        head(values[layer], head, count, raw);
        errors.addRows(layer, true, raw, coded[1]);
      }
    }
  }
}
