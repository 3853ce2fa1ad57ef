package llm265.baseline;

import java.util.ArrayList;
import java.util.List;
import llm265.parallel.Workers;

/**
 * NF4 of QLoRA (Dettmers et al., arXiv 2305.14314) as bitsandbytes has it: blocks of 64 values of the flattened layer, each the
 * nearest of 16 quantiles of the normal distribution times the block's greatest magnitude.
 *
 * <p>The magnitudes are binary32. With double quantization they are 8-bit codes, after their mean is taken off: blocks of 256 of
 * them have a binary32 scale, and the layer has a binary32 mean. As in the original, codes of weights are chosen for the exact
 * magnitudes. Nothing is calibrated.
 */
record NormalFloat4(String name, boolean isDouble, Workers workers) implements WeightQuantizer {
  private static final float[] QUANTILES = {
    -1, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
    -0.09105003625154495f, 0, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
    0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1};
  private static final int BLOCK = 64;
  private static final int SCALE_BLOCK = 256;
  private static final Codebook WEIGHTS = new Codebook(QUANTILES);
  private static final Codebook SCALES = new Codebook(dynamicMap());

  /**
   * The signed 8-bit values of bitsandbytes: for each decimal exponent -6 to 0 twice as many values as for the one before, in the
   * middles of equal intervals of 0.1 to 1; then 0 and 1.
   */
  private static float[] dynamicMap() {
    float[] map = new float[256];
    int size = 0;
    for (int i = 0; i < 7; i++) {
      double scale = StrictMath.pow(10, i - 6);
      int intervals = 1 << i;
      for (int k = 0; k < intervals; k++) {
        float middle = (float) (scale * (0.1 + 0.9 * (k + 0.5) / intervals));
        map[size++] = middle;
        map[size++] = -middle;
      }
    }
    map[size++] = 0;
    map[size] = 1;
    return map;
  }

  @Override
  public boolean isCalibrated() {
    return false;
  }

  @Override
  public String settings() {
    return "NF4, blocks of 64 of the flattened layer, " + (isDouble ? "double quantization of scales" : "fp32 scales");
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      float[] weights = layer.weights();
      float[] decoded = new float[weights.length];
      float[] exact = magnitudes(weights);
      float[] stored = isDouble ? quantizedScales(exact) : exact;
      RowChunks.forEach(workers, exact.length, (first, end) -> {
        for (int i = first * BLOCK; i < Math.min(weights.length, end * BLOCK); i++) {
          float magnitude = exact[i / BLOCK];
          decoded[i] = magnitude == 0 ? 0 : WEIGHTS.nearest(weights[i] / magnitude) * stored[i / BLOCK];
        }
      });
      results.add(new QuantizedLayer(decoded, bits(weights.length)));
    }
    return results;
  }

  private long bits(long values) {
    long scales = (values + BLOCK - 1) / BLOCK;
    long codes = StoredScale.packed(values, 4);
    return isDouble ? codes + scales * 8 + (scales + SCALE_BLOCK - 1) / SCALE_BLOCK * 32 + 32 : codes + scales * 32;
  }

  private static float[] magnitudes(float[] weights) {
    float[] greatest = new float[(weights.length + BLOCK - 1) / BLOCK];
    for (int i = 0; i < weights.length; i++) {
      greatest[i / BLOCK] = Math.max(greatest[i / BLOCK], Math.abs(weights[i]));
    }
    return greatest;
  }

  private static float[] quantizedScales(float[] scales) {
    double sum = 0;
    for (float scale : scales) {
      sum += scale;
    }
    float mean = (float) (sum / scales.length);
    float[] stored = new float[scales.length];
    for (int first = 0; first < scales.length; first += SCALE_BLOCK) {
      int end = Math.min(scales.length, first + SCALE_BLOCK);
      float greatest = 0;
      for (int i = first; i < end; i++) {
        greatest = Math.max(greatest, Math.abs(scales[i] - mean));
      }
      for (int i = first; i < end; i++) {
        stored[i] = greatest == 0 ? mean : SCALES.nearest((scales[i] - mean) / greatest) * greatest + mean;
      }
    }
    return stored;
  }
}
