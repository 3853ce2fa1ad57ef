package llm265.runtime;

import java.util.Arrays;
import java.util.Locale;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.RotaryTransform;
import llm265.runtime.transform.RotaryTransform.Pairing;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** How keys are rotated by their positions (Su et al., RoFormer, 2021): what undoing it has to know. Immutable. */
public final class KvRotary {
  /** It is not known, or there is none. */
  public static final KvRotary NONE = new KvRotary(new float[0], Pairing.HALVES);

  private static final int MOST_PAIRS = 1 << 15;

  private final float[] frequencies;
  private final Pairing pairing;

  private KvRotary(float[] frequencies, Pairing pairing) {
    this.frequencies = frequencies;
    this.pairing = pairing;
  }

  /**
   * Rotary embedding of any frequencies.
   *
   * @param frequencies radians per position of each pair of elements, whatever scaling the model has in them; of elements beyond
   *     the pairs nothing turns
   * @throws IllegalArgumentException if one is not finite
   */
  public static KvRotary of(float[] frequencies, Pairing pairing) {
    for (float frequency : frequencies) {
      if (!Float.isFinite(frequency)) {
        throw new IllegalArgumentException("a frequency is " + frequency);
      }
    }
    if (frequencies.length > MOST_PAIRS) {
      throw new IllegalArgumentException(frequencies.length + " frequencies");
    }
    return frequencies.length == 0 ? NONE : new KvRotary(frequencies.clone(), pairing);
  }

  /**
   * Rotary embedding without scaling.
   *
   * @param base of the frequencies, such as 10,000; more than 0
   * @param dims elements of a head that turn, an even number from 2 on
   */
  public static KvRotary of(double base, int dims, Pairing pairing) {
    if (!(base > 0) || Double.isInfinite(base) || dims < 2 || dims % 2 != 0 || dims > 2 * MOST_PAIRS) {
      throw new IllegalArgumentException("rotary embedding of base " + base + " and " + dims + " dimensions");
    }
    return of(RotaryTransform.frequencies(base, dims), pairing);
  }

  /** Number of pairs of elements that turn; 0 where nothing is known. */
  public int pairs() {
    return frequencies.length;
  }

  public float[] frequencies() {
    return frequencies.clone();
  }

  public Pairing pairing() {
    return pairing;
  }

  ChannelTransform undone(int headDim, ChannelTransform next) {
    return new RotaryTransform(frequencies, pairing, headDim, next);
  }

  void write(PayloadWriter out) {
    out.u8(pairing.ordinal());
    out.varint(frequencies.length);
    for (float frequency : frequencies) {
      out.f32(frequency);
    }
  }

  static KvRotary read(PayloadReader in) {
    Pairing pairing = Pairing.values()[in.varint("rotary_pairing", Pairing.values().length - 1)];
    float[] frequencies = new float[in.varint("rotary_pairs", Math.min(MOST_PAIRS, in.remaining() / Float.BYTES))];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = in.finiteF32("rotary_frequency");
    }
    if (frequencies.length == 0 && pairing != NONE.pairing) {
      throw PayloadReader.malformed("rotary_pairing", "is that of no pairs");
    }
    return of(frequencies, pairing);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KvRotary that && pairing == that.pairing && Arrays.equals(frequencies, that.frequencies);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(frequencies) + pairing.hashCode();
  }

  /** Such as {@code 32 pairs of halves, 1.0 to 1.3E-4 a position}. */
  @Override
  public String toString() {
    if (frequencies.length == 0) {
      return "none";
    }
    return frequencies.length + " pairs of " + pairing.name().toLowerCase(Locale.ROOT) + ", " + frequencies[0] + " to "
        + frequencies[frequencies.length - 1] + " a position";
  }
}
