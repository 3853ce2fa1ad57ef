package llm265.h264;

/**
 * What an intra encoder may use; what it then does use is decided by rate and distortion.
 *
 * <p>The defaults ({@link #TENSOR}, {@link #IMAGE}) write High-profile streams of 8-bit pictures, which every hardware decoder takes.
 * Values are changed one at a time with the {@code with} methods.
 *
 * @param chroma {@link ChromaFormat#YUV420} or {@link ChromaFormat#MONOCHROME}
 * @param slicesPerPicture number of slices, of whole macroblock rows where there are enough rows, 1 or more
 * @param intra16x16Modes bit m allows Intra16x16PredMode m (0..3)
 * @param intra4x4Modes bit m allows Intra4x4PredMode m (0..8); 0 switches Intra_4x4 off
 * @param intra8x8Modes bit m allows Intra8x8PredMode m (0..8); 0 switches Intra_8x8 and transform_8x8_mode_flag off
 * @param intraChromaModes bit m allows intra_chroma_pred_mode m (0..3)
 * @param pcm what becomes of I_PCM
 * @param deblocking the slice header's deblocking controls
 * @param chromaQpIndexOffset chroma_qp_index_offset, -12..12
 * @param secondChromaQpIndexOffset second_chroma_qp_index_offset, -12..12
 * @param scalingLists scaling matrices
 * @param lambda Lagrangian factor: lambda = factor * Qstep^2 squared sample differences a bit. 0.1155 is what high-rate
 *     theory gives for a uniform quantizer (2 ln 2 / 12)
 * @param roundingOffset rounding offset of the quantizer in steps, 0 to 0.5; negative: follows the ratio of step to
 *     deviation
 * @param levelTrellis whether luma levels are chosen by rate and distortion, block by block ({@code cabac.LevelTrellis}), in place of
 *     the rounding offset; slower
 * @param lossless whether every sample comes back as it was, by transform bypass (8.5.15): High 4:4:4 Predictive, which NVDEC does not
 *     decode. Only without deblocking and chroma QP offsets, and at the least QP that there is
 * @param signal what the VUI parameters say of range, colours, shape and rate; full range by default
 */
public record EncoderConfig(
    ChromaFormat chroma,
    int slicesPerPicture,
    int intra16x16Modes,
    int intra4x4Modes,
    int intra8x8Modes,
    int intraChromaModes,
    PcmUse pcm,
    Deblocking deblocking,
    int chromaQpIndexOffset,
    int secondChromaQpIndexOffset,
    Scaling scalingLists,
    float lambda,
    float roundingOffset,
    boolean levelTrellis,
    boolean lossless,
    VideoSignal signal) {

  /** When a macroblock is sent as I_PCM. */
  public enum PcmUse {
    /** Where it costs less, and where a macroblock would break the limit of 3200 bits (A.3.1). */
    BY_COST,
    /** Every macroblock: a lossless stream. */
    ALWAYS
  }

  /**
   * disable_deblocking_filter_idc and the filter offsets (7.4.3).
   *
   * @param disableIdc 0 filters all edges, 1 none, 2 those within slices
   * @param alphaC0OffsetDiv2 slice_alpha_c0_offset_div2, -6..6
   * @param betaOffsetDiv2 slice_beta_offset_div2, -6..6
   */
  public record Deblocking(int disableIdc, int alphaC0OffsetDiv2, int betaOffsetDiv2) {
    /** No filtering: the samples of a tensor have no block edges to smooth. */
    public static final Deblocking OFF = new Deblocking(1, 0, 0);

    /** Filtering as the standard has it by default. */
    public static final Deblocking ON = new Deblocking(0, 0, 0);

    public Deblocking {
      // No call of the enclosing record: its constants, made by that call, would find OFF and ON still null
      if (disableIdc < 0 || disableIdc > 2 || Math.abs(alphaC0OffsetDiv2) > 6 || Math.abs(betaOffsetDiv2) > 6) {
        throw new IllegalArgumentException(
            "disable_deblocking_filter_idc " + disableIdc + ", slice_alpha_c0_offset_div2 " + alphaC0OffsetDiv2
                + ", slice_beta_offset_div2 " + betaOffsetDiv2);
      }
    }
  }

  /**
   * Scaling lists as the parameter sets carry them; null where seq_scaling_matrix_present_flag or
   * pic_scaling_matrix_present_flag is 0. Index 0..5 are the 4x4 lists, 6..7 the 8x8 lists, each in zig-zag order; a null
   * list is not present (the fall-back rule applies), an empty one stands for the default list.
   */
  public record Scaling(int[][] sequenceLists, int[][] pictureLists) {
    /** Flat_4x4_16 and Flat_8x8_16. */
    public static final Scaling FLAT = new Scaling(null, null);
  }

  /** For tensors: all modes, no deblocking. */
  public static final EncoderConfig TENSOR =
      new EncoderConfig(
          ChromaFormat.YUV420, 1, 0xF, 0x1FF, 0x1FF, 0xF, PcmUse.BY_COST, Deblocking.OFF, 0, 0, Scaling.FLAT, 0.1155f, -1f,
          false, false, VideoSignal.FULL_RANGE);

  /** For tensors without structure between neighbours: Intra_16x16 DC prediction alone, by far the fastest. */
  public static final EncoderConfig WHITE_TENSOR =
      TENSOR.withIntra16x16Modes(1 << 2).withIntra4x4Modes(0).withIntra8x8Modes(0).withIntraChromaModes(1);

  /** For pictures that people look at: all modes, deblocking. */
  public static final EncoderConfig IMAGE = TENSOR.withDeblocking(Deblocking.ON);

  public EncoderConfig {
    require(chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.MONOCHROME, "chroma format", chroma);
    require(slicesPerPicture >= 1, "slices a picture", slicesPerPicture);
    require((intra16x16Modes & ~0xF) == 0, "Intra_16x16 modes", intra16x16Modes);
    require((intra4x4Modes & ~0x1FF) == 0, "Intra_4x4 modes", intra4x4Modes);
    require((intra8x8Modes & ~0x1FF) == 0, "Intra_8x8 modes", intra8x8Modes);
    require((intraChromaModes & ~0xF) == 0, "chroma modes", intraChromaModes);
    // DC prediction needs no neighbour, so it must be there for the first macroblock of a slice.
    require((intra16x16Modes & 4) != 0 || (intra4x4Modes & 4) != 0 || (intra8x8Modes & 4) != 0,
        "no luma DC mode in modes", intra16x16Modes);
    require((intraChromaModes & 1) != 0, "no chroma DC mode in modes", intraChromaModes);
    require(Math.abs(chromaQpIndexOffset) <= 12, "chroma_qp_index_offset", chromaQpIndexOffset);
    require(Math.abs(secondChromaQpIndexOffset) <= 12, "second_chroma_qp_index_offset", secondChromaQpIndexOffset);
    require(lambda >= 0 && lambda < 100, "lambda", lambda);
    require(roundingOffset <= 0.5f, "rounding offset", roundingOffset);
    // QPs of chroma, with their offsets, may be high enough for the filter to change samples (8.7.2.2).
    require(!lossless || deblocking.disableIdc() == 1, "lossless coding with disable_deblocking_filter_idc", deblocking.disableIdc());
    // They would change nothing by 8.5.4, but there are decoders that scale chroma by them.
    require(!lossless || chromaQpIndexOffset == 0 && secondChromaQpIndexOffset == 0,
        "lossless coding with chroma_qp_index_offset", chromaQpIndexOffset);
    require(signal != null, "video signal", signal);
  }

  private static void require(boolean condition, String what, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(what + " " + value);
    }
  }

  /** transform_8x8_mode_flag. */
  public boolean transform8x8() {
    return intra8x8Modes != 0;
  }

  public EncoderConfig withChroma(ChromaFormat value) {
    return new EncoderConfig(
        value, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withSlicesPerPicture(int value) {
    return new EncoderConfig(
        chroma, value, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withIntra16x16Modes(int value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, value, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withIntra4x4Modes(int value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, value, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withIntra8x8Modes(int value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, value, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withIntraChromaModes(int value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, value, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withPcm(PcmUse value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, value, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withDeblocking(Deblocking value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, value,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withChromaQpIndexOffsets(int cb, int cr) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking, cb, cr,
        scalingLists, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withScalingLists(Scaling value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, value, lambda, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withLambda(float value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, value, roundingOffset, levelTrellis, lossless, signal);
  }

  public EncoderConfig withRoundingOffset(float value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, value, levelTrellis, lossless, signal);
  }

  public EncoderConfig withLevelTrellis(boolean value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, value, lossless, signal);
  }

  /**
   * The same configuration, coding without any loss or with loss again; see {@link #lossless}. Deblocking and offsets of chroma QPs, which
   * lossless coding has none of, go away.
   */
  public EncoderConfig withLossless(boolean value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm,
        value ? Deblocking.OFF : deblocking, value ? 0 : chromaQpIndexOffset, value ? 0 : secondChromaQpIndexOffset, scalingLists,
        lambda, roundingOffset, levelTrellis, value, signal);
  }

  /** The same configuration for pictures whose samples are meant otherwise; the bits of the pictures stay. */
  public EncoderConfig withSignal(VideoSignal value) {
    return new EncoderConfig(
        chroma, slicesPerPicture, intra16x16Modes, intra4x4Modes, intra8x8Modes, intraChromaModes, pcm, deblocking,
        chromaQpIndexOffset, secondChromaQpIndexOffset, scalingLists, lambda, roundingOffset, levelTrellis, lossless, value);
  }
}
