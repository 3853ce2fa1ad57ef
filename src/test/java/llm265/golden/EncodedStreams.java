package llm265.golden;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.EncoderConfig.Deblocking;
import llm265.h264.EncoderConfig.PcmUse;
import llm265.h264.EncoderConfig.Scaling;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;

/**
 * Golden streams by our encoder. When the encoder gets better, remaking them changes their bytes; their place is to be decoded,
 * not to be encoded again.
 */
final class EncodedStreams {
  private EncodedStreams() {}

  static List<GoldenStream> all() {
    return List.of(
        new GoldenStream("enc-white-tensor.264", "WHITE_TENSOR, Gaussian 128x128, QP 20 and 30", () ->
            encode(EncoderConfig.WHITE_TENSOR, 128, 128, new int[] {20, 30}, Content.GAUSSIAN)),
        new GoldenStream("enc-tensor.264", "TENSOR, all contents 64x64, QP 8 and 28", () ->
            encode(EncoderConfig.TENSOR, 64, 64, new int[] {8, 28}, Content.values())),
        new GoldenStream("enc-image.264", "IMAGE, all contents 64x48, QP 24, 34 and 44", () ->
            encode(EncoderConfig.IMAGE, 64, 48, new int[] {24, 34, 44}, Content.values())),
        new GoldenStream("enc-monochrome.264", "TENSOR, monochrome, all contents 48x48, QP 26", () ->
            encode(EncoderConfig.TENSOR.withChroma(ChromaFormat.MONOCHROME), 48, 48, new int[] {26}, Content.values())),
        new GoldenStream("enc-cropped-right.264", "IMAGE, edges 50x38 and QP 30", () ->
            encode(EncoderConfig.IMAGE, 50, 38, new int[] {30}, Content.EDGES)),
        new GoldenStream("enc-cropped-around.264", "TENSOR, edges 48x48 of which 34x26 from column 6 and row 10 on, QP 22",
            EncodedStreams::croppedOnAllSides),
        new GoldenStream("enc-slices.264", "IMAGE, 5 slices, edges 80x80, disable_deblocking_filter_idc 0 to 2, QP 36",
            EncodedStreams::slices),
        new GoldenStream("enc-slices-within-rows.264", "IMAGE, 7 slices of 8 macroblocks, edges 64x32, QP 32", () ->
            encode(EncoderConfig.IMAGE.withSlicesPerPicture(7), 64, 32, new int[] {32}, Content.EDGES)),
        new GoldenStream("enc-pcm.264", "TENSOR, PcmUse.ALWAYS, noise 32x32", () ->
            encode(EncoderConfig.TENSOR.withPcm(PcmUse.ALWAYS), 32, 32, new int[] {26}, Content.NOISE)),
        new GoldenStream("enc-pcm-by-cost.264", "TENSOR, noise 64x64, QP 0", () ->
            encode(EncoderConfig.TENSOR, 64, 64, new int[] {0}, Content.NOISE)),
        new GoldenStream("enc-every-qp.264", "IMAGE, a macroblock at each QP from 0 to 51, edges 208x64",
            EncodedStreams::everyQp),
        new GoldenStream("enc-chroma-qp-offsets.264", "IMAGE, offsets -12/12, 12/-12 and 3/5, edges 48x48, QP 10, 28 and 51",
            EncodedStreams::chromaOffsets),
        new GoldenStream("enc-deblocking-offsets.264", "IMAGE, all 13 slice_alpha_c0_offset_div2, edges 48x48, QP 34",
            EncodedStreams::deblockingOffsets),
        new GoldenStream("enc-scaling-lists.264",
            "TENSOR, lists in SPS, in PPS, in both, defaults and fall-backs, edges 48x48, QP 28",
            EncodedStreams::scalingLists),
        new GoldenStream("enc-lossless.264", "TENSOR, lossless, all contents 64x48", () ->
            encodeDeep(EncoderConfig.TENSOR.withLossless(true), 64, 48, 8, new int[] {0}, Content.values())),
        new GoldenStream("enc-lossless-white-tensor.264",
            "WHITE_TENSOR, lossless, monochrome, two slices, Gaussian and noise 96x96", () ->
            encodeDeep(EncoderConfig.WHITE_TENSOR.withChroma(ChromaFormat.MONOCHROME).withSlicesPerPicture(2).withLossless(true),
                96, 96, 8, new int[] {0}, Content.GAUSSIAN, Content.NOISE)),
        new GoldenStream("enc-lossless-14-bits.264", "TENSOR, lossless, 14 bits, all contents 48x48", () ->
            encodeDeep(EncoderConfig.TENSOR.withLossless(true), 48, 48, 14, new int[] {-36}, Content.values())),
        new GoldenStream("enc-10-bits.264", "IMAGE, 10 bits, all contents 64x48, QP -12, 10 and 40", () ->
            encodeDeep(EncoderConfig.IMAGE, 64, 48, 10, new int[] {-12, 10, 40}, Content.values())),
        new GoldenStream("enc-12-bits-monochrome.264", "TENSOR, 12 bits, monochrome, all contents 48x48, QP -24 and 51", () ->
            encodeDeep(EncoderConfig.TENSOR.withChroma(ChromaFormat.MONOCHROME), 48, 48, 12, new int[] {-24, 51},
                Content.values())),
        new GoldenStream("enc-14-bits.264", "TENSOR, 14 bits, all contents 48x48, QP -36, -5 and 30", () ->
            encodeDeep(EncoderConfig.TENSOR, 48, 48, 14, new int[] {-36, -5, 30}, Content.values())));
  }

  /** As {@link #encode}, with more bits a sample, those being noise. */
  private static byte[] encodeDeep(EncoderConfig config, int width, int height, int bitDepth, int[] qps, Content... contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PictureFormat format = PictureFormat.of8Bit(width, height, config.chroma()).withBitDepth(bitDepth);
    H264IntraEncoder encoder = new H264IntraEncoder(config, format);
    out.writeBytes(encoder.parameterSets());
    int index = 0;
    for (Content content : contents) {
      for (int qp : qps) {
        Picture picture = RandomPictures.of(content, width, height, config.chroma(), 200 + index);
        out.writeBytes(encoder.encode(bitDepth == 8 ? picture : RandomPictures.deepen(picture, bitDepth), qp, index++).slices());
      }
    }
    return out.toByteArray();
  }

  /** One picture for each content and QP. */
  private static byte[] encode(EncoderConfig config, int width, int height, int[] qps, Content... contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    H264IntraEncoder encoder = new H264IntraEncoder(config, PictureFormat.of8Bit(width, height, config.chroma()));
    out.writeBytes(encoder.parameterSets());
    int index = 0;
    for (Content content : contents) {
      for (int qp : qps) {
        Picture picture = RandomPictures.of(content, width, height, config.chroma(), 100 + index);
        out.writeBytes(encoder.encode(picture, qp, index++).slices());
      }
    }
    return out.toByteArray();
  }

  /** Streams one after another, each with parameter sets of its own. */
  private static byte[] concatenate(byte[]... streams) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] stream : streams) {
      out.writeBytes(stream);
    }
    return out.toByteArray();
  }

  private static byte[] croppedOnAllSides() {
    PictureFormat format = new PictureFormat(3, 3, ChromaFormat.YUV420, 8, 8, 6, 8, 10, 12);
    Picture whole = RandomPictures.of(Content.EDGES, 48, 48, ChromaFormat.YUV420, 7);
    Picture picture = new Picture(format);
    for (int plane = 0; plane < 3; plane++) {
      System.arraycopy(whole.samples(plane), 0, picture.samples(plane), 0, whole.samples(plane).length);
    }
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR, format);
    return concatenate(encoder.parameterSets(), encoder.encode(picture, 22, 0).slices());
  }

  private static byte[] slices() {
    byte[][] streams = new byte[3][];
    for (int idc = 0; idc < 3; idc++) {
      EncoderConfig config = EncoderConfig.IMAGE.withSlicesPerPicture(5).withDeblocking(new Deblocking(idc, 2, 1));
      streams[idc] = encode(config, 80, 80, new int[] {36}, Content.EDGES);
    }
    return concatenate(streams);
  }

  /** Two pictures with all QPs, rising and shuffled, so that mb_qp_delta takes small and large values. */
  private static byte[] everyQp() {
    Picture picture = RandomPictures.of(Content.EDGES, 208, 64, ChromaFormat.YUV420, 9);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE, picture.format());
    byte[] rising = new byte[52];
    for (int i = 0; i < 52; i++) {
      rising[i] = (byte) i;
    }
    byte[] shuffled = rising.clone();
    Random random = new Random(10);
    for (int i = 51; i > 0; i--) {
      int j = random.nextInt(i + 1);
      byte swap = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swap;
    }
    return concatenate(
        encoder.parameterSets(), encoder.encode(picture, 0, rising, 0).slices(),
        encoder.encode(picture, 26, shuffled, 1).slices());
  }

  private static byte[] chromaOffsets() {
    int[][] offsets = {{-12, 12}, {12, -12}, {3, 5}};
    byte[][] streams = new byte[offsets.length][];
    for (int i = 0; i < offsets.length; i++) {
      EncoderConfig config = EncoderConfig.IMAGE.withChromaQpIndexOffsets(offsets[i][0], offsets[i][1]);
      streams[i] = encode(config, 48, 48, new int[] {10, 28, 51}, Content.EDGES);
    }
    return concatenate(streams);
  }

  private static byte[] deblockingOffsets() {
    byte[][] streams = new byte[13][];
    for (int i = 0; i < 13; i++) {
      EncoderConfig config = EncoderConfig.IMAGE.withDeblocking(new Deblocking(0, i - 6, 6 - i));
      streams[i] = encode(config, 48, 48, new int[] {34}, Content.EDGES);
    }
    return concatenate(streams);
  }

  private static byte[] scalingLists() {
    int[] rising4x4 = {8, 10, 10, 12, 12, 12, 16, 16, 16, 16, 20, 20, 20, 26, 26, 40};
    int[] rising8x8 = new int[64];
    Arrays.setAll(rising8x8, i -> 9 + i / 3);
    int[] flatTail = new int[64];
    Arrays.setAll(flatTail, i -> Math.min(12 + i, 24));
    int[] useDefault = {};
    int[][] sent = {rising4x4, useDefault, null, null, null, null, rising8x8, null};
    int[][] fallBackOnly = {null, null, null, null, null, null, null, null};
    int[][] pictureLists = {null, null, rising4x4, null, null, null, null, flatTail};
    int[][] otherLists = {useDefault, rising4x4, null, null, null, null, flatTail, useDefault};
    List<Scaling> scalings = List.of(
        new Scaling(sent, null),
        new Scaling(fallBackOnly, null),
        new Scaling(null, fallBackOnly),
        new Scaling(null, pictureLists),
        new Scaling(sent, pictureLists),
        new Scaling(sent, fallBackOnly),
        new Scaling(otherLists, sent));
    byte[][] streams = new byte[scalings.size()][];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = encode(EncoderConfig.TENSOR.withScalingLists(scalings.get(i)), 48, 48, new int[] {28}, Content.EDGES);
    }
    return concatenate(streams);
  }
}
