package llm265.h264;

/**
 * What an intra encoder may use. Rate and distortion decide what it does use.
 *
 * <p>The defaults ({@link #TENSOR}, {@link #IMAGE}) write High-profile streams of 8-bit pictures, which every hardware decoder
 * takes. The {@code with} methods change one value at a time.
 *
 * @param chroma {@link ChromaFormat#YUV420} or {@link ChromaFormat#MONOCHROME}
 * @param modes prediction modes that are allowed
 * @param levels how levels are chosen
 * @param layout slices, I_PCM, loss
 * @param controls what parameter sets and slice headers say about deblocking and scaling
 * @param signal what the VUI parameters say about range, colours, shape and rate; full range by default
 */
public record EncoderConfig(
    ChromaFormat chroma, Modes modes, Levels levels, Layout layout, Controls controls, VideoSignal signal) {

  /**
   * Prediction modes that are allowed.
   *
   * @param intra16x16 bit m allows Intra16x16PredMode m (0..3)
   * @param intra4x4 bit m allows Intra4x4PredMode m (0..8); 0 switches Intra_4x4 off
   * @param intra8x8 bit m allows Intra8x8PredMode m (0..8); 0 switches Intra_8x8 and transform_8x8_mode_flag off
   * @param chroma bit m allows intra_chroma_pred_mode m (0..3)
   */
  public record Modes(int intra16x16, int intra4x4, int intra8x8, int chroma) {
    /** All of them. */
    public static final Modes ALL = new Modes(0xF, 0x1FF, 0x1FF, 0xF);

    /** Intra_16x16 DC prediction alone. */
    public static final Modes DC = new Modes(1 << 2, 0, 0, 1);

    public Modes {
      Bounds.require((intra16x16 & ~0xF) == 0, "Intra_16x16 modes", intra16x16);
      Bounds.require((intra4x4 & ~0x1FF) == 0, "Intra_4x4 modes", intra4x4);
      Bounds.require((intra8x8 & ~0x1FF) == 0, "Intra_8x8 modes", intra8x8);
      Bounds.require((chroma & ~0xF) == 0, "chroma modes", chroma);
      // DC prediction needs no neighbour, so it must be there for the first macroblock of a slice.
      Bounds.require((intra16x16 & 4) != 0 || (intra4x4 & 4) != 0 || (intra8x8 & 4) != 0, "no luma DC mode in modes", intra16x16);
      Bounds.require((chroma & 1) != 0, "no chroma DC mode in modes", chroma);
    }
  }

  /**
   * How levels are chosen.
   *
   * @param lambda Lagrangian factor: lambda = factor * Qstep^2, in squared sample differences per bit. 0.1155 is what
   *     high-rate theory gives for a uniform quantizer (2 ln 2 / 12)
   * @param roundingOffset rounding offset of the quantizer in steps, 0 to 0.5; if negative, it follows the ratio of step to
   *     deviation
   * @param trellis whether luma levels are chosen by rate and distortion, block by block ({@code rate.LevelTrellis}), instead
   *     of rounded; slower
   */
  public record Levels(float lambda, float roundingOffset, boolean trellis) {
    /** Levels are rounded; the offset follows the ratio of step to deviation. */
    public static final Levels ROUNDED = new Levels(0.1155f, -1f, false);

    public Levels {
      Bounds.require(lambda >= 0 && lambda < 100, "lambda", lambda);
      Bounds.require(roundingOffset <= 0.5f, "rounding offset", roundingOffset);
    }
  }

  /**
   * Slices, I_PCM, loss.
   *
   * @param slicesPerPicture number of slices, 1 or more; slices are whole macroblock rows if there are enough rows
   * @param pcm when I_PCM is used
   * @param lossless whether transform bypass (8.5.15) keeps every sample. This is High 4:4:4 Predictive, which NVDEC does not
   *     decode. It needs the lowest QP, no deblocking and no chroma QP offsets
   */
  public record Layout(int slicesPerPicture, PcmUse pcm, boolean lossless) {
    /** One slice, with loss. */
    public static final Layout ONE_SLICE = new Layout(1, PcmUse.BY_COST, false);

    public Layout {
      Bounds.require(slicesPerPicture >= 1, "slices per picture", slicesPerPicture);
    }
  }

  /**
   * What parameter sets and slice headers say about deblocking and scaling.
   *
   * @param deblocking the slice header's deblocking controls
   * @param chromaQpIndexOffset chroma_qp_index_offset, -12..12
   * @param secondChromaQpIndexOffset second_chroma_qp_index_offset, -12..12
   * @param scalingLists scaling matrices
   */
  public record Controls(Deblocking deblocking, int chromaQpIndexOffset, int secondChromaQpIndexOffset, Scaling scalingLists) {
    /** No filter, no offsets, flat scaling. */
    public static final Controls PLAIN = new Controls(Deblocking.OFF, 0, 0, Scaling.FLAT);

    public Controls {
      Bounds.require(Math.abs(chromaQpIndexOffset) <= 12, "chroma_qp_index_offset", chromaQpIndexOffset);
      Bounds.require(Math.abs(secondChromaQpIndexOffset) <= 12, "second_chroma_qp_index_offset", secondChromaQpIndexOffset);
    }
  }

  /** When a macroblock is coded as I_PCM. */
  public enum PcmUse {
    /** Where it costs less, and where a macroblock would exceed the limit of 3200 bits (A.3.1). */
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
      if (disableIdc < 0 || disableIdc > 2 || Math.abs(alphaC0OffsetDiv2) > 6 || Math.abs(betaOffsetDiv2) > 6) {
        throw new IllegalArgumentException(
            "disable_deblocking_filter_idc " + disableIdc + ", slice_alpha_c0_offset_div2 " + alphaC0OffsetDiv2
                + ", slice_beta_offset_div2 " + betaOffsetDiv2);
      }
    }
  }

  /**
   * Scaling lists as the parameter sets carry them; null if seq_scaling_matrix_present_flag or pic_scaling_matrix_present_flag
   * is 0. Indices 0..5 are the 4x4 lists, 6..7 the 8x8 lists, each in zig-zag order. A null list is not present, so the
   * fall-back rule applies; an empty one stands for the default list.
   */
  public record Scaling(int[][] sequenceLists, int[][] pictureLists) {
    /** Flat_4x4_16 and Flat_8x8_16. */
    public static final Scaling FLAT = new Scaling(null, null);
  }

  /** For tensors: all modes, no deblocking. */
  public static final EncoderConfig TENSOR = new EncoderConfig(
      ChromaFormat.YUV420, Modes.ALL, Levels.ROUNDED, Layout.ONE_SLICE, Controls.PLAIN, VideoSignal.FULL_RANGE);

  /** For tensors without structure between neighbours: Intra_16x16 DC prediction alone, by far the fastest. */
  public static final EncoderConfig WHITE_TENSOR = TENSOR.with(Modes.DC);

  /** For pictures that people look at: all modes, deblocking. */
  public static final EncoderConfig IMAGE = TENSOR.withDeblocking(Deblocking.ON);

  public EncoderConfig {
    Bounds.require(chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.MONOCHROME, "chroma format", chroma);
    // With their offsets, chroma QPs may be high enough for the filter to change samples (8.7.2.2).
    Bounds.require(!layout.lossless || controls.deblocking.disableIdc() == 1,
        "lossless coding with disable_deblocking_filter_idc", controls.deblocking.disableIdc());
    // By 8.5.4 they would change nothing, but some decoders scale chroma by them.
    Bounds.require(!layout.lossless || controls.chromaQpIndexOffset == 0 && controls.secondChromaQpIndexOffset == 0,
        "lossless coding with chroma_qp_index_offset", controls.chromaQpIndexOffset);
    Bounds.require(signal != null, "video signal", signal);
  }

  /** A class of its own: calling the enclosing record would initialize its constants, whose parts do not exist yet. */
  private static final class Bounds {
    static void require(boolean condition, String what, Object value) {
      if (!condition) {
        throw new IllegalArgumentException(what + " " + value);
      }
    }
  }

  /** transform_8x8_mode_flag. */
  public boolean transform8x8() {
    return modes.intra8x8 != 0;
  }

  public int slicesPerPicture() {
    return layout.slicesPerPicture;
  }

  public PcmUse pcm() {
    return layout.pcm;
  }

  public boolean lossless() {
    return layout.lossless;
  }

  public int intra16x16Modes() {
    return modes.intra16x16;
  }

  public int intra4x4Modes() {
    return modes.intra4x4;
  }

  public int intra8x8Modes() {
    return modes.intra8x8;
  }

  public int intraChromaModes() {
    return modes.chroma;
  }

  public Deblocking deblocking() {
    return controls.deblocking;
  }

  public int chromaQpIndexOffset() {
    return controls.chromaQpIndexOffset;
  }

  public int secondChromaQpIndexOffset() {
    return controls.secondChromaQpIndexOffset;
  }

  public Scaling scalingLists() {
    return controls.scalingLists;
  }

  public float lambda() {
    return levels.lambda;
  }

  public float roundingOffset() {
    return levels.roundingOffset;
  }

  public boolean levelTrellis() {
    return levels.trellis;
  }

  public EncoderConfig with(Modes value) {
    return new EncoderConfig(chroma, value, levels, layout, controls, signal);
  }

  public EncoderConfig with(Levels value) {
    return new EncoderConfig(chroma, modes, value, layout, controls, signal);
  }

  public EncoderConfig with(Layout value) {
    return new EncoderConfig(chroma, modes, levels, value, controls, signal);
  }

  public EncoderConfig with(Controls value) {
    return new EncoderConfig(chroma, modes, levels, layout, value, signal);
  }

  public EncoderConfig withChroma(ChromaFormat value) {
    return new EncoderConfig(value, modes, levels, layout, controls, signal);
  }

  /** The same configuration with another meaning of samples; the bits of the pictures stay the same. */
  public EncoderConfig withSignal(VideoSignal value) {
    return new EncoderConfig(chroma, modes, levels, layout, controls, value);
  }

  public EncoderConfig withIntra16x16Modes(int value) {
    return with(new Modes(value, modes.intra4x4, modes.intra8x8, modes.chroma));
  }

  public EncoderConfig withIntra4x4Modes(int value) {
    return with(new Modes(modes.intra16x16, value, modes.intra8x8, modes.chroma));
  }

  public EncoderConfig withIntra8x8Modes(int value) {
    return with(new Modes(modes.intra16x16, modes.intra4x4, value, modes.chroma));
  }

  public EncoderConfig withIntraChromaModes(int value) {
    return with(new Modes(modes.intra16x16, modes.intra4x4, modes.intra8x8, value));
  }

  public EncoderConfig withRoundingOffset(float value) {
    return with(new Levels(levels.lambda, value, levels.trellis));
  }

  public EncoderConfig withLevelTrellis(boolean value) {
    return with(new Levels(levels.lambda, levels.roundingOffset, value));
  }

  public EncoderConfig withSlicesPerPicture(int value) {
    return with(new Layout(value, layout.pcm, layout.lossless));
  }

  public EncoderConfig withPcm(PcmUse value) {
    return with(new Layout(layout.slicesPerPicture, value, layout.lossless));
  }

  public EncoderConfig withDeblocking(Deblocking value) {
    return with(new Controls(value, controls.chromaQpIndexOffset, controls.secondChromaQpIndexOffset, controls.scalingLists));
  }

  public EncoderConfig withChromaQpIndexOffsets(int cb, int cr) {
    return with(new Controls(controls.deblocking, cb, cr, controls.scalingLists));
  }

  public EncoderConfig withScalingLists(Scaling value) {
    return with(
        new Controls(controls.deblocking, controls.chromaQpIndexOffset, controls.secondChromaQpIndexOffset, value));
  }

  /**
   * The same configuration without any loss, or with loss again; see {@link Layout#lossless}. Lossless coding removes
   * deblocking and chroma QP offsets.
   */
  public EncoderConfig withLossless(boolean value) {
    Controls allowed = value ? new Controls(Deblocking.OFF, 0, 0, controls.scalingLists) : controls;
    return new EncoderConfig(
        chroma, modes, levels, new Layout(layout.slicesPerPicture, layout.pcm, value), allowed, signal);
  }
}
