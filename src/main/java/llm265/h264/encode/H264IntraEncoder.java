package llm265.h264.encode;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.deblock.DeblockingFilter;
import llm265.h264.deblock.DeblockingParameters;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ScalingLists;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.transform.LevelRecovery;
import llm265.h264.transform.LevelScale;

/**
 * Encodes pictures of one format as IDR pictures of an H.264 stream. The profile is High at 8 bits; beyond that, and for
 * lossless coding, it is the Intra profile of High 10 or High 4:4:4 Predictive.
 *
 * <p>An access unit of the stream is {@link #parameterSets()} (needed at least for the first), any SEI NAL units, then {@link
 * EncodedPicture#slices()}. Pictures do not depend on each other. So several encoders of the same configuration and format can
 * work side by side, one per thread; the bytes do not depend on which of them coded a picture. Not thread-safe.
 */
public final class H264IntraEncoder {
  /** Source samples finer than eighths make no difference, and sums of their squares would not fit. */
  public static final int MAX_FRACTION_BITS = 3;

  private static final int NAL_REF_IDC = 3;

  private final EncoderConfig config;
  private final PictureFormat format;
  private final PictureFormat sourceFormat;
  private final int leastQp;
  private final SeqParameterSet sps;
  private final PicParameterSet pps;
  private final PictureMbState state;
  private final MacroblockReconstructor reconstructor;
  private final SliceEncoder sliceEncoder;

  /**
   * An encoder for pictures of one format.
   *
   * @throws IllegalArgumentException if the format's chroma format is not the configuration's, if luma and chroma differ in
   *     bit depth, or if no level allows its size
   */
  public H264IntraEncoder(EncoderConfig config, PictureFormat format) {
    this(config, format, 0);
  }

  /**
   * An encoder whose source pictures have finer samples than the pictures it codes: nothing is rounded before the quantizer.
   *
   * @param format format of the coded pictures
   * @param fractionBits 0 to {@link #MAX_FRACTION_BITS}: the number of bits that source samples have beyond coded ones, in
   *     luma and chroma. Source samples have at most 14 bits and stand for their value over 2^fractionBits. 0 for lossless
   *     coding
   * @throws IllegalArgumentException as in the other constructor
   */
  public H264IntraEncoder(EncoderConfig config, PictureFormat format, int fractionBits) {
    if (fractionBits < 0 || fractionBits > MAX_FRACTION_BITS) {
      throw new IllegalArgumentException(fractionBits + " bits of fraction");
    }
    if (format.chroma() != config.chroma()) {
      throw new IllegalArgumentException("pictures are " + format.chroma() + ", the encoder is for " + config.chroma());
    }
    if (format.bitDepthLuma() != format.bitDepthChroma()) {
      throw new IllegalArgumentException(
          "luma of " + format.bitDepthLuma() + " bits and chroma of " + format.bitDepthChroma() + " cannot be encoded");
    }
    if (config.lossless() && fractionBits > 0) {
      throw new IllegalArgumentException("fractions of samples cannot be coded without loss");
    }
    this.config = config;
    this.format = format;
    leastQp = -format.qpBdOffsetY();
    sourceFormat = format.withBitDepth(format.bitDepthLuma() + fractionBits);
    sps = SeqParameterSet.forIntra(format, config.scalingLists().sequenceLists(), config.lossless(), config.signal());
    pps = PicParameterSet.forIntra(
        config.transform8x8(),
        config.chromaQpIndexOffset(),
        config.secondChromaQpIndexOffset(),
        config.scalingLists().pictureLists());
    state = new PictureMbState(format.widthInMbs(), format.heightInMbs());
    reconstructor = new MacroblockReconstructor(format);
    ScalingLists lists = pps.scalingLists(sps);
    LevelScale levelScale = new LevelScale(lists.lists4x4(), lists.lists8x8());
    reconstructor.useParameters(levelScale, config.chromaQpIndexOffset(), config.secondChromaQpIndexOffset());
    reconstructor.useTransformBypass(config.lossless());
    sliceEncoder = new SliceEncoder(config, format, state, reconstructor,
        new QuantizerScales(levelScale, format.bitDepthLuma(), fractionBits), fractionBits);
  }

  public PictureFormat format() {
    return format;
  }

  /** Format of the source pictures: the coded format with finer samples. */
  public PictureFormat sourceFormat() {
    return sourceFormat;
  }

  /** The lowest QPY, -QpBdOffsetY: 0 at 8 bits. Lossless coding uses no other. */
  public int leastQp() {
    return leastQp;
  }

  /** The sequence and picture parameter set NAL units in Annex B form. */
  public byte[] parameterSets() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    out.writeBytes(writer.toNalUnit(NAL_REF_IDC, NalUnit.SPS, true));
    writer = new RbspWriter();
    pps.write(writer, format.chroma());
    out.writeBytes(writer.toNalUnit(NAL_REF_IDC, NalUnit.PPS, true));
    return out.toByteArray();
  }

  /**
   * Encodes a picture with one QP.
   *
   * @param source picture of {@link #sourceFormat()}, padding filled
   * @param qpY QPY, {@link #leastQp} to 51
   * @param pictureIndex number of the picture in the stream; idr_pic_id alternates with it
   */
  public EncodedPicture encode(Picture source, int qpY, int pictureIndex) {
    return encode(source, qpY, null, pictureIndex);
  }

  /**
   * Encodes a picture with a QP for each macroblock.
   *
   * @param qpY QPY of the slice headers, {@link #leastQp} to 51
   * @param mbQpY QPY by macroblock address, in the same range; null for {@code qpY} everywhere
   */
  public EncodedPicture encode(Picture source, int qpY, byte[] mbQpY, int pictureIndex) {
    requireLegal(source, qpY, mbQpY);
    return encode(source, null, qpY, mbQpY, pictureIndex);
  }

  /**
   * Encodes luma levels that a reader takes back from the decoded samples with a {@link LevelRecovery}, at its QP. Chroma is
   * flat.
   *
   * @param levels those of macroblock mbAddr from {@code 256 * mbAddr} on, in the order of {@link LevelRecovery#recover}. Each
   *     one changes that is not coded, or does not come back from samples: where they would be clipped or a macroblock too
   *     large, and seldom elsewhere in a DC block
   * @throws IllegalArgumentException if the encoder's pictures have more than 8 bits, are lossless, filtered or scaled
   */
  public EncodedPicture encodeLevels(short[] levels, LevelRecovery recovery, int pictureIndex) {
    if (format.bitDepthLuma() != 8 || config.lossless() || config.deblocking().disableIdc() != 1
        || !config.scalingLists().equals(EncoderConfig.Scaling.FLAT) || levels.length != 256 * format.sizeInMbs()) {
      throw new IllegalArgumentException("levels do not come back from these pictures: " + config);
    }
    return encode(null, levels, recovery.qp(), null, pictureIndex);
  }

  private EncodedPicture encode(Picture source, short[] levels, int qpY, byte[] mbQpY, int pictureIndex) {
    Picture reconstruction = new Picture(format);
    state.clear();
    reconstructor.begin(reconstruction);
    ByteArrayOutputStream out = new ByteArrayOutputStream(format.sizeInMbs() * 128);
    int slices = Math.min(config.slicesPerPicture(), format.sizeInMbs());
    List<DeblockingParameters> deblocking = new ArrayList<>(slices);
    for (int slice = 0; slice < slices; slice++) {
      int first = sliceStart(slice, slices);
      int end = sliceStart(slice + 1, slices);
      SliceHeader header = SliceHeader.forIntra(first, pictureIndex & 1, qpY, config.deblocking());
      RbspWriter writer = new RbspWriter();
      header.write(writer, sps, pps);
      writer.alignWithOnes();
      CabacEncodingEngine engine = sliceEncoder.encode(source, levels, reconstruction, slice, first, end, qpY, mbQpY);
      writer.writeBytes(engine.buffer(), 0, engine.size());
      out.writeBytes(writer.toNalUnit(NAL_REF_IDC, NalUnit.SLICE_IDR, slice == 0));
      deblocking.add(DeblockingParameters.of(header, pps));
    }
    DeblockingFilter.filter(reconstruction, state, deblocking);
    return new EncodedPicture(out.toByteArray(), reconstruction);
  }

  /** First macroblock of a slice: slices are whole rows if there are enough of them, otherwise single macroblocks. */
  private int sliceStart(int slice, int slices) {
    if (slices <= format.heightInMbs()) {
      return slice * format.heightInMbs() / slices * format.widthInMbs();
    }
    return (int) ((long) slice * format.sizeInMbs() / slices);
  }

  private void requireLegal(Picture source, int qpY, byte[] mbQpY) {
    if (!source.format().equals(sourceFormat)) {
      throw new IllegalArgumentException("a picture of another format than the encoder's");
    }
    requireLegal(qpY);
    if (mbQpY != null && mbQpY.length != format.sizeInMbs()) {
      throw new IllegalArgumentException("QPs of " + mbQpY.length + " macroblocks, not " + format.sizeInMbs());
    }
    for (int mb = 0; mbQpY != null && mb < mbQpY.length; mb++) {
      requireLegal(mbQpY[mb]);
    }
  }

  private void requireLegal(int qpY) {
    int greatest = config.lossless() ? leastQp : 51;
    if (qpY < leastQp || qpY > greatest) {
      throw new IllegalArgumentException("QP " + qpY + " is not in " + leastQp + ".." + greatest);
    }
  }
}
