package llm265.tensor.encode;

import llm265.h264.ChromaFormat;
import llm265.moments.InputMoments;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.picture.PictureCoder;
import llm265.tensor.trellis.CarrierMethod;
import llm265.tensor.trellis.TrellisMethod;

/**
 * How a tensor is coded.
 *
 * @param target what its stream must meet
 * @param tools tools that may be used
 * @param pictures the pictures that it is coded on
 * @param weights one per input channel; null if all values count the same
 * @param moments of the tensor's inputs, if later inputs are to make up for the errors of earlier ones; else null
 * @param known what a plan for its file knows about it
 * @param codec with pictures or without
 * @param trellis how it is coded without
 * @param carrier how pictures carry the levels of a trellis
 */
public record CodingSettings(
    RateTarget target, TensorTools tools, Pictures pictures, float[] weights, InputMoments moments, Known known, Codec codec,
    TrellisMethod trellis, CarrierMethod carrier) {

  /** Rate beyond which samples of eight bits hardly improve. */
  private static final double MOST_BITS = 8;

  /**
   * The pictures.
   *
   * @param chroma their chroma format
   * @param bitDepth bits of their samples, 8 to 14
   * @param prescribed coders that the caller prescribes; null to choose them for each tensor
   * @param plainSamples whether samples must stand for values
   * @param bypass whether pictures without loss are in transform bypass mode
   */
  public record Pictures(
      ChromaFormat chroma, int bitDepth, PictureCoder.Factory prescribed, boolean plainSamples, boolean bypass) {
    public static final Pictures DEFAULT = new Pictures(ChromaFormat.YUV420, 8, null, false, false);

    public Pictures {
      if (bitDepth < 8 || bitDepth > 14) {
        throw new IllegalArgumentException("samples of " + bitDepth + " bits");
      }
    }

    public Pictures with(ChromaFormat newChroma) {
      return new Pictures(newChroma, bitDepth, prescribed, plainSamples, bypass);
    }

    public Pictures withDepth(int newBitDepth) {
      return new Pictures(chroma, newBitDepth, prescribed, plainSamples, bypass);
    }

    public Pictures withPlainSamples(boolean newPlainSamples) {
      return new Pictures(chroma, bitDepth, prescribed, newPlainSamples, bypass);
    }

    public Pictures withBypass(boolean newBypass) {
      return new Pictures(chroma, bitDepth, prescribed, plainSamples, newBypass);
    }

    /** How pictures hold the symbols of lossless tensors. */
    ExactCoding.Form exactForm() {
      return bypass ? ExactCoding.Form.BYPASS
          : chroma == ChromaFormat.MONOCHROME ? ExactCoding.Form.CARRIED_MONOCHROME : ExactCoding.Form.CARRIED;
    }

    /** The pictures that prescribed coders make. */
    public static Pictures of(PictureCoder.Factory coders) {
      return new Pictures(coders.chroma(), coders.bitDepth(), coders, true, false);
    }

    /** Variance of rounding a reconstruction to samples, in squared steps of 8-bit samples. */
    public double roundingNoise() {
      return 1.0 / 12 / (1L << 2 * (bitDepth - 8));
    }
  }

  /** The settings for a target; everything else has its default. */
  public static CodingSettings at(RateTarget target) {
    return new CodingSettings(target, TensorTools.of(Effort.BALANCED), Pictures.DEFAULT, null, null, Known.NOTHING, Codec.H264,
        TrellisMethod.of(Effort.BALANCED), CarrierMethod.of(Effort.BALANCED));
  }

  public CodingSettings with(RateTarget newTarget) {
    return new CodingSettings(newTarget, tools, pictures, weights, moments, known, codec, trellis, carrier);
  }

  public CodingSettings with(TensorTools newTools) {
    return new CodingSettings(target, newTools, pictures, weights, moments, known, codec, trellis, carrier);
  }

  public CodingSettings with(Pictures newPictures) {
    return new CodingSettings(target, tools, newPictures, weights, moments, known, codec, trellis, carrier);
  }

  public CodingSettings with(Known newKnown) {
    return new CodingSettings(target, tools, pictures, weights, moments, newKnown, codec, trellis, carrier);
  }

  public CodingSettings with(Codec newCodec) {
    return new CodingSettings(target, tools, pictures, weights, moments, known, newCodec, trellis, carrier);
  }

  /** The same with as much time to take as an effort stands for. */
  public CodingSettings with(Effort effort) {
    return new CodingSettings(
        target, TensorTools.of(effort), pictures, weights, moments, known, codec, TrellisMethod.of(effort),
        CarrierMethod.of(effort));
  }

  public CodingSettings withWeights(float[] newWeights) {
    return new CodingSettings(target, tools, pictures, newWeights, moments, known, codec, trellis, carrier);
  }

  public CodingSettings withMoments(InputMoments newMoments) {
    return new CodingSettings(target, tools, pictures, weights, newMoments, known, codec, trellis, carrier);
  }

  /** The rate beyond which a tensor hardly improves: samples of eight bits end there, and each more bit is worth one. */
  public double mostBits() {
    return codec == Codec.TRINITY || mayCarry() ? Double.POSITIVE_INFINITY : MOST_BITS + pictures.bitDepth() - 8;
  }

  /** Whether pictures may carry levels: their samples then stand for no values. */
  public boolean mayCarry() {
    return codec != Codec.TRINITY && !pictures.plainSamples() && pictures.bitDepth() == 8
        && tools.has(TensorTools.Tool.CARRIED_LEVELS);
  }

  /** Whether later inputs can make up for the errors of earlier ones. */
  public boolean mayFeedBack() {
    return codec != Codec.H264 || mayCarry();
  }

  /** The ways of the trellis. */
  TrellisWay carriers() {
    return new TrellisWay.Carriers(carrier.with(pictures.chroma()));
  }

  TrellisWay chunks() {
    return new TrellisWay.Chunks(trellis);
  }

  /** Whether a rotation may mix values: not where the errors of single ones are bounded or weighted. */
  boolean mayRotate() {
    return weights == null && moments == null && !(target instanceof RateTarget.MaxError);
  }
}
