package llm265.runtime.transform;

/**
 * Undoes the rotary embedding of keys (Su et al., RoFormer, 2021), then does something else to them. Before their rotation,
 * channels of keys are alike over all tokens; behind it, pairs of channels turn with the position. KVQuant (arXiv 2401.18079,
 * table 5) measured what that is worth.
 *
 * <p>{@link RotaryTables} has its angles as PyTorch makes them, so that it undoes what the model did to the bit of its tables.
 */
public final class RotaryTransform implements ChannelTransform {
  /** Which elements of a head turn together; n of them take part. */
  public enum Pairing {
    /** Element i with element i + n/2, as in files of Hugging Face. */
    HALVES,
    /** Element 2i with element 2i + 1, as in the paper. */
    EVEN_ODD
  }

  private final RotaryTables tables;
  private final Pairing pairing;
  private final int headSize;
  private final ChannelTransform next;

  /**
   * A transform.
   *
   * @param frequencies radians per position for each pair of elements, {@code base^(-2i/n)} times whatever scaling the model has;
   *     elements beyond the pairs do not turn
   * @param headSize number of elements of a head, at least two for each frequency
   * @param next what is done to keys that are not rotated; its channels are whole heads
   */
  public RotaryTransform(float[] frequencies, Pairing pairing, int headSize, ChannelTransform next) {
    if (headSize < 1 || 2 * frequencies.length > headSize || next.channels() % headSize != 0) {
      throw new IllegalArgumentException(
          frequencies.length + " frequencies for heads of " + headSize + " and " + next.channels() + " channels");
    }
    tables = RotaryTables.of(frequencies.clone());
    this.pairing = pairing;
    this.headSize = headSize;
    this.next = next;
  }

  /**
   * Frequencies without scaling: {@code base^(-2i/n)}.
   *
   * @param rotated n, the number of elements of a head that take part
   */
  public static float[] frequencies(double base, int rotated) {
    float[] frequencies = new float[rotated / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (1 / StrictMath.pow(base, 2.0 * i / rotated));
    }
    return frequencies;
  }

  @Override
  public int channels() {
    return next.channels();
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    turn(rows, at, tokens, firstPosition, -1);
    next.forward(rows, at, tokens, firstPosition);
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    next.inverse(rows, at, tokens, firstPosition);
    turn(rows, at, tokens, firstPosition, 1);
  }

  private void turn(float[] rows, int at, int tokens, long firstPosition, float direction) {
    RotaryTables.Block block = null;
    for (int token = 0; token < tokens; token++) {
      long position = firstPosition + token;
      int place = (int) (position % RotaryTables.BLOCK);
      block = block == null || place == 0 ? tables.block(position) : block;
      int row = at + token * channels();
      for (int head = row; head < row + channels(); head += headSize) {
        turnHead(rows, head, block, place * tables.pairs(), direction);
      }
    }
  }

  private void turnHead(float[] rows, int head, RotaryTables.Block block, int from, float direction) {
    int pairs = tables.pairs();
    float[] cosines = block.cosines();
    float[] sines = block.sines();
    int stride = pairing == Pairing.HALVES ? 1 : 2;
    int distance = pairing == Pairing.HALVES ? pairs : 1;
    for (int i = 0; i < pairs; i++) {
      int first = head + i * stride;
      float a = rows[first];
      float b = rows[first + distance];
      float sine = direction * sines[from + i];
      rows[first] = a * cosines[from + i] - b * sine;
      rows[first + distance] = b * cosines[from + i] + a * sine;
    }
  }
}
