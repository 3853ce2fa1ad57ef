package llm265.tensor.exact;

import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;

/** Pictures in transform bypass mode, whose samples are symbols. */
final class BypassPictures {
  /** Lossless coding of white data: DC prediction is the same everywhere, near the middle. */
  static final EncoderConfig WHITE =
      EncoderConfig.WHITE_TENSOR.withChroma(ChromaFormat.MONOCHROME).withLossless(true);

  /** Lossless coding of symbols in their own order, which neighbours may predict. */
  static final EncoderConfig BY_MODES = EncoderConfig.TENSOR.withChroma(ChromaFormat.MONOCHROME).withLossless(true);

  private BypassPictures() {}
}
