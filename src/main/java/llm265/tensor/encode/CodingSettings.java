package llm265.tensor.encode;

import llm265.h264.ChromaFormat;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.picture.PictureCoder;
import llm265.tensor.trellis.TrellisMethod;

/**
 * How a tensor is coded.
 *
 * @param target what its stream must meet
 * @param tools tools that may be used
 * @param pictures the pictures that it is coded on
 * @param weights one per input channel; null if all values count the same
 * @param known what a plan for its file knows about it
 * @param codec with pictures or without
 * @param trellis how it is coded without
 */
public record CodingSettings(
    RateTarget target, TensorTools tools, Pictures pictures, float[] weights, Known known, Codec codec, TrellisMethod trellis) {

  /**
   * The pictures.
   *
   * @param chroma their chroma format
   * @param bitDepth bits of their samples, 8 to 14
   * @param prescribed coders that the caller prescribes; null to choose them for each tensor
   * @param bypass whether pictures without loss are in transform bypass mode
   */
  public record Pictures(ChromaFormat chroma, int bitDepth, PictureCoder.Factory prescribed, boolean bypass) {
    public static final Pictures DEFAULT = new Pictures(ChromaFormat.YUV420, 8, null, false);

    public Pictures {
      if (bitDepth < 8 || bitDepth > 14) {
        throw new IllegalArgumentException("samples of " + bitDepth + " bits");
      }
    }

    public Pictures with(ChromaFormat newChroma) {
      return new Pictures(newChroma, bitDepth, prescribed, bypass);
    }

    public Pictures withDepth(int newBitDepth) {
      return new Pictures(chroma, newBitDepth, prescribed, bypass);
    }

    public Pictures withBypass(boolean newBypass) {
      return new Pictures(chroma, bitDepth, prescribed, newBypass);
    }

    /** How pictures hold the symbols of lossless tensors. */
    ExactCoding.Form exactForm() {
      return bypass ? ExactCoding.Form.BYPASS
          : chroma == ChromaFormat.MONOCHROME ? ExactCoding.Form.CARRIED_MONOCHROME : ExactCoding.Form.CARRIED;
    }

    /** The pictures that prescribed coders make. */
    public static Pictures of(PictureCoder.Factory coders) {
      return new Pictures(coders.chroma(), coders.bitDepth(), coders, false);
    }

    /** Variance of rounding a reconstruction to samples, in squared steps of 8-bit samples. */
    public double roundingNoise() {
      return 1.0 / 12 / (1L << 2 * (bitDepth - 8));
    }
  }

  /** The settings for a target; everything else has its default. */
  public static CodingSettings at(RateTarget target) {
    return new CodingSettings(target, TensorTools.of(Effort.BALANCED), Pictures.DEFAULT, null, Known.NOTHING, Codec.H264,
        TrellisMethod.of(Effort.BALANCED));
  }

  public CodingSettings with(RateTarget newTarget) {
    return new CodingSettings(newTarget, tools, pictures, weights, known, codec, trellis);
  }

  public CodingSettings with(TensorTools newTools) {
    return new CodingSettings(target, newTools, pictures, weights, known, codec, trellis);
  }

  public CodingSettings with(Pictures newPictures) {
    return new CodingSettings(target, tools, newPictures, weights, known, codec, trellis);
  }

  public CodingSettings with(Known newKnown) {
    return new CodingSettings(target, tools, pictures, weights, newKnown, codec, trellis);
  }

  public CodingSettings with(Codec newCodec) {
    return new CodingSettings(target, tools, pictures, weights, known, newCodec, trellis);
  }

  /** The same with as much time to take as an effort stands for. */
  public CodingSettings with(Effort effort) {
    return new CodingSettings(
        target, TensorTools.of(effort), pictures, weights, known, codec, TrellisMethod.of(effort));
  }

  public CodingSettings withWeights(float[] newWeights) {
    return new CodingSettings(target, tools, pictures, newWeights, known, codec, trellis);
  }

  /** Whether a rotation may mix values: not where the errors of single ones are bounded or weighted. */
  boolean mayRotate() {
    return weights == null && !(target instanceof RateTarget.MaxError);
  }
}
