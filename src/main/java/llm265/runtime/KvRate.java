package llm265.runtime;

import java.util.Arrays;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * What pages are to take, or how good they are to be; keys and values apart, and by layer where wanted. Immutable.
 */
public final class KvRate {
  private static final double MOST_BITS = 16;
  private static final double MOST_DECIBELS = 100;
  private static final int DEFAULT_STATE_BITS = 4;
  private static final int MOST_STATE_BITS = 8;

  /** What amounts mean. */
  public enum Mode {
    /** Bits a value of every page, filled up: all pages have the same number of bytes. */
    FIXED_BYTES,
    /** Bits a value that no page goes beyond. */
    MAX_BYTES,
    /** Bits a value on average over pages, with the context record. */
    BITS,
    /** Variance of a page's keys, or values, in a layer over their mean squared error, in dB. */
    SNR,
    /** Every bit; there are no amounts. */
    LOSSLESS,
    /** One step for all pages of a layer's keys, or values: mean variance of channels in the context over its square, in dB. */
    STEP
  }

  /** How coefficients become bytes. */
  public enum Coding {
    /** Chunks of the trellis coder: fast, for this program alone. */
    CHUNKS,
    /** H.264 pictures, which any decoder decodes, hardware included: about .2 bits a value more for pages of 16 tokens. */
    PICTURES
  }

  private final Mode mode;
  private final double keys;
  private final double values;
  private final double[] layerKeys;
  private final double[] layerValues;
  private final Coding coding;
  private final int stateBits;
  private final boolean refusesNotFinite;

  private KvRate(
      Mode mode, double keys, double values, double[] layerKeys, double[] layerValues, Coding coding, int stateBits,
      boolean refusesNotFinite) {
    this.mode = mode;
    this.keys = keys;
    this.values = values;
    this.layerKeys = layerKeys;
    this.layerValues = layerValues;
    this.coding = coding;
    this.stateBits = stateBits;
    this.refusesNotFinite = refusesNotFinite;
    double most = mode == Mode.SNR || mode == Mode.STEP ? MOST_DECIBELS : MOST_BITS;
    double least = mode == Mode.STEP ? -MOST_DECIBELS : Double.MIN_VALUE;
    boolean inRange = isIn(keys, least, most) && isIn(values, least, most);
    for (double amount : layerKeys) {
      inRange &= isIn(amount, least, most);
    }
    for (double amount : layerValues) {
      inRange &= isIn(amount, least, most);
    }
    if (!inRange && mode != Mode.LOSSLESS) {
      throw new IllegalArgumentException(
          this + ": not " + (mode == Mode.STEP ? "at least " + least : "more than 0") + " and at most " + most);
    }
    if (layerKeys.length != layerValues.length) {
      throw new IllegalArgumentException(layerKeys.length + " layers of keys and " + layerValues.length + " of values");
    }
    if (stateBits < 2 || stateBits > MOST_STATE_BITS) {
      throw new IllegalArgumentException("2^" + stateBits + " states");
    }
  }

  private static boolean isIn(double amount, double least, double most) {
    return amount >= least && amount <= most;
  }

  /** A rate of keys and values in all layers. */
  public static KvRate of(Mode mode, double keys, double values) {
    return new KvRate(mode, keys, values, new double[0], new double[0], Coding.CHUNKS, DEFAULT_STATE_BITS, false);
  }

  /** Equal slots of so many bits a value, all bytes of a page counted. */
  public static KvRate fixedBytes(double keyBits, double valueBits) {
    return of(Mode.FIXED_BYTES, keyBits, valueBits);
  }

  /** Pages of at most so many bits a value. */
  public static KvRate maxBytes(double keyBits, double valueBits) {
    return of(Mode.MAX_BYTES, keyBits, valueBits);
  }

  /** So many bits a value on average. */
  public static KvRate bits(double keyBits, double valueBits) {
    return of(Mode.BITS, keyBits, valueBits);
  }

  /** A quality in dB. */
  public static KvRate snr(double keyDecibels, double valueDecibels) {
    return of(Mode.SNR, keyDecibels, valueDecibels);
  }

  /**
   * One step for all pages of a layer's keys, and one of its values, so that errors count alike wherever they are: what takes the
   * fewest bits for a mean squared error of the sequence. Of two layers, and of keys and values, errors are alike in relation to
   * deviations from channels' means.
   *
   * @param keyDecibels mean variance of the channels as the context tells it, over the square of the step; an SNR is about 10 dB
   *     more at high rates. -100 to 100
   * @param valueDecibels likewise
   */
  public static KvRate step(double keyDecibels, double valueDecibels) {
    return of(Mode.STEP, keyDecibels, valueDecibels);
  }

  /** Every bit of every value. */
  public static KvRate lossless() {
    return of(Mode.LOSSLESS, 0, 0);
  }

  /** The same with amounts by layer; as many as the cache has layers. */
  public KvRate withLayers(double[] keysByLayer, double[] valuesByLayer) {
    return new KvRate(
        mode, keys, values, keysByLayer.clone(), valuesByLayer.clone(), coding, stateBits, refusesNotFinite);
  }

  /** The same with another coding; {@link Coding#CHUNKS} if none is set. */
  public KvRate with(Coding other) {
    return new KvRate(mode, keys, values, layerKeys, layerValues, other, stateBits, refusesNotFinite);
  }

  /** The same with a trellis of {@code 2^bits} states, 2 to 8: more take longer to encode, and as long to decode. */
  public KvRate withStates(int bits) {
    return new KvRate(mode, keys, values, layerKeys, layerValues, coding, bits, refusesNotFinite);
  }

  /** The same for caches in which NaN and infinities are errors; without it they are kept. */
  public KvRate refusingNotFinite() {
    return new KvRate(mode, keys, values, layerKeys, layerValues, coding, stateBits, true);
  }

  public Mode mode() {
    return mode;
  }

  /** Bits or decibels of a layer's keys or values. */
  public double amount(int layer, KvPart part) {
    double[] byLayer = part == KvPart.KEYS ? layerKeys : layerValues;
    return layer < byLayer.length ? byLayer[layer] : part == KvPart.KEYS ? keys : values;
  }

  public Coding coding() {
    return coding;
  }

  int stateBits() {
    return stateBits;
  }

  boolean refusesNotFinite() {
    return refusesNotFinite;
  }

  /** Number of layers that have amounts of their own. */
  int layers() {
    return layerKeys.length;
  }

  void write(PayloadWriter out) {
    out.u8(mode.ordinal());
    out.u8(coding.ordinal());
    out.u8(stateBits);
    out.u8(refusesNotFinite ? 1 : 0);
    out.f32((float) keys);
    out.f32((float) values);
    out.varint(layerKeys.length);
    for (int i = 0; i < layerKeys.length; i++) {
      out.f32((float) layerKeys[i]);
      out.f32((float) layerValues[i]);
    }
  }

  static KvRate read(PayloadReader in, int layers) {
    Mode mode = Mode.values()[in.varint("rate_mode", Mode.values().length - 1)];
    Coding coding = Coding.values()[in.varint("coding", Coding.values().length - 1)];
    int stateBits = in.u8("state_bits");
    int flag = in.varint("refuses_not_finite", 1);
    float keys = in.finiteF32("key_rate");
    float values = in.finiteF32("value_rate");
    int count = in.varint("rate_layers", layers);
    if (count != 0 && count != layers) {
      throw PayloadReader.malformed("rate_layers", "are " + count);
    }
    double[] byKeys = new double[count];
    double[] byValues = new double[count];
    for (int i = 0; i < count; i++) {
      byKeys[i] = in.finiteF32("key_rate");
      byValues[i] = in.finiteF32("value_rate");
    }
    try {
      return new KvRate(mode, keys, values, byKeys, byValues, coding, stateBits, flag == 1);
    } catch (IllegalArgumentException e) {
      throw PayloadReader.malformed("rate", e.getMessage());
    }
  }

  /** Such as {@code 3 bits of keys, 2.5 of values}. */
  @Override
  public String toString() {
    if (mode == Mode.LOSSLESS) {
      return "lossless";
    }
    String unit = mode == Mode.SNR || mode == Mode.STEP ? " dB" : " bits";
    String how = switch (mode) {
      case FIXED_BYTES -> ", every page alike";
      case MAX_BYTES -> ", no page more";
      case STEP -> ", one step for all pages";
      default -> "";
    };
    return keys + unit + " of keys, " + values + " of values" + how
        + (layerKeys.length == 0 ? "" : ", by layer " + Arrays.toString(layerKeys) + ", " + Arrays.toString(layerValues));
  }
}
