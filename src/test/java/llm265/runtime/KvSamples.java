package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.runtime.transform.KvPart;

/** Keys and values such as attention has: keys with large means in a few channels and neighbours alike, values of scales. */
public final class KvSamples {
  private KvSamples() {}

  /**
   * Keys before rotary embedding.
   *
   * @return {@code tokens x heads * dim}
   */
  public static float[] keys(int tokens, int channels, long seed) {
    Random random = new Random(seed);
    float[] keys = new float[tokens * channels];
    for (int c = 0; c < channels; c++) {
      double mean = random.nextInt(20) == 0 ? 4 + 16 * random.nextDouble() : 0;
      double deviation = Math.exp(0.5 * random.nextGaussian());
      double state = random.nextGaussian();
      for (int t = 0; t < tokens; t++) {
        keys[t * channels + c] = (float) (mean + deviation * state);
        state = 0.6 * state + 0.8 * random.nextGaussian();
      }
    }
    return keys;
  }

  public static float[] values(int tokens, int channels, long seed) {
    Random random = new Random(seed);
    float[] values = new float[tokens * channels];
    for (int t = 0; t < tokens; t++) {
      double scale = Math.exp(0.4 * random.nextGaussian());
      for (int c = 0; c < channels; c++) {
        values[t * channels + c] = (float) (scale * random.nextGaussian());
      }
    }
    return values;
  }

  public static MemorySegment patterns(DType type, float[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return data;
  }

  public static float[] floats(DType type, MemorySegment data) {
    float[] values = new float[(int) (data.byteSize() * 8 / type.bits())];
    ValueCodec.read(type, data, 0, values, 0, values.length);
    return values;
  }

  /** A rate of a mode, such that little is lost. */
  public static KvRate rate(KvRate.Mode mode) {
    return switch (mode) {
      case LOSSLESS -> KvRate.lossless();
      case SNR -> KvRate.snr(20, 20);
      default -> KvRate.of(mode, 6, 6);
    };
  }

  /** A cache's tokens, as rows of each layer. */
  public static KvView view(KvSpec spec, int tokens, long seed) {
    MemorySegment[] keys = new MemorySegment[spec.layers()];
    MemorySegment[] values = new MemorySegment[spec.layers()];
    for (int layer = 0; layer < spec.layers(); layer++) {
      keys[layer] = patterns(spec.dtype(), keys(tokens, spec.kvHeads() * spec.headDim(), seed + layer));
      values[layer] = patterns(spec.dtype(), values(tokens, spec.kvHeads() * spec.valueDim(), seed + 100 + layer));
    }
    return KvView.rows(keys, values, spec.dtype(), tokens, spec.kvHeads(), spec.headDim(), spec.valueDim());
  }

  /** An empty view to write into. */
  public static KvView room(KvSpec spec, MemorySegment[] keys, MemorySegment[] values, int tokens) {
    for (int layer = 0; layer < spec.layers(); layer++) {
      keys[layer] = MemorySegment.ofArray(new byte[(int) (tokens * spec.tokenBytes(KvPart.KEYS))]);
      values[layer] = MemorySegment.ofArray(new byte[(int) (tokens * spec.tokenBytes(KvPart.VALUES))]);
    }
    return KvView.rows(keys, values, spec.dtype(), tokens, spec.kvHeads(), spec.headDim(), spec.valueDim());
  }

  /** A part of a view as rows. */
  public static MemorySegment rows(KvSpec spec, KvView view, int layer, KvPart part, int from, int to) {
    MemorySegment rows = MemorySegment.ofArray(new byte[(int) ((to - from) * spec.tokenBytes(part))]);
    view.gather(layer, part, 0, spec.kvHeads(), from, to - from, rows, 0);
    return rows;
  }

  /** Variance over mean squared error in dB. */
  public static double snr(float[] values, float[] decoded) {
    double sum = 0;
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      squares += (double) values[i] * values[i];
      double error = (double) values[i] - decoded[i];
      errors += error * error;
    }
    return 10 * Math.log10((squares - sum * sum / values.length) / errors);
  }
}
