package llm265.tensor.picture;

import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;

/** Codes the pictures of a tensor as H.264 intra pictures. */
public final class H264PictureCoder implements PictureCoder {
  private static final int DC_ALONE = 1 << 2;

  private final H264IntraEncoder encoder;
  /** If true, there is only one QP. */
  private final boolean lossless;

  private H264PictureCoder(H264IntraEncoder encoder, boolean lossless) {
    this.encoder = encoder;
    this.lossless = lossless;
  }

  /** Coders of one configuration, for 8-bit samples. */
  public static Factory factory(EncoderConfig config) {
    return factory(config, 8);
  }

  /** Coders of one configuration, for samples of 8 to 14 bits. */
  public static Factory factory(EncoderConfig config, int bitDepth) {
    return new OfConfig(config, bitDepth);
  }

  /** Equal configurations make equal coders. */
  private record OfConfig(EncoderConfig config, int bitDepth) implements Factory {
    @Override
    public PictureCoder create(PictureFormat format) {
      int fractionBits = config.lossless() ? 0 : new SampleDepth(bitDepth).fractionBits();
      return new H264PictureCoder(new H264IntraEncoder(config, format, fractionBits), config.lossless());
    }

    @Override
    public boolean usesNeighbours() {
      return config.intra16x16Modes() != DC_ALONE || config.intra4x4Modes() != 0 || config.intra8x8Modes() != 0;
    }

    @Override
    public ChromaFormat chroma() {
      return config.chroma();
    }
  }

  @Override
  public byte[] parameterSets() {
    return encoder.parameterSets();
  }

  @Override
  public PictureFormat sourceFormat() {
    return encoder.sourceFormat();
  }

  @Override
  public Coded code(Picture source, int qp, byte[] mbQps, int pictureIndex) {
    EncodedPicture encoded = lossless
        ? encoder.encode(source, encoder.leastQp(), pictureIndex)
        : encoder.encode(source, qp, mbQps, pictureIndex);
    return new Coded(encoded.slices(), encoded.reconstruction());
  }
}
